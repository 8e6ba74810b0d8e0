import type { EngineInfo } from '../../src-shared/model/engine-info.js'
import type { Estimate, Rehearsal } from '../../src-shared/model/estimate.js'
import type { Experiment } from '../../src-shared/model/experiment.js'
import type { RunRecord } from '../../src-shared/model/run-record.js'
import { AppError } from '../../src-shared/contract/errors.js'
import { createEngineHost, type EngineHost } from './engine-host.js'
import { estimateFromRehearsal, estimateFromRun, unknownEstimate } from './estimate-arithmetic.js'
import type { LaunchEngine } from './launched-engine.js'

/** Experiments whose rehearsals are remembered. */
const MAX_KEPT = 50

export interface Estimates {
  /** What a run of this complete experiment will take, at most. Takes a few seconds where it has to be measured. */
  of(experiment: Experiment): Promise<Estimate>
  /** Ends a rehearsal that is under way: a run needs the machine. */
  interrupt(): void
}

export interface EstimatesOptions {
  readonly launchEngine: LaunchEngine
  /** Where the weights of an experiment's imported victim lie. */
  readonly victimFile: (experiment: Experiment) => string | null
  readonly describeEngine: () => Promise<EngineInfo>
  /** Whether a run is in progress or waits. */
  readonly isBusy: () => boolean
  /** That came to their end, newest first. */
  readonly earlierRuns: () => Promise<readonly RunRecord[]>
}

/**
 * Estimates that rest on measurements alone: on a rehearsal where the machine is idle, else on an earlier run of the same
 * data, model and methods. A rehearsal has an engine of its own, so that its memory and its end are no other's.
 */
export function createEstimates({
  launchEngine,
  victimFile,
  describeEngine,
  isBusy,
  earlierRuns,
}: EstimatesOptions): Estimates {
  const kept = new Map<string, Rehearsal>()
  let current: { key: string; host: EngineHost; rehearsal: Promise<Rehearsal> } | null = null
  let interruptions = 0

  const end = (): void => {
    current?.host.close()
    current = null
  }

  const interrupt = (): void => {
    if (current === null) return
    interruptions += 1
    end()
  }

  function rehearse(key: string, experiment: Experiment): Promise<Rehearsal> {
    if (current?.key === key) return current.rehearsal
    interrupt()
    const host = createEngineHost(launchEngine, { onEvent: () => {}, onCrash: () => {} })
    const rehearsal = host
      .client()
      .call('job.rehearse', { experiment, victimFile: victimFile(experiment) })
      .finally(() => {
        if (current?.host === host) end()
      })
    current = { key, host, rehearsal }
    return rehearsal
  }

  return {
    interrupt,
    async of(experiment) {
      const engine = await describeEngine()
      const key = keyOf(experiment, engine)
      const known = kept.get(key)
      if (known !== undefined) return estimateFromRehearsal(known, experiment)
      if (!isBusy()) {
        const before = interruptions
        try {
          const rehearsal = await rehearse(key, experiment)
          if (kept.size >= MAX_KEPT) kept.delete(kept.keys().next().value!)
          kept.set(key, rehearsal)
          return estimateFromRehearsal(rehearsal, experiment)
        } catch (error) {
          if (!(error instanceof AppError)) throw error
          // What keeps a rehearsal from its end would keep the run from it too.
          if (interruptions === before) return unknownEstimate(`The rehearsal did not succeed: ${error.message}`)
        }
      }
      const runs = await earlierRuns()
      const like = runs.find((run) => run.engine !== null && keyOf(run.experiment, run.engine) === key)
      const estimate = like === undefined ? null : estimateFromRun(like, experiment)
      return estimate ?? unknownEstimate('Not known yet: it is measured once no run is in progress.')
    },
  }
}

/** Everything that decides how long a step, a look and a stage take. What is drawn as a trigger does not, and changes often. */
function keyOf(
  { dataset, model, attack, victim, training, defender, defenses }: Experiment,
  engine: EngineInfo,
): string {
  const { backend, variant, threads } = engine
  const { batchSize, augmentation } = training
  const attackParams = Object.entries(attack?.params ?? {}).filter(([name]) => name !== 'trigger')
  const methods = { dataset, model, attack: [attack?.id, attackParams], defenses, defender, batchSize, augmentation }
  return JSON.stringify({ ...methods, isImported: victim !== undefined, backend, variant, threads })
}
