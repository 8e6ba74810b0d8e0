import { readFile, stat } from 'node:fs/promises'
import { AppError } from '../../src-shared/contract/errors.js'
import { invalidInput } from '../../src-shared/contract/field-errors.js'
import { JsonObject } from '../../src-shared/model/json.js'
import type { Catalogue } from '../../src-shared/model/plugin-manifest.js'

const MAX_BYTES = 10_000_000

/** An experiment by the name of a preset or the path of a JSON file (an experiment, or a run's `run.json`). */
export async function loadExperiment(source: string, { experiments }: Catalogue): Promise<JsonObject> {
  const preset = experiments.find(({ id }) => id === source)
  if (preset !== undefined) return structuredClone(preset.experiment)
  const info = await stat(source).catch(() => null)
  if (info === null || !info.isFile()) {
    const known = experiments.map(({ id }) => id).join(', ')
    throw invalidInput([
      {
        path: 'experiment',
        value: JSON.stringify(source),
        message: `is neither a file nor a known preset; presets: ${known}`,
      },
    ])
  }
  if (info.size > MAX_BYTES) {
    throw invalidInput([{ path: source, value: `${info.size} bytes`, message: `must be at most ${MAX_BYTES} bytes` }])
  }
  return experimentIn(source, await readFile(source, 'utf8'))
}

function experimentIn(path: string, text: string): JsonObject {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    const message = `${path} is not JSON: ${(cause as Error).message}`
    throw new AppError(
      { code: 'invalid-input', message, fields: [{ path, value: 'text', message: 'is not JSON' }] },
      { cause },
    )
  }
  const object = JsonObject.safeParse(value)
  if (!object.success) throw invalidInput([{ path, value: 'JSON', message: 'must hold a JSON object' }])
  // A run's record contains the experiment that it ran.
  const inner = JsonObject.safeParse(object.data['experiment'])
  return object.data['format'] === 'unbackdoor.run' && inner.success ? inner.data : object.data
}
