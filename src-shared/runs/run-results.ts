import type { Scores } from '../model/metrics.js'
import type { DefenseSummary } from '../model/run-record.js'
import type { RunState } from './run-state.js'

export interface DefenseResult {
  readonly title: string
  readonly isOracle: boolean
  readonly before: Partial<Scores> | null
  readonly after: Partial<Scores> | null
  /** Null until the run is over. */
  readonly summary: DefenseSummary | null
}

/** Figures as soon as they are measured: the summary comes only at the end of the run. */
export function defenseResults(state: RunState): DefenseResult[] {
  const { summary, experiment } = state.record
  const before = summary?.before ?? resultOf(state, null)
  return experiment.defenses.map(({ id, preset }, index) => {
    const found = summary?.defenses[index] ?? null
    const prefix = state.record.stages.find((stage) => stage.defense === index)?.title.split(':')[0] ?? id
    return {
      title: `${prefix}${preset === undefined ? '' : `, preset ${preset}`}`,
      isOracle: found?.knowledge === 'oracle' || preset === 'oracle',
      before,
      after: found?.after ?? resultOf(state, index),
      summary: found,
    }
  })
}

/** The victim's figures, null while they are not known. */
export function victimScores(state: RunState): Partial<Scores> | null {
  return state.record.summary?.before ?? resultOf(state, null)
}

function resultOf({ record, metrics }: RunState, defense: number | null): Partial<Scores> | null {
  const stage = record.stages.findIndex((each) => each.kind === 'evaluate' && each.defense === defense)
  return metrics.findLast((point) => point.stage === stage && point.epoch === null)?.values ?? null
}
