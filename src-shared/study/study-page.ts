import type { TextTable } from '../util/table-text.js'
import type { DatasetTable } from './study-table.js'

export interface StudyPage {
  readonly title: string
  readonly protocol: readonly string[]
  readonly tables: readonly DatasetTable[]
  readonly ratings: TextTable
}

const STYLE = `:root{color-scheme:light dark}
body{font:14px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;margin:0 0 1.5rem;font-variant-numeric:tabular-nums}
caption{text-align:left;font-weight:600;padding:.25rem 0}
th,td{padding:.2rem .75rem;border-bottom:1px solid color-mix(in srgb,currentColor 25%,transparent);text-align:right}
th:nth-child(-n+2),td:nth-child(-n+2){text-align:left}
@media print{body{margin:0}table{break-inside:avoid}}`

/** The study as one page that opens on its own, without network, and prints. */
export function studyPage({ title, protocol, tables, ratings }: StudyPage): string {
  const heading = escaped(title)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${heading}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${heading}</h1>
${tables.map(({ dataset, table }) => htmlTable(`${dataset}, in percent: mean ± standard deviation over the seeds`, table)).join('\n')}
${htmlTable('Defenses by their mean rating', ratings)}
<h2>How it was measured</h2>
<ul>
${protocol.map((sentence) => `<li>${escaped(sentence)}</li>`).join('\n')}
</ul>
</body>
</html>
`
}

function htmlTable(caption: string, { columns, rows }: TextTable): string {
  const cells = (tag: 'th scope="col"' | 'td', values: readonly string[]): string =>
    values.map((value) => `<${tag}>${escaped(value)}</${tag.slice(0, 2)}>`).join('')
  return `<table>
<caption>${escaped(caption)}</caption>
<thead><tr>${cells('th scope="col"', columns)}</tr></thead>
<tbody>
${rows.map((row) => `<tr>${cells('td', row)}</tr>`).join('\n')}
</tbody>
</table>`
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character]!)
}
