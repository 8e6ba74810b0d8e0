import { AppError } from '../../../src-shared/contract/errors.js'
import type { InspectionProgress } from '../../../src-shared/contract/events.js'
import type { RunId } from '../../../src-shared/model/ids.js'
import type { TaskId } from '../../../src-shared/model/inspection.js'
import type { TimedWatch } from '../../lab/inspect/watch.js'

/** How often progress is told at most. */
const TELL_EVERY_MS = 100

export interface Tasks {
  /** Runs what can be followed and cancelled, where whoever asks has given it a name. */
  run<T>(runId: RunId, task: TaskId | undefined, work: (watch: TimedWatch) => Promise<T>): Promise<T>
  cancel(task: TaskId): void
}

export function createTasks(tell: (progress: Omit<InspectionProgress, 'type'>) => void): Tasks {
  const underWay = new Map<TaskId, AbortController>()
  return {
    async run(runId, task, work) {
      const controller = new AbortController()
      if (task !== undefined) {
        if (underWay.has(task))
          throw new AppError({ code: 'conflict', message: `A task "${task}" is under way already.` })
        underWay.set(task, controller)
      }
      let toldMs = 0
      const breathe = async (): Promise<void> => {
        await new Promise((resolve) => setImmediate(resolve))
        if (controller.signal.aborted) throw new AppError({ code: 'cancelled', message: 'It was cancelled.' })
      }
      const progress = (done: number, total: number): void => {
        if (task === undefined || (done < total && performance.now() - toldMs < TELL_EVERY_MS)) return
        toldMs = performance.now()
        tell({ runId, task, done, total })
      }
      try {
        return await work({ breathe, progress, now: () => performance.now() })
      } finally {
        if (task !== undefined) underWay.delete(task)
      }
    },
    cancel: (task) => underWay.get(task)?.abort(),
  }
}
