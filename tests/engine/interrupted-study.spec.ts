import { glob, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { lastJson, runCli, startCli, type CliResult } from '../helpers/cli.js'
import { asManyCheckpoints, resumedFrom } from '../helpers/interrupted-runs.js'
import { noNativeEngine } from '../helpers/native.js'

const Runs = z.array(
  z.object({ runId: z.string(), status: z.string(), error: z.object({ code: z.string() }).nullable() }),
)
const Result = z.object({ outcome: z.object({ finished: z.int(), failed: z.int(), cancelled: z.int() }) })

describe.skipIf(noNativeEngine !== null)(
  `a study that is asked to end${noNativeEngine ? ` (skipped: ${noNativeEngine})` : ''}`,
  () => {
    let workspace = ''
    beforeAll(async () => {
      workspace = await mkdtemp(join(tmpdir(), 'study-'))
    })
    afterAll(() => rm(workspace, { recursive: true }))

    const words = ['study', 'paper', '--scale', 'tiny', '--attacks', 'badnets', '--defenses', 'baeraser']
    /** One checkpoint more than there are now. */
    const nextCheckpoint = async (): Promise<void> => {
      const before = await checkpointsIn(workspace)
      await expect.poll(() => checkpointsIn(workspace), { timeout: 120_000 }).not.toEqual(before)
    }
    const endBy = async (signal: NodeJS.Signals): Promise<CliResult> => {
      const { child, ended } = startCli([...words, '--json', '--workspace', workspace], asManyCheckpoints)
      await nextCheckpoint()
      child.kill(signal)
      return ended
    }
    const runs = async () => {
      const { stdout } = await runCli(['list', 'runs', '--json', '--workspace', workspace])
      return Runs.parse(JSON.parse(stdout))
    }

    it('ends with the code of the signal, says what became of each run, and goes on from the checkpoint', async () => {
      const first = await endBy('SIGTERM')
      expect([first.code, Result.parse(lastJson(first.stdout)).outcome.finished]).toEqual([143, 0])
      const left = await runs()
      expect(left.map(({ status, error }) => [status, error?.code])).toEqual([
        ['failed', 'interrupted'],
        ['failed', 'interrupted'],
      ])
      expect((await endBy('SIGINT')).code).toBe(130)
      // The same runs; the oldest comes last in the list, and went on first.
      expect((await runs()).map(({ runId }) => runId)).toEqual(left.map(({ runId }) => runId))
      expect(await resumedFrom(workspace, left.at(-1)!.runId)).not.toEqual([])
    })
  },
)

async function checkpointsIn(workspace: string): Promise<string[]> {
  const found: string[] = []
  for await (const path of glob('runs/*/checkpoint/work-????', { cwd: workspace })) found.push(path)
  return found.toSorted()
}
