import { floatsOf } from '../../../../../src-shared/model/array-block.js'
import type { Activation } from '../../../../../src-shared/model/inspection.js'

/** Activations of one model in one view, channel by channel. */
export interface ChannelMaps {
  readonly model: string
  /** Position in the request's list of views. */
  readonly view: number
  readonly height: number
  readonly width: number
  /** Of each channel height x width. */
  readonly channels: readonly Float32Array[]
  /** All of it, height x width x channels, as it came. */
  readonly block: Activation['values']
}

/** From height x width x channels to one map a channel. */
export function channelMaps({ model, view, values }: Activation): ChannelMaps {
  const [height = 1, width = 1, count = 1] = values.shape
  const all = floatsOf(values)
  const channels = Array.from({ length: count }, (_, channel) =>
    Float32Array.from({ length: height * width }, (_pixel, pixel) => all[pixel * count + channel]!),
  )
  return { model, view, height, width, channels, block: values }
}

/** Channels by how much they differ between two views (mean absolute difference), the most different first. */
export function mostMoved(before: ChannelMaps, after: ChannelMaps, most: number): number[] {
  const moved = before.channels.map((map, channel) =>
    map.reduce((sum, value, pixel) => sum + Math.abs(value - after.channels[channel]![pixel]!), 0),
  )
  return [...moved.keys()].toSorted((a, b) => moved[b]! - moved[a]!).slice(0, most)
}
