import { AppError } from '../../../src-shared/contract/errors.js'
import type { RunContext } from '../run-context.js'
import type { Tensor } from '../tf.js'
import { createTimeLeft } from './time-left.js'

/** Reading a number back from the backend waits for everything before it, so it happens at most ten times a second. */
const REPORT_EVERY_MS = 100

export function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new AppError({ code: 'cancelled', message: 'The run was cancelled.' })
}

/** Keeps a loop in touch with the world: cancellation, progress, time left, and a loss that is still a number. */
export interface Pace {
  /** After every step. Takes ownership of `loss`. */
  step(images: number, loss: Tensor | null): Promise<void>
}

export interface PaceOptions {
  readonly epochs: number
  readonly stepsPerEpoch: number
  /** Of them, those that were done before. */
  readonly epochsDone?: number
  /** What is being worked on, where the stage alone does not say it. */
  readonly note?: string
}

export function createPace(context: RunContext, { epochs, stepsPerEpoch, note, epochsDone = 0 }: PaceOptions): Pace {
  const started = context.now()
  const timeLeft = createTimeLeft(epochs, stepsPerEpoch, epochsDone)
  const total = epochs * stepsPerEpoch
  let done = epochsDone * stepsPerEpoch
  let images = 0
  let lastReport = -Infinity

  return {
    async step(imagesInStep, loss) {
      done += 1
      images += imagesInStep
      const now = context.now()
      timeLeft.step(now)
      if (now - lastReport < REPORT_EVERY_MS && done < total) {
        loss?.dispose()
        return
      }
      lastReport = now
      const lossValue = loss === null ? null : (await loss.data())[0]!
      loss?.dispose()
      const epoch = Math.ceil(done / stepsPerEpoch)
      const step = done - (epoch - 1) * stepsPerEpoch
      if (lossValue !== null && !Number.isFinite(lossValue)) throw lossLost(lossValue, epoch, step)
      const elapsed = Math.max(1, now - started)
      context.progress({
        epoch,
        epochs,
        step,
        steps: stepsPerEpoch,
        imagesPerSecond: (images / elapsed) * 1000,
        remainingMs: timeLeft.remainingMs(),
        stageShare: done / total,
        loss: lossValue,
        ...(note === undefined ? {} : { note }),
      })
      await context.breathe()
      throwIfCancelled(context.signal)
    },
  }
}

function lossLost(value: number, epoch: number, step: number): AppError {
  return new AppError({
    code: 'diverged',
    message: `The loss became ${value} in epoch ${epoch}, step ${step}: the optimisation diverged.`,
    hint: 'Lower the learning rate, or the weight of the term that grows without bound.',
  })
}
