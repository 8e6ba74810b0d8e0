import { spawn } from 'node:child_process'
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { makeRun, makeRuns, writeRun } from '../../scripts/make-runs.mjs'
import { takeLock } from '../../src-main/storage/file-lock.js'
import { RunId } from '../../src-shared/model/ids.js'
import { openStore, withWorkspace } from './workspace.js'

const runId = RunId.parse(makeRun(0).record.runId)

describe('two programs on one workspace', () => {
  it('lose none of what either says of a run', async () => {
    await withWorkspace(async (workspace) => {
      await makeRuns(workspace, 1)
      const stores = [openStore(workspace), openStore(workspace)]
      const tags = Array.from({ length: 16 }, (_, index) => `tag${index}`)
      await Promise.all(tags.map((tag, index) => stores[index % 2]!.annotate(runId, { addTags: [tag] })))
      const found = (await stores[0]!.list()).runs[0]?.annotations?.tags ?? []
      expect(found).toEqual(expect.arrayContaining(tags))
      expect(await readdir(join(workspace, 'runs', runId))).not.toContain('annotating.lock')
      for (const store of stores) store.close()
    })
  })

  it('share the index, whoever writes it', async () => {
    await withWorkspace(async (workspace) => {
      await makeRuns(workspace, 20)
      const stores = [openStore(workspace), openStore(workspace), openStore(workspace)]
      for (let round = 0; round < 5; round++) {
        await writeRun(workspace, makeRun(20 + round))
        const lists = await Promise.all(stores.map((store) => store.list()))
        expect(lists.map(({ total }) => total)).toEqual([21 + round, 21 + round, 21 + round])
      }
      for (const store of stores) store.close()
    })
  })
})

describe('a lock', () => {
  it('of a process that was killed is free at once, and one of a process that lives is held by name', async () => {
    await withWorkspace(async (workspace) => {
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
      await once(child, 'spawn')
      const path = join(workspace, 'a.lock')
      const holder = { pid: child.pid, host: hostname(), since: new Date().toISOString(), doing: 'work' }
      await writeFile(path, JSON.stringify(holder))
      expect(() => takeLock(path, 'mine')).toThrow(`process ${child.pid} on ${hostname()}`)
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
      takeLock(path, 'mine').release()
    })
  })

  it('whose number belongs to another process now is free after a minute of silence', async () => {
    await withWorkspace(async (workspace) => {
      const path = join(workspace, 'a.lock')
      const holder = { pid: process.pid, host: hostname(), since: '2026-01-31T14:25:00Z', doing: 'work' }
      await writeFile(path, JSON.stringify(holder))
      expect(() => takeLock(path, 'mine')).toThrow('in use')
      await utimes(path, new Date(), new Date(Date.now() - 61_000))
      const lock = takeLock(path, 'mine')
      expect(await readFile(path, 'utf8')).toContain('mine')
      lock.release()
    })
  })

  it('that is half written, or a folder, holds nobody up for ever and tells in words', async () => {
    await withWorkspace(async (workspace) => {
      const path = join(workspace, 'a.lock')
      await writeFile(path, '{"pid":')
      expect(() => takeLock(path, 'mine')).toThrow('another process')
      await utimes(path, new Date(), new Date(Date.now() - 61_000))
      takeLock(path, 'mine').release()
      await mkdir(path)
      expect(() => takeLock(path, 'mine')).toThrow()
    })
  })
})
