/** A disk that fills up: a small file system in memory, where one may be mounted. */
import { afterAll, describe, expect, it } from 'vitest'
import { makeRun } from '../../scripts/make-runs.mjs'
import { RunId } from '../../src-shared/model/ids.js'
import { RunRecord } from '../../src-shared/model/run-record.js'
import { damageIn, doneRecord, events, leftoversIn, openStore, queuedRecord, runId, statusOnDisk } from './workspace.js'
import { mountSmallDisk } from '../helpers/small-disk.js'
import { tried } from './figures.js'

const mounted = mountSmallDisk(1)

describe.skipIf('reason' in mounted)(
  `a disk that is full${'reason' in mounted ? ` (skipped: ${mounted.reason})` : ''}`,
  () => {
    if ('reason' in mounted) return
    const { folder: small, fill, makeRoom, remove } = mounted
    afterAll(remove)

    it('refuses what is new, keeps what is there, and goes on once there is room', async () => {
      const store = openStore(small)
      await store.create(queuedRecord)
      await store.append(events[0]!)
      fill()
      const noRoom = {
        code: 'storage',
        message: expect.stringMatching(/^The disk is full: .*takes 0[.]1\d\d MB, and 0[.]0/),
      }

      const big = { ...doneRecord, experiment: { ...doneRecord.experiment, name: 'x'.repeat(100_000) } }
      await expect(store.save(big)).rejects.toMatchObject(noRoom)
      const long = { ...events[1]!, text: 'x'.repeat(100_000) }
      await expect(store.append(long)).rejects.toMatchObject(noRoom)
      const next = RunRecord.parse({ ...makeRun(2).record, runId: RunId.parse('20260101-000200-zzzzzz') })
      await expect(store.create({ ...next, experiment: big.experiment })).rejects.toMatchObject(noRoom)
      await expect(store.annotate(runId, { note: 'x'.repeat(4000) })).rejects.toThrow(/disk is full|no space/)
      expect([await statusOnDisk(small), await damageIn(small), await leftoversIn(small)]).toEqual(['queued', [], []])
      expect((await store.list()).runs.map(({ status }) => status)).toEqual(['queued'])
      expect(await store.readEvents(runId)).toHaveLength(1)

      makeRoom()
      await store.append(events[1]!)
      await store.save(doneRecord)
      expect(await store.readEvents(runId)).toHaveLength(2)
      expect((await store.list()).runs.map(({ status }) => status)).toEqual(['done'])
      store.close()
      tried('The disk is full', 'record, events, new run, annotations', 4)
    })
  },
)
