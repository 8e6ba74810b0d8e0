// Runs the engine step alone, with parts and a machine given as JSON: node drive-engine.mjs <{job, source}>
// Its result goes to stdout, so that a test sees whether anything else does.

import { ensureEngine } from '../../scripts/bootstrap/engine.mjs'
import { exitOnSignals } from '../../scripts/bootstrap/exec.mjs'
import { Problem } from '../../scripts/bootstrap/say.mjs'

exitOnSignals()
const { job, source } = JSON.parse(process.argv[2] ?? '{}')

try {
  const sourceOf = (/** @type {string} */ variant) => ({
    ...source,
    variant,
    ...(variant === 'gpu' ? { diskMegabytes: 1e9 } : {}),
  })
  process.stdout.write(JSON.stringify(await ensureEngine({ ...job, sourceOf })))
} catch (error) {
  if (!(error instanceof Problem)) throw error
  process.stderr.write(error.text)
  process.exitCode = error.exitCode
}
