// How long lists of ten thousand runs take, as a page gets them: over the socket of the served program.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeRuns } from '../make-runs.mjs'
import { connect } from '../served/connect.mjs'
import { startServed } from '../served/start-served.mjs'

const RUNS = 10_000
const TIMES = 15

const lists = [
  { what: 'the newest 100', request: { limit: 100 } },
  {
    what: '100 by filter and order (tag:paper state:done fine, by attack success)',
    request: { filter: 'tag:paper state:done fine', sort: { key: 'attackAfter', isDescending: false }, limit: 100 },
  },
  { what: 'all of them', request: {} },
]

/** @returns {Promise<import('./page.mjs').Figure[]>} medians */
export async function measureLists() {
  const workspace = mkdtempSync(join(tmpdir(), 'unbackdoor-lists-'))
  try {
    await makeRuns(workspace, RUNS)
    const first = await timeFirst(workspace)
    const again = await timeFirst(workspace)
    const figures = [
      { heading: `Lists of ${RUNS} runs`, what: 'first list of a workspace without index', figure: first.first },
      { heading: `Lists of ${RUNS} runs`, what: 'first list of a program, with index', figure: again.first },
      ...again.medians.map(({ what, ms }) => ({ heading: `Lists of ${RUNS} runs`, what, figure: ms })),
    ]
    return figures.map((figure) => ({ ...figure, figure: `${figure.figure.toFixed(0)} ms` }))
  } finally {
    rmSync(workspace, { recursive: true, force: true })
  }
}

/** @param {string} workspace */
async function timeFirst(workspace) {
  const served = await startServed(workspace)
  try {
    const client = await connect(served)
    const time = async (/** @type {object} */ request) => {
      const start = performance.now()
      await client.call('run.list', request)
      return performance.now() - start
    }
    const first = await time({ limit: 100 })
    const medians = []
    for (const { what, request } of lists) {
      const times = []
      for (let i = 0; i < TIMES; i++) times.push(await time(request))
      medians.push({ what, ms: times.toSorted((a, b) => a - b)[Math.floor(TIMES / 2)] ?? 0 })
    }
    client.close()
    return { first, medians }
  } finally {
    await served.end()
  }
}
