/**
 * The look of a report: the colours of the workbench (src-renderer/src/styles/tokens.css, held equal by a test), in the
 * theme that the reader's system asks for, and light on paper.
 */
import { RUN_COLOURS } from '../chart/chart-types.js'
import { colourToken, type ChartColours } from '../chart/chart-colours.js'

/** Light and dark. */
export const REPORT_TOKENS: Readonly<Record<string, readonly [light: string, dark: string]>> = {
  bg: ['#f3f4f6', '#121417'],
  panel: ['#ffffff', '#191c20'],
  raised: ['#f8f9fa', '#20242a'],
  line: ['#dcdfe3', '#2c3138'],
  text: ['#1a1e23', '#e3e6ea'],
  dim: ['#565e67', '#9ca5af'],
  accent: ['#4450b8', '#a3adff'],
  'role-attack': ['#d55e00', '#d55e00'],
  'role-clean': ['#0072b2', '#2f95d6'],
  'role-repaired': ['#009e73', '#12b184'],
  'role-recovered': ['#b8568c', '#cc79a7'],
  'role-attack-text': ['#a94a00', '#ff9d5c'],
  'role-repaired-text': ['#00704f', '#3fcfa3'],
  'role-warning-text': ['#815800', '#f0b43a'],
  'warning-soft': ['#fdf4e0', '#2d2513'],
  'run-1': ['#345bdb', '#9ebafd'],
  'run-2': ['#836512', '#e6b42d'],
  'run-3': ['#69119d', '#bb71f8'],
  'run-4': ['#0b574b', '#43ad99'],
  'run-5': ['#a38a98', '#fbdfee'],
  'run-6': ['#5c0102', '#c04d41'],
  'run-7': ['#3fa707', '#a1fe85'],
  'run-8': ['#29255a', '#6f70ac'],
}

const token = (name: string): string => `var(--${name})`

/** Charts take the colours of the page around them. */
export const REPORT_COLOURS: ChartColours = {
  text: token('text'),
  dim: token('dim'),
  line: token('line'),
  panel: token('panel'),
  font: 'inherit',
  inks: Object.fromEntries(
    (['attack', 'clean', 'repaired', 'recovered', ...RUN_COLOURS, 'text'] as const).map((colour) => [
      colour,
      token(colourToken(colour)),
    ]),
  ) as ChartColours['inks'],
}

const tokens = Object.entries(REPORT_TOKENS)
  .map(([name, [light, dark]]) => `--${name}:light-dark(${light},${dark})`)
  .join(';')

export const REPORT_STYLE = `:root{color-scheme:light dark;${tokens}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--text);font:14px/1.5 system-ui,-apple-system,'Segoe UI','Noto Sans','Liberation Sans',sans-serif}
main{max-width:960px;margin:0 auto;padding:24px 16px 48px}
h1{font-size:24px;line-height:1.25;margin:0 0 4px}
h2{font-size:17px;margin:32px 0 8px}
h3{font-size:14px;margin:20px 0 6px}
p{margin:0 0 8px}
a{color:var(--accent)}
.dim{color:var(--dim)}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(200px,1fr));gap:8px 24px;margin:16px 0 0}
.facts div{border-top:1px solid var(--line);padding-top:4px}
.facts dt{color:var(--dim);font-size:12px}
.facts dd{margin:0;overflow-wrap:anywhere}
.note{background:var(--warning-soft);padding:8px 12px;border-radius:3px}
.scroll{overflow-x:auto;margin:0 0 12px}
table{border-collapse:collapse;min-width:100%;background:var(--panel);font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--dim);font-size:12px;padding:0 0 4px}
th,td{padding:4px 10px;border:1px solid var(--line);text-align:left;vertical-align:top}
thead th{background:var(--raised);font-weight:600}
tbody th{font-weight:400}
.number{text-align:right}
td.number{white-space:nowrap}
thead th{vertical-align:bottom}
tbody th{min-width:8rem}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(440px,100%),1fr));gap:4px 16px}
.value{overflow-wrap:anywhere}
.good{color:var(--role-repaired-text)}
.bad{color:var(--role-attack-text)}
.oracle{border:1px solid currentColor;border-radius:3px;padding:0 5px;font-size:12px;color:var(--role-attack-text);white-space:nowrap}
figure{margin:0 0 12px}
figure>svg,.chart svg{display:block;width:100%;height:auto;border:1px solid var(--line);background:var(--panel)}
figcaption{color:var(--dim);font-size:12px;padding-top:4px}
.pictures{display:flex;flex-wrap:wrap;gap:12px 16px;align-items:flex-end}
.pictures figure{margin:0}
.pixels{display:block;image-rendering:pixelated;background:var(--raised);border:1px solid var(--line)}
.samples{display:grid;grid-template-columns:repeat(auto-fill,minmax(104px,1fr));gap:8px 12px;margin:0 0 16px}
.samples figure{margin:0}
.samples svg{border:1px solid var(--line);image-rendering:pixelated}
.region{fill:none;stroke:var(--role-attack);vector-effect:non-scaling-stroke;stroke-width:2px}
pre{background:var(--panel);border:1px solid var(--line);padding:8px 12px;overflow-x:auto;font:12px/1.5 ui-monospace,'SF Mono','DejaVu Sans Mono','Liberation Mono',monospace;white-space:pre-wrap;overflow-wrap:anywhere}
code{font-family:ui-monospace,'SF Mono','DejaVu Sans Mono','Liberation Mono',monospace;font-size:13px}
summary{cursor:pointer;color:var(--dim);font-size:13px}
footer{margin-top:40px;border-top:1px solid var(--line);padding-top:8px;color:var(--dim);font-size:12px}
@page{margin:14mm}
@media print{:root{color-scheme:light}body{background:none;font-size:10pt}main{max-width:none;padding:0}
h2,h3{break-after:avoid}figure,tr,.facts div{break-inside:avoid}table{font-size:9pt}details.data{display:none}details::details-content{content-visibility:visible;block-size:auto}summary{list-style:none}
.scroll{overflow:visible}a{color:inherit;text-decoration:none}}`
