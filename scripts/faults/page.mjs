// The figures of docs/reliability.md, between two marks that this file alone writes.

import { readFileSync, writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { machineLine, row } from '../results/machine.mjs'

/** @typedef {{ heading: string, what: string, figure: number | string }} Figure */

const BEGIN = '<!-- figures: begin -->'
const END = '<!-- figures: end -->'

/**
 * Headings that were not measured this time stay as they are.
 * @param {string} root
 * @param {readonly Figure[]} figures
 */
export async function writeFigures(root, figures) {
  const path = join(root, 'docs', 'reliability.md')
  const page = readFileSync(path, 'utf8')
  const [before = '', rest = ''] = page.split(BEGIN)
  const [old = '', after = ''] = rest.split(END)
  const sections = sectionsOf(old)
  for (const [heading, group] of Map.groupBy(figures, (figure) => figure.heading)) {
    sections.set(heading, sectionOf(heading, group))
  }
  const text = `${before}${BEGIN}\n\n${[...sections.values()].join('\n\n')}\n\n${END}${after}`
  writeFileSync(path, await format(text, { ...(await resolveConfig(path)), filepath: path }))
}

/**
 * @param {string} heading
 * @param {readonly Figure[]} group
 */
function sectionOf(heading, group) {
  /** @type {Map<string, number | string>} */
  const rows = new Map()
  for (const { what, figure } of group) {
    const sum = rows.get(what)
    rows.set(what, typeof sum === 'number' && typeof figure === 'number' ? sum + figure : figure)
  }
  const cells = [...rows].map(([what, figure]) =>
    row([what, typeof figure === 'number' ? figure.toLocaleString('en') : figure]),
  )
  return [
    `### ${heading}`,
    '',
    row(['', '']),
    row(['---', '---:']),
    ...cells,
    '',
    `${machineLine()} Load: ${(loadavg()[0] ?? 0).toFixed(1)}.`,
  ].join('\n')
}

/**
 * By heading, in their order.
 * @param {string} text
 */
function sectionsOf(text) {
  const parts = text.split(/^(?=### )/m).map((part) => part.trim())
  return new Map(
    parts.filter((part) => part.startsWith('### ')).map((part) => [part.split('\n')[0]?.slice(4) ?? '', part]),
  )
}
