import { readTokens } from '../read-tokens.js'
import { colourToken, type ChartColours } from '../../../../src-shared/chart/chart-colours.js'
import { COLOUR_ROLES, RUN_COLOURS, type ChartColour } from '../../../../src-shared/chart/chart-types.js'

/** What charts are drawn with; `scheme` is for pictures that leave the page. */
export function readChartColours(host: HTMLElement, scheme?: 'light' | 'dark'): ChartColours {
  const known: readonly ChartColour[] = [...COLOUR_ROLES, ...RUN_COLOURS, 'text']
  const base = readTokens(host, ['text', 'dim', 'line', 'panel'], scheme)
  const inks = readTokens(host, known.map(colourToken), scheme)
  return {
    ...base,
    font: getComputedStyle(host).fontFamily,
    inks: Object.fromEntries(known.map((each) => [each, inks[colourToken(each)]])) as ChartColours['inks'],
  }
}
