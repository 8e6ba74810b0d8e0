// The long form of the tests of faults: every fault and every reader of files in full, each reader in a process of its
// own, so that one that hangs or crashes is seen. Writes the figures of docs/reliability.md.
//
//   npm run test:faults                        all of it, about an hour on two cores
//   npm run test:faults -- --inputs 5000       fewer changed files per reader than 100,000
//   npm run test:faults -- --only faults       or runs, readers, lists: the other figures stay as they are
//
// `npm test` has the same tests in their quick form.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { measureLists } from './faults/lists.mjs'
import { writeFigures } from './faults/page.mjs'
import { readerTitles } from './faults/readers.mjs'
import { runTool } from './test/stages.mjs'

/** @typedef {import('./faults/page.mjs').Figure} Figure */

const root = fileURLToPath(new URL('..', import.meta.url))
const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '100000' },
    only: { type: 'string', default: 'faults,runs,readers,lists' },
  },
})
const wanted = values.only.split(',')
const folder = mkdtempSync(join(tmpdir(), 'unbackdoor-faults-'))
const file = join(folder, 'figures.jsonl')
const env = { UNBACKDOOR_FAULTS: 'long', UNBACKDOOR_FAULT_INPUTS: values.inputs, UNBACKDOOR_FAULT_FIGURES: file }
let failed = 0

try {
  if (wanted.includes('faults')) await test(['tests/faults', '--exclude', 'tests/faults/fuzz/**'])
  if (wanted.includes('runs')) await test(['tests/engine/resume.spec.ts'], 'engine')
  if (wanted.includes('readers')) {
    for (const reader of readerTitles) await test(['tests/faults/fuzz', '--testNamePattern', `^${reader} `])
  }
  const lists = wanted.includes('lists') ? await measureLists() : []
  await writeFigures(root, [...readFigures(), ...lists])
} finally {
  rmSync(folder, { recursive: true, force: true })
}
process.stdout.write(failed === 0 ? '\nEvery fault was survived.\n' : `\n${failed} parts failed.\n`)
process.exitCode = failed === 0 ? 0 : 1

/**
 * @param {string[]} args
 * @param {'fast' | 'engine'} project
 */
async function test(args, project = 'fast') {
  const code = await runTool(
    root,
    'vitest',
    'vitest',
    ['run', '--project', project, '--testTimeout', '3600000', ...args],
    env,
  )
  if (code !== 0) failed += 1
}

/** @returns {Figure[]} */
function readFigures() {
  try {
    const lines = readFileSync(file, 'utf8').trim().split('\n')
    return lines.map((line) => JSON.parse(line)).map(({ heading, what, count }) => ({ heading, what, figure: count }))
  } catch {
    return []
  }
}
