/** A disk that fills up: a small file system in memory, where one may be mounted. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { makeRun } from '../../scripts/make-runs.mjs'
import { RunId } from '../../src-shared/model/ids.js'
import { RunRecord } from '../../src-shared/model/run-record.js'
import { damageIn, doneRecord, events, leftoversIn, openStore, queuedRecord, runId, statusOnDisk } from './workspace.js'
import { tried } from './figures.js'

const small = mkdtempSync(join(tmpdir(), 'small-disk-'))
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', small])
const why =
  mounted.status === 0 ? '' : ` (skipped: no file system can be mounted here: ${String(mounted.stderr).trim()})`

describe.skipIf(why !== '')(`a disk that is full${why}`, () => {
  afterAll(() => {
    spawnSync('umount', [small])
    rmSync(small, { recursive: true, force: true })
  })

  it('refuses what is new, keeps what is there, and goes on once there is room', async () => {
    const store = openStore(small)
    await store.create(queuedRecord)
    await store.append(events[0]!)
    const filler = join(small, 'filler')
    const noRoom = { code: 'ENOSPC' }
    await expect(writeFile(filler, new Uint8Array(2_000_000))).rejects.toMatchObject(noRoom)

    const big = { ...doneRecord, experiment: { ...doneRecord.experiment, name: 'x'.repeat(100_000) } }
    await expect(store.save(big)).rejects.toMatchObject(noRoom)
    const long = { ...events[1]!, text: 'x'.repeat(100_000) }
    await expect(store.append(long)).rejects.toMatchObject(noRoom)
    const next = RunRecord.parse({ ...makeRun(2).record, runId: RunId.parse('20260101-000200-zzzzzz') })
    await expect(store.create({ ...next, experiment: big.experiment })).rejects.toMatchObject(noRoom)
    await expect(store.annotate(runId, { note: 'x'.repeat(4000) })).rejects.toThrow(/ENOSPC|no space/)
    expect([await statusOnDisk(small), await damageIn(small), await leftoversIn(small)]).toEqual(['queued', [], []])
    expect((await store.list()).runs.map(({ status }) => status)).toEqual(['queued'])
    expect(await store.readEvents(runId)).toHaveLength(1)

    await rm(filler)
    await store.append(events[1]!)
    await store.save(doneRecord)
    expect(await store.readEvents(runId)).toHaveLength(2)
    expect((await store.list()).runs.map(({ status }) => status)).toEqual(['done'])
    store.close()
    tried('The disk is full', 'record, events, new run, annotations', 4)
  })
})
