import { inertCell } from './inert-cell.js'

/** A table as text for other programs. Cells come from anywhere, so whatever a program would obey is taken from them. */
export interface TextTable {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** Without columns in which nothing is known. */
export function withoutEmptyColumns({ columns, rows }: TextTable): TextTable {
  const isKept = columns.map((_, column) => rows.length === 0 || rows.some((row) => row[column] !== '–'))
  const kept = (cells: readonly string[]): string[] => cells.filter((_, column) => isKept[column])
  return { columns: kept(columns), rows: rows.map(kept) }
}

export const TABLE_FORMATS = ['tsv', 'markdown', 'latex'] as const
export type TableFormat = (typeof TABLE_FORMATS)[number]

export function tableText(table: TextTable, format: TableFormat): string {
  switch (format) {
    case 'tsv':
      return tsv(table)
    case 'markdown':
      return markdown(table)
    case 'latex':
      return latex(table)
  }
}

const NUMBER = /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/

function tsv({ columns, rows }: TextTable): string {
  // A sign alone makes no formula.
  const cellText = (cell: string): string => (NUMBER.test(cell) ? cell : inertCell(cell))
  return [columns, ...rows].map((cells) => `${cells.map((cell) => cellText(oneLine(cell))).join('\t')}\n`).join('')
}

/** Line breaks and tabs as spaces; other control characters go. */
function oneLine(cell: string): string {
  return cell
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\p{Cc}/gu, '')
    .trim()
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

function numeric(table: TextTable): boolean[] {
  return table.columns.map((_, column) => isNumericColumn(table, column))
}

/** Whether a column holds numbers: every cell that is not empty starts with a digit, after a sign perhaps. */
export function isNumericColumn({ rows }: TextTable, column: number): boolean {
  const filled = rows.map((row) => oneLine(row[column] ?? '')).filter((cell) => cell !== '' && cell !== '–')
  return filled.length > 0 && filled.every((cell) => /^[+\-−±]?\d/.test(cell))
}
