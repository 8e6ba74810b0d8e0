import { cpus, totalmem } from 'node:os'

/** One line that says where and when something was measured. */
export function machineLine() {
  const processor = cpus()[0]?.model ?? 'unknown processor'
  return (
    `Machine: ${cpus().length} x ${processor}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}. ` +
    `Date: ${new Date().toISOString().slice(0, 10)}.`
  )
}

/** A row of a Markdown table. @param {readonly (string | number)[]} cells */
export function row(cells) {
  return `| ${cells.join(' | ')} |`
}
