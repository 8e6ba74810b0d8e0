// The same golden values on the native backend, hence with the engine's own kernels.
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadBackend } from '../../src-main/engine/backend.js'
import { goldenGroups } from '../golden/cases/index.js'
import { goldenComplaints, readGolden } from '../helpers/golden.js'

// GPUs otherwise round what they multiply to ten bits, which is no mistake but would hide one.
process.env['NVIDIA_TF32_OVERRIDE'] ??= '0'
const engine = await loadBackend(join(import.meta.dirname, '../../node_modules/.unbackdoor/engine.json'))
const absent = engine.backend === 'javascript'
const where = absent ? `skipped, no native engine: ${engine.reason}` : `TensorFlow ${engine.tensorflowVersion}`

describe.skipIf(absent)(`golden values (${where})`, () => {
  describe.each(goldenGroups)('$file', ({ file, cases }) => {
    const stored = readGolden(file)
    test.each(cases)('$name', async (golden) => {
      expect(await goldenComplaints(golden, stored)).toEqual([])
    })
  })
})
