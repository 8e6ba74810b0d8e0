import { inertCell } from './inert-cell.js'

export type CsvCell = string | number | null

/**
 * Rows as CSV (RFC 4180). Numbers are written in full; text that a spreadsheet would run as a formula gets an apostrophe
 * before it, because names come from people.
 */
export function csvText(rows: readonly (readonly CsvCell[])[]): string {
  return rows.map((row) => `${row.map(cellText).join(',')}\r\n`).join('')
}

function cellText(cell: CsvCell): string {
  if (cell === null) return ''
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : ''
  const text = inertCell(cell)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
