/** A table as text for other programs. Cells come from anywhere, so whatever a program would obey is taken from them. */
export interface TextTable {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

export const TABLE_FORMATS = ['tsv', 'csv', 'markdown', 'latex'] as const
export type TableFormat = (typeof TABLE_FORMATS)[number]

export function tableText(table: TextTable, format: TableFormat): string {
  switch (format) {
    case 'tsv':
      return lines(table, (cells) => cells.map((cell) => inert(oneLine(cell))).join('\t'))
    case 'csv':
      return lines(table, (cells) => cells.map((cell) => quoted(inert(oneLine(cell)))).join(','))
    case 'markdown':
      return markdown(table)
    case 'latex':
      return latex(table)
  }
}

function lines({ columns, rows }: TextTable, line: (cells: readonly string[]) => string): string {
  return `${[columns, ...rows].map(line).join('\n')}\n`
}

/** Line breaks and tabs as spaces; other control characters go. */
function oneLine(cell: string): string {
  return cell
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\p{Cc}/gu, '')
    .trim()
}

const PLAIN_NUMBER = /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/

/** Spreadsheets take what begins like this for a formula, and run it. A quote before it makes it text (OWASP, CSV injection). */
function inert(cell: string): string {
  return /^[=+\-@＝＋－＠]/.test(cell) && !PLAIN_NUMBER.test(cell) ? `'${cell}` : cell
}

/** RFC 4180. */
function quoted(cell: string): string {
  return /[",]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}

function markdown({ columns, rows }: TextTable): string {
  const row = (cells: readonly string[]): string => `| ${cells.map((cell) => markdownCell(cell)).join(' | ')} |\n`
  const rule = `| ${numeric({ columns, rows })
    .map((isNumber) => (isNumber ? '---:' : '---'))
    .join(' | ')} |\n`
  return row(columns) + rule + rows.map(row).join('')
}

function markdownCell(cell: string): string {
  return oneLine(cell)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\\`*_{}[\]|~$#!]/g, (character) => `\\${character}`)
}

/** A `tabular` with the rules of the package booktabs. */
function latex({ columns, rows }: TextTable): string {
  const row = (cells: readonly string[]): string => `  ${cells.map((cell) => latexCell(cell)).join(' & ')} \\\\\n`
  const alignment = numeric({ columns, rows })
    .map((isNumber) => (isNumber ? 'r' : 'l'))
    .join('')
  return (
    `\\begin{tabular}{${alignment}}\n  \\toprule\n${row(columns)}  \\midrule\n${rows.map(row).join('')}` +
    '  \\bottomrule\n\\end{tabular}\n'
  )
}

const LATEX: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '{': '\\{',
  '}': '\\}',
  $: '\\$',
  '&': '\\&',
  '#': '\\#',
  '%': '\\%',
  _: '\\_',
  '^': '\\textasciicircum{}',
  '~': '\\textasciitilde{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
  '"': '\\textquotedbl{}',
  '±': '$\\pm$',
  '−': '$-$',
  '→': '$\\rightarrow$',
  '·': '$\\cdot$',
  // A row that begins with it would be taken for an option of the line break before it.
  '[': '{[}',
  ']': '{]}',
}

function latexCell(cell: string): string {
  const escaped = oneLine(cell).replaceAll(/[\\{}$&#%_^~<>|"±−→·[\]]/g, (character) => LATEX[character] ?? character)
  // A hyphen before a number is a minus.
  return escaped.replace(/^-(?=\d)/, '$-$')
}

/** Which columns hold numbers: every cell that is not empty starts with a digit, after a sign perhaps. */
function numeric({ columns, rows }: TextTable): boolean[] {
  return columns.map((_, column) => {
    const filled = rows.map((row) => oneLine(row[column] ?? '')).filter((cell) => cell !== '' && cell !== '–')
    return filled.length > 0 && filled.every((cell) => /^[+\-−±]?\d/.test(cell))
  })
}
