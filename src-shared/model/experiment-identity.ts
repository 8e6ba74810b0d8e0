import type { Experiment } from './experiment.js'

/**
 * The same text for experiments that differ in nothing but their seed and their name: runs of them are repetitions, over
 * which a mean can be taken. Whatever a preset stands for is in the parameters, but its name counts too, so that nothing
 * is put together that was not meant to be.
 */
export function experimentIdentity({ name: _name, seed: _seed, ...settings }: Experiment): string {
  return JSON.stringify(settings, (_key, value: unknown) => (isRecord(value) ? sorted(value) : value))
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function sorted(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
