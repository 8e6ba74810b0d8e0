import { StageSeconds } from '../../src-shared/model/run-record.js'

/** The time of every kind of stage: what is given, and nothing for the others. */
export function secondsOf(spent: Partial<StageSeconds>): StageSeconds {
  return StageSeconds.parse({ load: 0, poison: 0, train: 0, recover: 0, unlearn: 0, evaluate: 0, total: 0, ...spent })
}
