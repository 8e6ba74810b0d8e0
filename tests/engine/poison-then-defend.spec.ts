import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decode } from 'fast-png'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { RunEvent } from '../../src-shared/contract/events.js'
import { Scores } from '../../src-shared/model/metrics.js'
import { DefenseSummary, RunRecord, StageSeconds } from '../../src-shared/model/run-record.js'
import { decodeSafetensors } from '../../src-shared/weights/safetensors.js'
import { lastJson, runCli } from '../helpers/cli.js'
import { noNativeEngine } from '../helpers/native.js'

const Result = z.object({
  type: z.literal('result'),
  runId: z.string(),
  status: z.string(),
  before: Scores,
  after: Scores,
  defenses: z.array(DefenseSummary),
  seconds: StageSeconds,
  peakMemoryMb: z.number(),
  tensorsLeft: z.number(),
})

/** The main job on real digits through the real command line, engine process and files. */
describe.skipIf(noNativeEngine !== null)(
  `BadNets, then BAERASER${noNativeEngine ? ` (skipped: ${noNativeEngine})` : ''}`,
  () => {
    let workspace = ''
    beforeAll(async () => {
      workspace = await mkdtemp(join(tmpdir(), 'poison-then-defend-'))
    })
    afterAll(() => rm(workspace, { recursive: true }))

    const run = async (...args: string[]) => {
      const { code, stdout, stderr } = await runCli(['run', ...args, '--json', '--workspace', workspace])
      expect(code, stderr).toBe(0)
      return { result: Result.parse(lastJson(stdout)), lines: stdout.trimEnd().split('\n') }
    }

    it('plants the backdoor, finds its target, removes it, and leaves a complete folder', async () => {
      const { result, lines } = await run('default', '--seed', '2', '--set', 'attack.params.targetClass=7')
      const [defense] = result.defenses

      expect(result.before.cleanAccuracy).toBeGreaterThanOrEqual(0.96)
      expect(result.before.attackSuccessRate).toBeGreaterThanOrEqual(0.9)
      expect(defense?.detection?.target).toBe(7)
      expect(defense?.knowledge).toBe('defender')
      expect(result.after.attackSuccessRate).toBeLessThanOrEqual(0.02)
      expect(result.after.cleanAccuracy).toBeGreaterThanOrEqual(result.before.cleanAccuracy - 0.02)
      expect(result.after.robustAccuracy).toBeGreaterThanOrEqual(0.9)
      expect(result.tensorsLeft).toBe(0)
      expect(result.peakMemoryMb).toBeLessThan(1500)

      const events = lines.slice(0, -1).map((line) => RunEvent.parse(JSON.parse(line)))
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))

      const folder = join(workspace, 'runs', result.runId)
      const record = RunRecord.parse(JSON.parse(await readFile(join(folder, 'run.json'), 'utf8')))
      expect(record.status).toBe('done')
      expect(record.summary?.before).toEqual(result.before)
      expect(record.engine?.tensorflowVersion).toMatch(/^2[.]/)
      for (const { path, byteLength } of record.artifacts) {
        expect((await readFile(join(folder, path))).length, path).toBe(byteLength)
      }

      const victim = decodeSafetensors(await readFile(join(folder, 'victim.safetensors')))
      const repaired = decodeSafetensors(await readFile(join(folder, 'repaired.safetensors')))
      expect(Object.keys(repaired.tensors)).toEqual(Object.keys(victim.tensors))
      expect(repaired.tensors['conv1.weight']?.shape).toEqual([3, 3, 1, 16])
      expect(repaired.tensors['conv1.weight']?.values).not.toEqual(victim.tensors['conv1.weight']?.values)

      const pictures = (await readdir(join(folder, 'recovered'))).filter((name) => name.endsWith('.png'))
      expect(pictures.filter((name) => name.startsWith('epoch-'))).toHaveLength(30)
      expect(pictures.filter((name) => name.startsWith('class-'))).toHaveLength(10)
      expect(decode(await readFile(join(folder, 'recovered', 'epoch-030.png')))).toMatchObject({
        width: 31,
        height: 15,
      })
      expect(decode(await readFile(join(folder, 'trigger.png')))).toMatchObject({ width: 3, height: 3 })
      expect((await readFile(join(folder, 'metrics.csv'), 'utf8')).split('\n').length).toBeGreaterThan(50)
    })

    it('finds no backdoor in a clean model and leaves it as it was', async () => {
      const { result } = await run('clean-model')
      const [defense] = result.defenses
      expect(defense?.outcome).toBe('no-backdoor-found')
      expect(defense?.detection?.target).toBeNull()
      expect(result.after).toEqual(result.before)
      const folder = join(workspace, 'runs', result.runId)
      const read = async (name: string) => decodeSafetensors(await readFile(join(folder, name))).tensors
      expect(await read('repaired.safetensors')).toEqual(await read('victim.safetensors'))
    })

    it('gives identical figures and weights twice on one thread', async () => {
      const once = async () => {
        const { result } = await run('tiny', '--threads', '1', '--seed', '5')
        const folder = join(workspace, 'runs', result.runId)
        const metrics = await readFile(join(folder, 'metrics.csv'), 'utf8')
        const weights = await readFile(join(folder, 'repaired.safetensors'))
        return { scores: [result.before, result.after], metrics, weights }
      }
      const [one, again] = [await once(), await once()]
      expect(again.scores).toEqual(one.scores)
      expect(again.metrics).toBe(one.metrics)
      expect(Buffer.compare(again.weights, one.weights)).toBe(0)
    })
  },
)
