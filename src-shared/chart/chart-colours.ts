import type { ChartColour } from './chart-types.js'

/** Colours and font as a canvas and a file understand them. */
export interface ChartColours {
  readonly text: string
  readonly dim: string
  readonly line: string
  readonly panel: string
  /** Of the page. */
  readonly font: string
  readonly inks: Readonly<Record<ChartColour, string>>
}

/** The name of the token that a colour has in the style sheet. */
export function colourToken(colour: ChartColour): string {
  if (colour === 'text') return 'dim'
  return colour.startsWith('run-') ? colour : `role-${colour}`
}
