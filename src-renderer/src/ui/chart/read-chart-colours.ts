import { colourToken, type ChartColours } from '../../../../src-shared/chart/chart-colours.js'
import { COLOUR_ROLES, RUN_COLOURS, type ChartColour } from '../../../../src-shared/chart/chart-types.js'

/**
 * The tokens as plain colours, which is all that a canvas and a file understand: themes are resolved by the browser, not
 * by us. `scheme` is for pictures that leave the page; without it, the page's own.
 */
export function readChartColours(host: HTMLElement, scheme?: 'light' | 'dark'): ChartColours {
  const probe = host.ownerDocument.createElement('span')
  if (scheme !== undefined) probe.style.colorScheme = scheme
  host.append(probe)
  const resolve = (token: string): string => {
    probe.style.color = `var(--${token})`
    return getComputedStyle(probe).color
  }
  const known: readonly ChartColour[] = [...COLOUR_ROLES, ...RUN_COLOURS, 'text']
  const colours = {
    text: resolve('text'),
    dim: resolve('dim'),
    line: resolve('line'),
    panel: resolve('panel'),
    font: getComputedStyle(host).fontFamily,
    inks: Object.fromEntries(known.map((each) => [each, resolve(colourToken(each))])) as ChartColours['inks'],
  }
  probe.remove()
  return colours
}
