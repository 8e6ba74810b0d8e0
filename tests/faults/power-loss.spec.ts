/** The power goes after each operation on the disk, and what was not synced is there, gone, torn, or only partly there. */
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createRandomStreams } from '../../src-main/lab/random/streams.js'
import { disk } from '../../src-main/storage/disk.js'
import { isLong, tried } from './figures.js'
import { record, type PowerCut } from './recorded-disk.js'
import { scenarios } from './scenarios.js'
import { damageIn, openStore, withWorkspace } from './workspace.js'

const AT_RANDOM = isLong ? 40 : 2

const cuts: readonly PowerCut[] = [
  { title: 'everything is there', bytesKept: () => 1, isNameKept: () => true },
  { title: 'nothing is there', bytesKept: () => 0, isNameKept: () => false },
  { title: 'names without bytes', bytesKept: () => 0, isNameKept: () => true },
  { title: 'bytes without names', bytesKept: () => 1, isNameKept: () => false },
  { title: 'torn', bytesKept: () => 0.5, isNameKept: () => true },
  ...Array.from({ length: AT_RANDOM }, (_, seed): PowerCut => {
    const drawn = (name: string): number => createRandomStreams(seed).stream(name).uniform()
    return {
      title: `any part, ${seed}`,
      bytesKept: (file) => Math.min(1, 1.5 * drawn(`file ${file}`)),
      isNameKept: (change) => drawn(`name ${change}`) < 0.5,
    }
  }),
]

async function listIn(workspace: string): Promise<void> {
  const store = openStore(workspace)
  await store.list()
  store.close()
}

it.each(scenarios)('old or new after a power cut at any moment: $title', async ({ title, before, act, seen }) => {
  await withWorkspace(async (workspace) => {
    await before(workspace)
    const old = await seen(workspace)
    const recording = await record(workspace, () => act(workspace))
    const now = await seen(workspace)
    expect(now).not.toEqual(old)
    const target = `${workspace}-after`
    try {
      for (let after = 0; after <= recording.operations; after++) {
        for (const cut of cuts) {
          await recording.restore(target, after, cut)
          const where = `${cut.title}, after ${after} of ${recording.operations} operations`
          expect(await damageIn(target), where).toEqual([])
          const found = await seen(target)
          // What was acknowledged is there.
          if (after === recording.operations) expect(found, where).toEqual(now)
          else expect([old, now], where).toContainEqual(found)
          if (cut === cuts[0]) await listIn(target)
          await rm(target, { recursive: true })
        }
      }
    } finally {
      await rm(target, { recursive: true, force: true })
      await rm(`${workspace}-start`, { recursive: true, force: true })
    }
    tried('Power cut after each file operation', title, (recording.operations + 1) * cuts.length)
  })
})

it('notices a writer that leaves out a sync', async () => {
  await withWorkspace(async (workspace) => {
    const path = join(workspace, 'file')
    await writeFile(path, 'old')
    const recording = await record(workspace, async () => {
      const file = await disk.create(`${path}.new`)
      await file.write('new')
      await file.close()
      await disk.rename(`${path}.new`, path)
    })
    const left = new Set<string>()
    for (const cut of cuts) {
      await recording.restore(`${workspace}-after`, recording.operations, cut)
      left.add(await readFile(join(`${workspace}-after`, 'file'), 'utf8'))
    }
    await rm(`${workspace}-after`, { recursive: true })
    await rm(`${workspace}-start`, { recursive: true })
    expect([...left]).toEqual(expect.arrayContaining(['old', 'new', '', 'n']))
  })
})
