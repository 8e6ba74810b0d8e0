import { InvalidArgumentError } from 'commander'
import { ALL_SAMPLES } from '../../src-shared/model/inspection.js'
import { StudyScale } from '../../src-shared/model/study.js'
import { sortKeys, type Sorting } from '../../src-shared/runs/run-row.js'
import { listables, type Listable } from './commands/list.js'

/** What the values of options may be, for Commander: each returns the value or says in words what is allowed. */

export function collect(value: string, previous: string[]): string[] {
  return [...previous, value]
}

/** Parted by commas. */
export function words(text: string): string[] {
  const found = text.split(',').filter((word) => word !== '')
  if (found.length === 0) throw new InvalidArgumentError('must be at least one id')
  return found
}

export function scale(text: string): StudyScale {
  const found = StudyScale.options.find((name) => name === text)
  if (found === undefined) throw new InvalidArgumentError(`must be one of ${StudyScale.options.join(', ')}`)
  return found
}

/** Parted by commas, such as 0,5,9. */
export function wholeNumbers(text: string): number[] {
  return words(text).map(wholeNumber)
}

export function wholeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('must be a whole number of at least 0')
  return value
}

export function positiveNumber(text: string): number {
  const value = wholeNumber(text)
  if (value === 0) throw new InvalidArgumentError('must be at least 1')
  return value
}

/** How many samples: a number, or `all`. */
export function sampleLimit(text: string): number {
  if (text === 'all') return ALL_SAMPLES
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1 && value <= ALL_SAMPLES) return value
  throw new InvalidArgumentError(`must be a whole number of 1 to ${ALL_SAMPLES}, or "all"`)
}

/** From 0 to 1, without 0. */
export function share(text: string): number {
  const value = Number(text)
  if (!(value > 0 && value <= 1)) throw new InvalidArgumentError('must be above 0 and at most 1')
  return value
}

export function listable(text: string): Listable {
  const found = listables.find((name) => name === text)
  if (found === undefined) throw new InvalidArgumentError(`must be one of ${listables.join(', ')}`)
  return found
}

/** A key by which runs are sorted, with a minus before it the other way round. */
export function sorting(text: string): Sorting {
  const isDescending = text.startsWith('-')
  const key = sortKeys.find((name) => name === (isDescending ? text.slice(1) : text))
  if (key === undefined) throw new InvalidArgumentError(`must be one of ${sortKeys.join(', ')}`)
  return { key, isDescending }
}
