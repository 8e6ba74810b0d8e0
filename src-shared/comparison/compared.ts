import type { WireError } from '../contract/index.js'
import { experimentIdentity } from '../model/experiment-identity.js'
import type { RunId } from '../model/ids.js'
import type { RunState } from '../runs/run-state.js'
import type { RunLook } from '../chart/run-looks.js'

/** A run that is to be compared; its state is null while it is read, and if it cannot be. */
export interface ComparedRun {
  readonly runId: RunId
  readonly look: RunLook
  readonly state: RunState | null
  readonly error: WireError | null
}

/** A run that can be compared. */
export interface ReadRun extends ComparedRun {
  readonly state: RunState
  readonly name: string
  readonly seed: number
}

/** Runs of the same experiment, whatever their seeds; in the order of the seeds. */
export interface ComparedGroup {
  readonly key: string
  readonly name: string
  readonly runs: readonly [ReadRun, ...ReadRun[]]
}

export function readRuns(runs: readonly ComparedRun[]): ReadRun[] {
  return runs.flatMap((run) => {
    if (run.state === null) return []
    const { name, seed } = run.state.record.experiment
    return [{ ...run, state: run.state, name, seed }]
  })
}

/** In the order in which their first runs were chosen, the baseline's group first. */
export function groupRuns(runs: readonly ReadRun[], baseline: RunId | null): ComparedGroup[] {
  const byExperiment = Map.groupBy(runs, ({ state }) => experimentIdentity(state.record.experiment))
  const groups = [...byExperiment].flatMap(([key, members]): ComparedGroup[] => {
    const [first, ...others] = members.toSorted((a, b) => a.seed - b.seed || (a.runId < b.runId ? -1 : 1))
    return first === undefined ? [] : [{ key, name: first.name, runs: [first, ...others] }]
  })
  const holdsBaseline = ({ runs: members }: ComparedGroup): boolean => members.some(({ runId }) => runId === baseline)
  return groups.toSorted((a, b) => Number(holdsBaseline(b)) - Number(holdsBaseline(a)))
}

/** `seed 3`, or `seeds 1, 2, 3`. */
export function seedWords({ runs }: ComparedGroup): string {
  const seeds = [...new Set(runs.map(({ seed }) => seed))]
  return `${seeds.length === 1 ? 'seed' : 'seeds'} ${seeds.join(', ')}`
}
