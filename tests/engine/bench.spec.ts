// The benchmark by itself, on its smallest case: it needs neither PyTorch nor anything else that may be missing.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { noNativeEngine } from '../helpers/native.js'

const script = join(import.meta.dirname, '../../scripts/bench.mjs')
const run = promisify(execFile)

describe.skipIf(noNativeEngine !== null)(
  `npm run bench${noNativeEngine ? ` (skipped: ${noNativeEngine})` : ''}`,
  () => {
    it('measures a case: a table, and a last line for programs', async () => {
      const { stdout } = await run(process.execPath, [script, '--case', 'evaluation', '--repeats', '2', '--json'])
      const lines = stdout.trimEnd().split('\n')
      expect(lines[0]).toContain('| case')
      expect(lines[2]).toContain('Evaluation pass')
      const { type, cases } = JSON.parse(lines.at(-1) ?? '')
      expect(type).toBe('bench')
      expect(cases).toHaveLength(1)
      expect(cases[0]).toMatchObject({ id: 'evaluation', precision: 'fp32', repeats: 2, torch: null, ratio: null })
      expect(cases[0].ours.ms).toBeGreaterThan(0)
      expect(cases[0].ours.peakMb).toBeGreaterThan(50)
      expect(cases[0].ours.operations).toBeGreaterThan(5)
    })

    it('refuses in words what it does not know', async () => {
      const refusal = await run(process.execPath, [script, '--case', 'all']).catch((error: unknown) => error)
      expect(refusal).toMatchObject({ code: 2, stderr: expect.stringContaining('There is no case "all".') })
    })
  },
)
