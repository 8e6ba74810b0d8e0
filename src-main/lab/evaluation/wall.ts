import type { RunFact } from '../../../src-shared/contract/events.js'
import type { TensorMap } from '../compute/tensor-map.js'
import { imageAt, selectImages, type ImageSet } from '../data/image-set.js'
import type { Network } from '../nn/network.js'
import type { Moment, PixelImage, RunContext } from '../run-context.js'
import { predictAnswers } from './predict.js'
import type { TriggeredExam } from './scores.js'

const COLUMNS = 12
const IMAGES = 96
/** Frames over a whole defense: enough to see single images turn, few enough to keep. */
const FRAMES = 120
const SHEET = 'wall.png'

type WallFrame = Omit<Extract<RunFact, { type: 'run.wall' }>, 'type' | 'stage'>

/** A fixed choice of triggered test images of all classes whose answers are followed while a defense works. */
export interface Wall {
  readonly layout: Omit<Extract<RunFact, { type: 'run.wall-hung' }>, 'type'>
  /** Saves the contact sheet. */
  hang(context: RunContext): Promise<void>
  /** What the weights answer on the wall; null at the moments in between that are not kept. */
  look(weights: () => TensorMap, moment: Moment): Promise<WallFrame | null>
}

export function createWall(network: Network, exam: Pick<TriggeredExam, 'set' | 'targets'>): Wall {
  const chosen = chooseEvenly(exam.set, IMAGES)
  const set = selectImages(exam.set, chosen)
  return {
    layout: {
      sheet: SHEET,
      columns: COLUMNS,
      trueClasses: [...set.labels],
      targetClasses: Array.from(chosen, (index) => exam.targets[index]!),
    },
    hang: (context) => context.files.saveImage(SHEET, 'Triggered test images on the wall', contactSheet(set)),
    async look(weights, moment) {
      if (!isKept(moment)) return null
      const { classes, confidence } = await predictAnswers(network, weights(), set)
      return {
        epoch: moment.epoch,
        step: moment.step,
        predicted: [...classes],
        confidence: Array.from(confidence, thousandths),
      }
    },
  }
}

/** Every epoch's end, and between them as many steps as make about `FRAMES` in all. */
function isKept({ epoch, epochs, step, stepsPerEpoch }: Moment): boolean {
  if (epoch === 0 || step === stepsPerEpoch) return true
  const every = Math.max(1, Math.floor((epochs * stepsPerEpoch) / FRAMES))
  return ((epoch - 1) * stepsPerEpoch + step) % every === 0
}

/** Up to `count` images, as many of each class as there are to be had, sorted by class. */
function chooseEvenly(set: ImageSet, count: number): Uint32Array {
  const byClass = new Map<number, number[]>()
  set.labels.forEach((label, index) => {
    const others = byClass.get(label)
    if (others === undefined) byClass.set(label, [index])
    else others.push(index)
  })
  const wanted = Math.min(count, set.count)
  const chosen: number[] = []
  for (let round = 0; chosen.length < wanted; round++) {
    for (const [, indices] of [...byClass].toSorted(([a], [b]) => a - b)) {
      if (chosen.length < wanted && round < indices.length) chosen.push(indices[round]!)
    }
  }
  return Uint32Array.from(chosen.toSorted((a, b) => set.labels[a]! - set.labels[b]! || a - b))
}

function contactSheet(set: ImageSet): PixelImage {
  const { height, width, channels } = set.shape
  const rows = Math.max(1, Math.ceil(set.count / COLUMNS))
  const shape = { height: rows * height, width: COLUMNS * width, channels }
  const pixels = new Uint8Array(shape.height * shape.width * channels)
  for (let index = 0; index < set.count; index++) {
    const top = Math.floor(index / COLUMNS) * height
    const left = (index % COLUMNS) * width
    const image = imageAt(set, index)
    for (let row = 0; row < height; row++) {
      const line = image.subarray(row * width * channels, (row + 1) * width * channels)
      pixels.set(line, ((top + row) * shape.width + left) * channels)
    }
  }
  return { shape, pixels }
}

/** A picture needs no more digits, and a run keeps thousands of these. */
function thousandths(share: number): number {
  return Math.round(share * 1000) / 1000
}
