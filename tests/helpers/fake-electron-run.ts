import { secondsOf } from './seconds.js'
import type { AppHandlers } from '../../src-shared/contract/commands.js'
import { RunId } from '../../src-shared/model/ids.js'
import type { RunSummary } from '../../src-shared/model/run-record.js'

export const someRunId = RunId.parse('20260131-142500-k3x9ab')

const artifact = (path: string, mediaType: string) => ({ path, title: path, mediaType, byteLength: 7 })

/** One run, whose record lists a file, one that is gone and one that may be a link. */
export function fakeSnapshot(folder: string): AppHandlers['run.snapshot'] {
  const artifacts = [
    artifact('report.json', 'application/json'),
    artifact('gone.png', 'image/png'),
    artifact('leak.json', 'application/json'),
  ]
  type Snapshot = Awaited<ReturnType<AppHandlers['run.snapshot']>>
  // The rest of a record does not matter to whoever serves its files.
  return async () => ({ record: { artifacts } as unknown as Snapshot['record'], folder, events: [], lastSeq: 0 })
}

const scores = (cleanAccuracy: number, attackSuccessRate: number | null) => ({
  cleanAccuracy,
  attackSuccessRate,
  robustAccuracy: null,
  baseRate: null,
})

/** A run in which one defense did what it should. */
export const someSummary: RunSummary = {
  before: scores(0.97, 0.96),
  attackTook: true,
  testImages: 100,
  triggeredImages: 90,
  defenses: [
    {
      id: 'baeraser',
      preset: null,
      knowledge: 'defender',
      outcome: 'repaired',
      keptEpoch: 3,
      detection: null,
      findings: [],
      after: scores(0.965, 0.01),
    },
  ],
  seconds: secondsOf({ load: 1, poison: 1, train: 1, recover: 1, unlearn: 1, evaluate: 1, total: 6 }),
  peakMemoryMb: 100,
  tensorsLeft: 0,
}
