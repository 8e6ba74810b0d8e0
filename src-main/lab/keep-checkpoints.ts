import { z } from 'zod'
import { AppError } from '../../src-shared/contract/errors.js'
import { JsonValue } from '../../src-shared/model/json.js'
import { tensorsOfStored, type Checkpoints, type Reached, type StoredValues } from './checkpoints.js'
import type { TensorMap } from './compute/tensor-map.js'
import type { StreamLedger } from './random/streams.js'
import type { RunHost } from './run-host.js'
import type { StageClock } from './stage-clock.js'

/** No checkpoint costs more than this share of the time since the one before. */
const MOST_COST = 1 / 50

export const CheckpointHeader = z.object({
  work: z.string(),
  /** For people: how far the work was. */
  at: z.string(),
  isDone: z.boolean(),
  data: JsonValue,
  /** Facts of the course of the run that had been told. */
  told: z.int().min(0),
  /** Pieces of work that had begun. */
  begun: z.int().min(0),
  isStopping: z.boolean(),
  images: z.string(),
  clock: z.object({ stage: z.int(), spentMs: z.record(z.string(), z.number()), totalMs: z.number() }),
  random: z.record(z.string(), z.array(z.tuple([z.int(), z.int(), z.int(), z.int()]))),
})
type Header = z.infer<typeof CheckpointHeader>

/** Throws `conflict` where a checkpoint is of other images than those of the dataset now. */
export function requireSameImages(saved: string, now: string): void {
  if (saved === now) return
  throw new AppError({
    code: 'conflict',
    message: 'The images of the dataset are no longer those that this run began with, so it cannot be resumed.',
    hint: 'Bring back the dataset as it was, or run the experiment anew.',
  })
}

export interface CheckpointParts {
  readonly host: RunHost
  readonly clock: Pick<StageClock, 'state' | 'restore'>
  readonly ledger: StreamLedger
  /** What tells the images of the run from others. */
  readonly images: () => string
  /** Asks all loops to end after their present epoch, as it had been asked before the checkpoint. */
  readonly stop: () => void
}

export function createCheckpoints({ host, clock, ledger, images, stop }: CheckpointParts): Checkpoints {
  const { checkpoints: store, course } = host
  let begun = 0
  let keptAtMs = host.now()
  let costMs = 0
  let hasKeptStop = false
  let hasComplained = false

  const isDue = (): boolean => {
    if (store === null) return false
    return store.everyMs === 0 || host.now() - keptAtMs >= Math.max(store.everyMs, costMs / MOST_COST)
  }

  const warn = (text: string): void => course.tell({ type: 'run.note', level: 'warning', text })

  const objection = ({ work, told, images: saved }: Header, name: string): string | null => {
    if (work !== name) return `it is of other work (${work})`
    if (told > course.told) return 'not all that had been reported until then was written down'
    requireSameImages(saved, images())
    return null
  }

  const find = async (number: number, name: string): Promise<{ header: Header; tensors: TensorMap } | null> => {
    for (const which of ['newest', 'before'] as const) {
      const found = (await store?.read(number, which)) ?? null
      if (found === null) continue
      const header = 'unusable' in found ? null : CheckpointHeader.safeParse(found.header)
      const problem =
        'unusable' in found
          ? found.unusable
          : header?.success
            ? objection(header.data, name)
            : 'its header is not understood'
      if (problem === null && header?.success && 'tensors' in found) {
        return { header: header.data, tensors: tensorsOfStored(found.tensors) }
      }
      const title = which === 'newest' ? 'newest checkpoint' : 'checkpoint before the newest'
      warn(`The ${title} of "${name}" is not used: ${problem}. What is older is used instead.`)
    }
    return null
  }

  const write = async (number: number, header: Pick<Header, 'work' | 'at' | 'isDone'>, state: Reached) => {
    const began = host.now()
    const isStopping = host.isStopping()
    const stored = await storedOf(state.tensors)
    // A loss that is no longer a number ends the run soon; what was good is not replaced by it.
    if (stored === null) return
    const complete: Header = {
      ...header,
      data: state.data,
      told: course.position(),
      begun,
      isStopping,
      images: images(),
      clock: clock.state(),
      random: mutable(ledger.states()),
    }
    try {
      await store?.write(number, { header: complete, tensors: stored })
      hasKeptStop = isStopping
    } catch (error) {
      // Losing time after an interruption is better than losing the run now.
      if (!hasComplained) warn(`No checkpoint could be written: ${(error as Error).message}. The run goes on without.`)
      hasComplained = true
      hasKeptStop = isStopping
    }
    keptAtMs = host.now()
    costMs = keptAtMs - began
  }

  return {
    async begin(name, recall) {
      const number = begun++
      const found = await find(number, name)
      if (found !== null) {
        const { header } = found
        await recall?.(header.data)
        ledger.restore(header.random)
        clock.restore(header.clock)
        course.moveTo(header.told)
        begun = header.begun
        if (header.isStopping) stop()
        hasKeptStop = header.isStopping
        if (!header.isDone) {
          course.tell({ type: 'run.resumed', from: `${name}, after ${header.at}` })
        }
      }
      return {
        reached: found === null ? null : { data: found.header.data, tensors: found.tensors },
        isDone: found?.header.isDone ?? false,
        async keep(at, state) {
          if (store === null) return
          if (isDue()) await write(number, { work: name, at, isDone: false }, state())
          // Asked to stop, the run takes another course from here on.
          while (host.isStopping() && !hasKeptStop) await write(number, { work: name, at, isDone: false }, state())
        },
        async finish(result) {
          const inner = begun - number - 1
          if (store === null) return
          const isWorthIt = inner > 0 || isDue() || (host.isStopping() && !hasKeptStop)
          if (!isWorthIt) return
          await write(number, { work: name, at: 'its end', isDone: true }, result)
          for (let each = number + 1; each <= number + inner; each++) await store.remove(each)
        },
      }
    },
  }
}

/** Null where a value is not finite. */
async function storedOf(tensors: TensorMap): Promise<Record<string, StoredValues> | null> {
  const stored: Record<string, StoredValues> = {}
  for (const [name, tensor] of Object.entries(tensors)) {
    const values = Float32Array.from(await tensor.data())
    if (!values.every(Number.isFinite)) return null
    stored[name] = { shape: tensor.shape, values }
  }
  return stored
}

function mutable(states: ReturnType<StreamLedger['states']>): Header['random'] {
  return Object.fromEntries(
    Object.entries(states).map(([name, generators]) => [
      name,
      generators.map(([a, b, c, d]): [number, number, number, number] => [a, b, c, d]),
    ]),
  )
}
