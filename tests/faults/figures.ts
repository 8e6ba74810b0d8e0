import { appendFileSync } from 'node:fs'

/** The complete form, which takes long; otherwise every test does a part of it. */
export const isLong = process.env['UNBACKDOOR_FAULTS'] === 'long'

/** So many of `what` were tried under this heading of the page on reliability, and all were survived. */
export function tried(heading: string, what: string, count: number): void {
  const file = process.env['UNBACKDOOR_FAULT_FIGURES']
  if (file !== undefined) appendFileSync(file, `${JSON.stringify({ heading, what, count })}\n`)
}
