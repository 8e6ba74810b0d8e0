import type { Commands } from '../contract/commands.js'
import type { AppEvent } from '../contract/events.js'
import { scaleFor } from '../inspection/heat-colours.js'
import { heatedPixels } from '../inspection/heat-sheet.js'
import { bytesOf, floatsOf } from '../model/array-block.js'
import type { RunId } from '../model/ids.js'
import type { Explanation, Region, View } from '../model/inspection.js'
import type { Client } from '../rpc/client.js'
import { fromBase64 } from '../util/base64.js'
import { percent } from '../util/format.js'
import { pngOf } from '../util/png.js'

/** Whoever can ask the application. */
export type CommandCaller = Pick<Client<Commands, AppEvent>, 'call'>

/** How many samples a report shows that nobody has chosen. */
const SHOWN_UNASKED = 3
/** Of the heat over the image. */
const USUAL_METHOD = 'grad-cam'

export interface HeatRequest {
  readonly runId: RunId
  /** Positions among the test images of the evaluation; null: the first ones that the attack is to turn. */
  readonly samples: readonly number[] | null
  /** Id of an explainer. */
  readonly method?: string
}

/** One picture of a sample: the image itself, or what an answer looked at. */
export interface HeatPicture {
  readonly caption: string
  readonly png: Uint8Array
  readonly width: number
  readonly height: number
  /** What the trigger painted. */
  readonly region: Region | null
}

export interface HeatSample {
  readonly title: string
  readonly pictures: readonly HeatPicture[]
}

export interface HeatSection {
  readonly method: string
  readonly samples: readonly HeatSample[]
}

/** Heatmaps of samples for every model of a run, clean and triggered, as pictures. */
export async function gatherHeat(client: CommandCaller, request: HeatRequest): Promise<HeatSection> {
  const { runId, method = USUAL_METHOD } = request
  const inspection = await client.call('inspection.describe', { runId })
  const usable = inspection.models.filter(({ problem }) => problem === null)
  const models = usable.map(({ id }) => id)
  const views: View[] = [{ kind: 'clean' }]
  if (inspection.attack?.trigger) views.push({ kind: 'triggered' })
  const facts = await client.call('inspection.samples', { runId })
  const labels = bytesOf(facts.labels)
  const targets = bytesOf(facts.targets)
  const indices = request.samples ?? firstTurned(labels, targets)
  if (models.length === 0 || indices.length === 0) return { method, samples: [] }

  const { explanations } = await client.call('inspection.explain', {
    runId,
    indices: [...indices],
    models,
    views,
    method,
  })
  const shown = await Promise.all(
    views.map((view) => client.call('inspection.images', { runId, indices: [...indices], view })),
  )
  const { height, width, channels } = inspection.shape
  const size = height * width
  const nameOf = (index: number): string => inspection.classNames[index] ?? String(index)
  const scale = scaleFor(explanations.map(({ heat }) => floatsOf(heat)))
  const samples = indices.map((sample, k): HeatSample => {
    const imageOf = (view: number): Uint8Array =>
      fromBase64(shown[view]!.images.base64).subarray(k * size * channels, (k + 1) * size * channels)
    const images = views.map(({ kind }, view): HeatPicture => ({
      caption: kind === 'clean' ? 'clean' : 'with the trigger',
      png: pngOf({ width, height, channels: channels === 1 ? 1 : 3, pixels: imageOf(view) }),
      width,
      height,
      region: null,
    }))
    const heats = explanations.map((explanation): HeatPicture => {
      const { view, model } = explanation
      const heat = floatsOf(explanation.heat).subarray(k * size, (k + 1) * size)
      const pixels = heatedPixels({ image: imageOf(view), channels, heat, region: null }, size, scale)
      const region = shown[view]!.regions[k] ?? null
      const title = usable.find(({ id }) => id === model)?.title ?? model
      return {
        caption: `${title}, ${views[view]!.kind}: ${nameOf(answerOf(explanation, k))}${insideWords(explanation, k)}`,
        png: pngOf({ width, height, channels: 3, pixels }),
        width,
        height,
        region,
      }
    })
    return { title: `Sample ${sample}, a true ${nameOf(labels[sample]!)}`, pictures: [...images, ...heats] }
  })
  return { method, samples }
}

function firstTurned(labels: Uint8Array, targets: Uint8Array): number[] {
  const all = Array.from(labels, (_, index) => index)
  const turned = all.filter((index) => labels[index] !== targets[index])
  return (turned.length === 0 ? all : turned).slice(0, SHOWN_UNASKED)
}

function answerOf({ probabilities }: Explanation, k: number): number {
  const count = probabilities.shape[1]!
  const row = floatsOf(probabilities).subarray(k * count, (k + 1) * count)
  return row.indexOf(Math.max(...row))
}

function insideWords({ inside }: Explanation, k: number): string {
  const share = floatsOf(inside)[k]!
  return Number.isNaN(share) ? '' : `, ${percent(share)} of the heat inside the trigger`
}
