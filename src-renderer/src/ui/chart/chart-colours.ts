import type { ColourRole } from './chart-types.js'

export interface ChartColours {
  readonly text: string
  readonly dim: string
  readonly line: string
  readonly panel: string
  readonly roles: Readonly<Record<ColourRole, string>>
}

/** The tokens as plain colours, which is all a canvas understands: themes are resolved by the browser, not by us. */
export function readChartColours(host: HTMLElement): ChartColours {
  const probe = host.ownerDocument.createElement('span')
  host.append(probe)
  const resolve = (token: string): string => {
    probe.style.color = `var(--${token})`
    return getComputedStyle(probe).color
  }
  const colours = {
    text: resolve('text'),
    dim: resolve('dim'),
    line: resolve('line'),
    panel: resolve('panel'),
    roles: {
      attack: resolve('role-attack'),
      clean: resolve('role-clean'),
      repaired: resolve('role-repaired'),
      recovered: resolve('role-recovered'),
      text: resolve('dim'),
    },
  }
  probe.remove()
  return colours
}
