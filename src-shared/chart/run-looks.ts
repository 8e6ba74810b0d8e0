import { RUN_COLOURS, type ChartSeries, type Marker, type RunColour } from './chart-types.js'

/** What tells a run's lines apart: the colour, and as second cue the dash and the marker. */
export type RunLook = Pick<ChartSeries, 'dash' | 'marker'> & { readonly colour: RunColour }

const CUES: readonly { readonly dash: readonly number[]; readonly marker: Marker }[] = [
  { dash: [], marker: 'circle' },
  { dash: [6, 3], marker: 'triangle' },
  { dash: [2, 2], marker: 'rectRot' },
  { dash: [8, 3, 2, 3], marker: 'rect' },
]

/** The colour of a run, the same on every page and at every visit: made of nothing but its id. */
export function runColour(runId: string): RunColour {
  return RUN_COLOURS[hash(runId) % RUN_COLOURS.length]!
}

/**
 * How runs look that share a page. Colours are those of `runColour`; runs that happen to share one differ by the second
 * cue, dealt in the order of their ids, so that the order in which they were chosen changes nothing.
 */
export function runLooks(runIds: readonly string[]): ReadonlyMap<string, RunLook> {
  const used = new Map<RunColour, number>()
  return new Map(
    [...new Set(runIds)].toSorted().map((runId) => {
      const colour = runColour(runId)
      const count = used.get(colour) ?? 0
      used.set(colour, count + 1)
      return [runId, { colour, ...CUES[count % CUES.length]! }]
    }),
  )
}

/** FNV-1a: names that differ in one letter land far apart. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0
  return (value ^ (value >>> 15)) >>> 0
}
