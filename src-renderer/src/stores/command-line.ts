import { isGroup, type JsonObject, type JsonValue } from '../../../src-shared/model/json.js'
import { sameJson } from '../schema/values.js'

interface Preset {
  readonly id: string
  /** Written like `target`: the same root fields, nothing that only repeats a default. */
  readonly experiment: JsonObject
}

/**
 * The command that runs exactly this experiment: the preset from which the fewest changes lead to it, and those changes.
 * Quoted for POSIX shells.
 */
export function commandLine(target: JsonObject, presets: readonly Preset[]): string {
  const candidates = presets.map(({ id, experiment }) =>
    ['npm run -s cli -- run', id, ...assignments(experiment, target).flatMap((each) => ['--set', quoted(each)])].join(
      ' ',
    ),
  )
  return candidates.reduce((best, each) => (each.length < best.length ? each : best))
}

/** The `path=value` pairs that turn `from` into `target`, in the order in which they are to be applied. */
export function assignments(from: JsonObject, target: JsonObject): string[] {
  return Object.entries(target).flatMap(([key, value]) => changes(key, from[key], value))
}

function changes(path: string, from: JsonValue | undefined, to: JsonValue): string[] {
  if (sameJson(from, to)) return []
  if (isGroup(to) && Object.keys(to).length > 0 && (from === undefined || isGroup(from))) {
    // A field can be set but not taken away: then the whole group is written anew.
    if (Object.keys(from ?? {}).some((key) => !Object.hasOwn(to, key))) return [assignment(path, to)]
    return Object.entries(to).flatMap(([key, value]) => changes(`${path}.${key}`, from?.[key], value))
  }
  if (Array.isArray(from) && Array.isArray(to) && from.length <= to.length) {
    return to.flatMap((value, index) => {
      const place = `${path}.${index}`
      return index < from.length ? changes(place, from[index], value) : [assignment(place, value)]
    })
  }
  return [assignment(path, to)]
}

function assignment(path: string, value: JsonValue): string {
  return `${path}=${typeof value === 'string' && !isJson(value) ? value : JSON.stringify(value)}`
}

/** Text that would be read as JSON has to be written as JSON, or `12` would become a number. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function quoted(text: string): string {
  return /^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}
