/** Files that are cut, flipped, missing or of another version: noticed by `verify`, never taken for whole, left alone. */
import { cp, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { repairWorkspace } from '../../src-main/app/verify/repair-workspace.js'
import { isSound } from '../../src-main/app/verify/finding.js'
import { verifyWorkspace } from '../../src-main/app/verify/verify-workspace.js'
import { readDatasetHeader } from '../../src-main/storage/dataset-file.js'
import { decodeSafetensors } from '../../src-shared/weights/safetensors.js'
import { RunId } from '../../src-shared/model/ids.js'
import { allRuns } from '../../src-shared/runs/run-list.js'
import { createFakeEngine } from '../helpers/fake-engine.js'
import { createTestApp } from '../helpers/test-app.js'
import { isLong, tried } from './figures.js'
import { openStore, withWorkspace } from './workspace.js'

const fixtures = join(import.meta.dirname, '..', 'fixtures', 'workspaces')
const runId = RunId.parse('20261124-175322-5rggjv')

function withFixture<T>(work: (workspace: string, folder: string) => Promise<T>): Promise<T> {
  return withWorkspace(async (workspace) => {
    await cp(join(fixtures, 'v1'), workspace, { recursive: true })
    return work(workspace, join(workspace, 'runs', runId))
  })
}
const problemsIn = async (workspace: string): Promise<string[]> => {
  const { findings } = await verifyWorkspace(workspace, { datasetCache: join(workspace, 'datasets') })
  return findings.map(({ kind, path, text }) => `${kind}: ${path}: ${text}`)
}
const rewrite = async (path: string, change: (text: string) => string): Promise<void> =>
  writeFile(path, change(await readFile(path, 'utf8')))

describe('a workspace of version 1', () => {
  it('opens for ever: run, events, tags, weights, study and dataset', async () => {
    await withFixture(async (workspace, folder) => {
      const app = createTestApp(workspace, () => createFakeEngine())
      const { runs, unreadable, newer } = await app.handlers['run.list'](allRuns)
      expect([unreadable, newer]).toEqual([[], []])
      expect(runs.map(({ name, status, annotations }) => [name, status, annotations?.tags])).toEqual([
        ['A run of version 1', 'done', ['paper', 'mnist']],
      ])
      const { record, events } = await app.handlers['run.snapshot']({ runId, afterSeq: 0 })
      expect([record.artifacts.length, events.length, events.at(-1)?.type]).toEqual([5, 178, 'run.finished'])
      expect(record.summary?.before.cleanAccuracy).toBeGreaterThan(0)
      const { tensors } = decodeSafetensors(await readFile(join(folder, 'victim.safetensors')))
      expect(Object.keys(tensors).length).toBeGreaterThan(0)
      const { studies } = await app.handlers['study.list']({})
      expect(studies.map(({ name, counts }) => [name, counts.done])).toEqual([['tiny', 1]])
      app.close()
      const stored = readDatasetHeader(join(workspace, 'datasets', 'image-folder--birds.dataset'))
      expect(stored).toMatchObject({ name: 'birds', trainImages: 2 })
      const verified = await verifyWorkspace(workspace, { datasetCache: join(workspace, 'datasets') })
      expect(verified.findings).toEqual([])
      expect(verified.checked).toMatchObject({ runs: 1, events: 178, artifacts: 5, studies: 1, datasets: 1 })
    })
  })

  it('opens without what was added later', async () => {
    await withFixture(async (workspace, folder) => {
      await rewrite(join(folder, 'run.json'), (text) => text.replaceAll(/,\s*"sha256": "[0-9a-f]{64}"/g, ''))
      await rewrite(join(folder, 'events.jsonl'), (text) => text.replaceAll(/,"sha256":"[0-9a-f]{64}"/g, ''))
      expect(await problemsIn(workspace)).toEqual([])
    })
  })
})

describe('a file of a newer version', () => {
  const raise = (text: string): string => text.replace(/"version": ?1/, (found) => found.replace('1', '7'))

  it('is a run that is listed by name, refused with both versions, and left as it is', async () => {
    await withFixture(async (workspace, folder) => {
      await rewrite(join(folder, 'run.json'), raise)
      const before = await readFile(join(folder, 'run.json'), 'utf8')
      const store = openStore(workspace)
      expect(await store.list()).toMatchObject({ runs: [], unreadable: [], newer: [runId] })
      const refusal = { code: 'unsupported', message: expect.stringMatching(/version 7.*up to 1/) }
      await expect(store.read(runId)).rejects.toMatchObject(refusal)
      await expect(store.annotate(runId, { isStarred: true })).rejects.toMatchObject(refusal)
      store.close()
      const verified = await verifyWorkspace(workspace, { datasetCache: null })
      expect([isSound(verified), verified.findings.map(({ kind }) => kind)]).toEqual([true, ['note']])
      expect(await readFile(join(folder, 'run.json'), 'utf8')).toBe(before)
    })
  })

  it('is a study or a dataset that is refused in the same words', async () => {
    await withFixture(async (workspace) => {
      await rewrite(join(workspace, 'studies', 'tiny', 'study.json'), raise)
      const app = createTestApp(workspace, () => createFakeEngine())
      const refusal = { code: 'unsupported', message: expect.stringMatching(/version 7.*up to 1/) }
      await expect(app.handlers['study.show']({ name: 'tiny' })).rejects.toMatchObject(refusal)
      app.close()
      const path = join(workspace, 'datasets', 'image-folder--birds.dataset')
      const bytes = await readFile(path)
      bytes.write('7', bytes.indexOf('"version":1') + '"version":'.length)
      await writeFile(path, bytes)
      expect(() => readDatasetHeader(path)).toThrow(/version 7.*up to 1/)
    })
  })
})

describe('verify', () => {
  it('notices every file of a run that is cut anywhere', async () => {
    let cuts = 0
    await withFixture(async (workspace, folder) => {
      const files = ['run.json', 'victim.safetensors', 'trigger.png', 'poison.json', 'annotations.json', 'wall.png']
      for (const file of files) {
        const path = join(folder, file)
        const whole = await readFile(path)
        const step = Math.max(1, Math.floor(whole.length / (isLong ? 256 : 16)))
        for (let length = 0; length < whole.length - 1; length += step) {
          await truncate(path, length)
          expect(await problemsIn(workspace), `${file} at ${length}`).not.toEqual([])
          await writeFile(path, whole)
          cuts += 1
        }
      }
    })
    tried('A file of a run is cut', 'noticed by verify', cuts)
  })

  it('notices a flipped bit anywhere in the files that a run has saved', async () => {
    let flips = 0
    await withFixture(async (workspace, folder) => {
      for (const file of ['victim.safetensors', 'trigger.png', 'poison.json', 'wall.png']) {
        const path = join(folder, file)
        const whole = await readFile(path)
        const step = Math.max(1, Math.floor(whole.length / (isLong ? 512 : 16)))
        for (let at = 0; at < whole.length; at += step) {
          const flipped = Uint8Array.from(whole)
          flipped[at]! ^= 1 << (at % 8)
          await writeFile(path, flipped)
          expect(await problemsIn(workspace), `${file} at ${at}`).toHaveLength(1)
          await writeFile(path, whole)
          flips += 1
        }
      }
    })
    tried('A bit of a file of a run is flipped', 'noticed by verify', flips)
  })

  it.each<[string, (folder: string) => Promise<void>, string]>([
    ['a missing file', (folder) => rm(join(folder, 'wall.png')), 'wall.png: It is missing'],
    [
      'events in another order',
      (folder) => rewrite(join(folder, 'events.jsonl'), (text) => text.split('\n').toSorted().join('\n')),
      'has the number',
    ],
    [
      'a lost end',
      (folder) => rewrite(join(folder, 'events.jsonl'), (text) => text.split('\n').slice(0, -2).join('\n') + '\n'),
      'but the last event is',
    ],
    [
      'a line in the middle that nobody can read',
      (folder) => rewrite(join(folder, 'events.jsonl'), (text) => text.replace('\n{', '\n{{')),
      'Line 2 cannot be read',
    ],
    [
      'the record of another run',
      (folder) => rewrite(join(folder, 'run.json'), (text) => text.replace('5rggjv', '5rggjw')),
      'the record of the run 20261124-175322-5rggjw',
    ],
    [
      'weights that are not finite',
      async (folder) => {
        const path = join(folder, 'victim.safetensors')
        const bytes = await readFile(path)
        bytes.writeFloatLE(Number.NaN, bytes.length - 4)
        await writeFile(path, bytes)
        await rewrite(join(folder, 'run.json'), (text) => text.replaceAll(/,\s*"sha256": "[0-9a-f]{64}"/g, ''))
      },
      'no finite number',
    ],
  ])('says what is wrong: %s', async (_, spoil, words) => {
    await withFixture(async (workspace, folder) => {
      await spoil(folder)
      expect((await problemsIn(workspace)).join('\n')).toContain(words)
    })
  })
})

describe('repair', () => {
  it('settles what was left over and lost, and touches nothing else', async () => {
    await withFixture(async (workspace, folder) => {
      await rewrite(join(folder, 'run.json'), (text) => text.replace('"status": "done"', '"status": "running"'))
      const old = join(folder, '.victim.safetensors.0123456789ab.tmp')
      const young = join(folder, '.run.json.0123456789ab.tmp')
      for (const path of [old, young, join(folder, 'notes.tmp'), join(folder, 'settling.lock')])
        await writeFile(path, 'x')
      await utimes(old, 1, 1)
      await utimes(join(folder, 'settling.lock'), 1, 1)
      const before = await verifyWorkspace(workspace, { datasetCache: null })
      expect(before.findings.map(({ kind }) => kind).toSorted()).toEqual(['leftover', 'leftover', 'leftover', 'lost'])

      const { done, left } = await repairWorkspace(workspace)
      expect(done.join('\n')).toMatch(/index was made anew, with 1 runs/)
      expect(left).toEqual([expect.stringContaining('younger than ten minutes')])
      const names = await readdir(folder)
      expect(names).toEqual(expect.arrayContaining(['.run.json.0123456789ab.tmp', 'notes.tmp', 'victim.safetensors']))
      expect(names).not.toContain('.victim.safetensors.0123456789ab.tmp')
      // Its last event said that it was done, so that is what it is.
      expect((await openStore(workspace).read(runId)).status).toBe('done')
      await utimes(young, 1, 1)
      await repairWorkspace(workspace)
      expect(await problemsIn(workspace)).toEqual([])
    })
  })
})
