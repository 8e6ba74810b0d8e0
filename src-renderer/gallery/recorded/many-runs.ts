import type { RunId } from '../../../src-shared/model/ids.js'
import type { Scores } from '../../../src-shared/model/metrics.js'
import type { RunRecord, RunStatus } from '../../../src-shared/model/run-record.js'

const SUBJECTS = ['BadNets', 'Painted trigger', 'White corner', 'No backdoor', 'Weak trigger', 'Low poison rate']
const DEFENSES = ['BAERASER', 'BAERASER as published', 'the oracle', 'fine-tuning', 'no defense']
/** Most runs end well. */
const STATES: readonly RunStatus[] = ['done', 'done', 'done', 'done', 'done', 'done', 'done', 'failed', 'cancelled']
const BETWEEN_RUNS_MS = 7 * 60_000
const FIRST_MS = Date.UTC(2026, 0, 1)

/** A number in 0..1 that belongs to `index` and `salt` and looks like chance. */
function share(index: number, salt: number): number {
  const wave = Math.sin(index * 12.9898 + salt * 78.233) * 43_758.5453
  return wave - Math.floor(wave)
}

function pick<T>(from: readonly T[], index: number, salt: number): T {
  return from[Math.floor(share(index, salt) * from.length)]!
}

/** Records of many runs, as after months of work: made up from one real record, each a little different. */
export function manyRecords(record: RunRecord, count: number): RunRecord[] {
  return Array.from({ length: count }, (_, index) => variant(record, index))
}

function variant(record: RunRecord, index: number): RunRecord {
  const createdMs = FIRST_MS + index * BETWEEN_RUNS_MS
  const created = new Date(createdMs).toISOString()
  const at = (afterMs: number): string => new Date(createdMs + afterMs).toISOString()
  const status = pick(STATES, index, 1)
  const name = `${pick(SUBJECTS, index, 2)} against ${pick(DEFENSES, index, 3)}, seed ${index % 10}`
  const time = created.replaceAll(/[-:]/g, '').replace('T', '-').slice(0, 15)
  return {
    ...record,
    runId: `${time}-${index.toString(36).padStart(6, '0')}` as RunId,
    status,
    createdAt: created,
    startedAt: at(1_000),
    finishedAt: at(90_000),
    experiment: { ...record.experiment, name, seed: index % 10 },
    summary: status === 'done' ? summaryOf(record, index) : null,
    error:
      status === 'failed'
        ? { code: 'engine-crashed', message: 'The engine stopped in the middle of the run: it was ended by SIGKILL.' }
        : null,
  }
}

function summaryOf({ summary }: RunRecord, index: number): RunRecord['summary'] {
  if (summary === null) return null
  const defenses = summary.defenses.map((defense) => ({ ...defense, after: moved(defense.after, index, 5) }))
  return { ...summary, before: moved(summary.before, index, 4), defenses }
}

/** Other figures in the neighbourhood, all in 0..1. */
function moved(scores: Scores, index: number, salt: number): Scores {
  const move = (value: number | null, by: number): number | null =>
    value === null ? null : Math.min(1, Math.max(0, value + 0.1 * (share(index, salt + by) - 0.5)))
  return {
    cleanAccuracy: move(scores.cleanAccuracy, 10) ?? 0,
    attackSuccessRate: move(scores.attackSuccessRate, 20),
    robustAccuracy: move(scores.robustAccuracy, 30),
    baseRate: move(scores.baseRate, 40),
  }
}
