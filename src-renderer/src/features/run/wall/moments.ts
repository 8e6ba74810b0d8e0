/** A place in a repair. Epoch 0 is the victim as it was. */
export interface Moment {
  readonly epoch: number
  readonly step: number
}

export interface EpochMark {
  readonly epoch: number
  /** The frame at the end of the epoch. */
  readonly index: number
}

/** `3.17` in the address: epoch 3, step 17. */
export function momentText({ epoch, step }: Moment): string {
  return `${epoch}.${step}`
}

export function parseMoment(text: unknown): Moment | null {
  const [, epoch, step] = typeof text === 'string' ? (/^(\d{1,6})(?:\.(\d{1,6}))?$/.exec(text) ?? []) : []
  return epoch === undefined ? null : { epoch: Number(epoch), step: Number(step ?? Infinity) }
}

function isAfter(a: Moment, b: Moment): boolean {
  return a.epoch > b.epoch || (a.epoch === b.epoch && a.step > b.step)
}

/** The frame that shows a moment: the last one not after it. Null means the newest. -1 where there are none. */
export function frameIndexAt(frames: readonly Moment[], moment: Moment | null): number {
  if (moment === null) return frames.length - 1
  let low = 0
  let high = frames.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (isAfter(frames[middle]!, moment)) high = middle - 1
    else low = middle
  }
  return Math.min(low, frames.length - 1)
}

/** The last frame of each epoch that is over. */
export function epochMarks(frames: readonly Moment[], steps: number): EpochMark[] {
  return frames.flatMap(({ epoch, step }, index) => {
    const next = frames[index + 1]
    const isEnd = next === undefined ? epoch === 0 || step === steps : next.epoch !== epoch
    return isEnd ? [{ epoch, index }] : []
  })
}

/** As planned while the engine says so, otherwise the last step seen of any epoch. */
export function stepsPerEpoch(frames: readonly Moment[], planned: number | null): number {
  return planned ?? frames.reduce((most, { step }) => Math.max(most, step), 0)
}

/** The moment on an axis of epochs, where the end of epoch n is at n. */
export function epochPosition({ epoch, step }: Moment, steps: number): number {
  if (epoch === 0 || steps === 0) return epoch
  return epoch - 1 + Math.min(1, step / steps)
}

export function momentWords({ epoch, step }: Moment, steps: number): string {
  if (epoch === 0) return 'before the first step'
  return step === steps ? `end of epoch ${epoch}` : `epoch ${epoch}, step ${step} of ${steps}`
}

/** How long a moment is held while playing, at speed 1: longer where many images turn, or one would miss it. */
export function holdMs(turned: number): number {
  return 70 + Math.min(900, 30 * turned)
}

/** At most about a dozen labels on the axis, whatever the number of epochs. */
export function labelledMarks(marks: readonly EpochMark[]): EpochMark[] {
  const last = marks.at(-1)?.epoch ?? 0
  const every = [1, 2, 5, 10, 20, 50, 100].find((each) => last / each <= 14) ?? 200
  return marks.filter(({ epoch }) => epoch % every === 0)
}
