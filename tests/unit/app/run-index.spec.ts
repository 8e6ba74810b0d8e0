import { chmod, mkdir, mkdtemp, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeRun, makeRuns, writeRun } from '../../../scripts/make-runs.mjs'
import { createRunHosts } from '../../../src-main/app/run-hosts.js'
import { createRunStore, type RunStore } from '../../../src-main/app/run-store.js'
import { RunListRequest } from '../../../src-shared/runs/run-list.js'
import { createRunFilter, parseRunQuery } from '../../../src-shared/runs/run-query.js'
import { runRow, sortedRows, sortKeys } from '../../../src-shared/runs/run-row.js'
import { RunId } from '../../../src-shared/model/ids.js'

const RUNS = 60
const isRoot = process.getuid?.() === 0

describe('the index of a workspace', () => {
  let workspace = ''
  let said: string[] = []
  let stores: RunStore[] = []

  const open = (): RunStore => {
    const store = createRunStore(workspace, createRunHosts(workspace), (problem) => said.push(String(problem)))
    stores.push(store)
    return store
  }
  const index = (): string => join(workspace, 'index.sqlite')
  const folderOf = (position: number): string => join(workspace, 'runs', makeRun(position).record.runId)
  const idsIn = async (store: RunStore, request: object = {}): Promise<string[]> =>
    (await store.list(RunListRequest.parse(request))).runs.map(({ runId }) => runId)
  /** As every program of ours does. */
  const replaceWhole = async (path: string, change: (text: string) => string): Promise<void> => {
    await writeFile(`${path}.new`, change(await readFile(path, 'utf8')))
    await rename(`${path}.new`, path)
  }

  beforeEach(async () => {
    workspace = await mkdtemp(join(tmpdir(), 'index-'))
    said = []
    stores = []
    await makeRuns(workspace, RUNS)
  })
  afterEach(async () => {
    for (const store of stores) store.close()
    await rm(workspace, { recursive: true, maxRetries: 10 })
  })

  it('answers every filter and every order as the page does', async () => {
    const store = open()
    const { runs } = await store.list()
    expect(runs).toHaveLength(RUNS)
    const rows = runs.map(runRow)
    const term = fc.oneof(
      fc.constantFrom('tag:paper', 'tag:pa*', 'state:done,failed', 'attack:none', 'attack:badnets', 'defense:fine*'),
      fc.constantFrom(
        'seed:3',
        'is:starred',
        'is:archived',
        'is:active',
        'dataset:cifar10',
        '"against baeraser"',
        'tag:',
      ),
      fc.string({ maxLength: 6 }),
      fc
        .tuple(fc.constantFrom('', '-'), fc.constantFrom('tag:', 'model:', ''))
        .map((parts) => `${parts.join('')}s%_'*`),
    )
    const query = fc.array(
      fc.tuple(fc.constantFrom('', '-'), term).map((parts) => parts.join('')),
      { maxLength: 4 },
    )
    await fc.assert(
      fc.asyncProperty(query, fc.constantFrom(...sortKeys), fc.boolean(), async (terms, key, isDescending) => {
        const filter = terms.join(' ')
        const expected = sortedRows(rows, { key, isDescending }).filter(createRunFilter(parseRunQuery(filter)))
        const ids = await idsIn(store, { filter, sort: { key, isDescending } })
        expect(ids).toEqual(expected.map(({ runId }) => runId))
      }),
      { numRuns: 200 },
    )
  })

  it('gives a part of what answers, and says how many there are', async () => {
    const store = open()
    const all = await idsIn(store, { filter: 'state:done' })
    const part = await store.list(RunListRequest.parse({ filter: 'state:done', offset: 5, limit: 7 }))
    expect([part.total, part.runs.map(({ runId }) => runId)]).toEqual([all.length, all.slice(5, 12)])
  })

  it('sees what another program made, changed, annotated and removed', async () => {
    const store = open()
    await open().list()
    await idsIn(store)
    await writeRun(workspace, makeRun(RUNS))
    await rm(folderOf(3), { recursive: true })
    await replaceWhole(join(folderOf(1), 'run.json'), (text) => text.replace('"seed": 2', '"seed": 77'))
    const runId = RunId.parse(makeRun(2).record.runId)
    await open().annotate(runId, { addTags: ['fresh'] })
    expect(await idsIn(store)).toHaveLength(RUNS)
    expect(await idsIn(store, { filter: 'seed:77' })).toEqual([makeRun(1).record.runId])
    expect(await idsIn(store, { filter: 'tag:fresh' })).toEqual([runId])
    // Again at the same moment of the clock.
    await open().annotate(runId, { removeTags: ['fresh'], addTags: ['later'] })
    expect(await idsIn(store, { filter: 'tag:fresh' })).toEqual([])
  })

  it('is opened by the next program instead of the folders', async () => {
    // Folders that changed just now are read again.
    await new Promise((resolve) => setTimeout(resolve, 150))
    await open().list()
    // So that only the index says so.
    const database = new DatabaseSync(index())
    database.exec(`UPDATE runs SET listing = replace(listing, '"seed":1,', '"seed":4242,')`)
    database.close()
    expect((await open().list()).runs.filter(({ seed }) => seed === 4242).length).toBeGreaterThan(0)
  })

  it.each<[string, () => Promise<void>]>([
    ['is deleted', () => rm(index())],
    ['is no database', () => writeFile(index(), 'words '.repeat(2000))],
    ['is cut off', () => truncate(index(), 5000)],
    ['is empty', () => truncate(index(), 0)],
    [
      'is the database of another program',
      async () => {
        await rm(index())
        const other = new DatabaseSync(index())
        other.exec('CREATE TABLE runs (name TEXT)')
        other.close()
      },
    ],
    [
      'holds listings that nobody understands',
      async () => {
        const database = new DatabaseSync(index())
        database.exec(`UPDATE runs SET listing = '{}'`)
        database.close()
      },
    ],
  ])('is made anew when it %s', async (_, spoil) => {
    const first = open()
    const all = await idsIn(first)
    first.close()
    await spoil()
    expect(await idsIn(open())).toEqual(all)
    expect(existsSync(index())).toBe(true)
    expect(said.filter((line) => !line.includes('made anew'))).toEqual([])
  })

  it('is left to a newer version of the program, which is then listed without it', async () => {
    const first = open()
    const all = await idsIn(first)
    first.close()
    const newer = new DatabaseSync(index())
    newer.exec('PRAGMA user_version = 99')
    newer.close()
    expect(await idsIn(open())).toEqual(all)
    expect(said.join()).toContain('version 99')
    const after = new DatabaseSync(index())
    expect(after.prepare('PRAGMA user_version').get()).toMatchObject({ user_version: 99 })
    after.close()
  })

  it('may be deleted under a program that has it open', async () => {
    const store = open()
    const all = await idsIn(store)
    await rm(index())
    expect(await idsIn(store)).toEqual(all)
    expect(existsSync(index())).toBe(true)
  })

  it('is not needed where nothing can be written', async () => {
    // Root may write anywhere, so for it a folder in the place of the file stands for such a workspace.
    if (isRoot) await mkdir(join(index(), 'inside'), { recursive: true })
    else await chmod(workspace, 0o500)
    expect(await idsIn(open())).toHaveLength(RUNS)
    expect(said.join()).toContain('kept in memory')
    await chmod(workspace, 0o700)
  })
})
