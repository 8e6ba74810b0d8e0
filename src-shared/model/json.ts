import { z } from 'zod'

/** Any value that survives JSON: what experiments, plug-in parameters and events are made of. */
export const JsonValue = z.json()
export type JsonValue = z.infer<typeof JsonValue>

export const JsonObject = z.record(z.string(), JsonValue)
export type JsonObject = z.infer<typeof JsonObject>

export function isGroup(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
