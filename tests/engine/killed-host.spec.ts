import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { lastJson, runCli } from '../helpers/cli.js'
import { engineOf } from '../helpers/engine-of.js'
import { noNativeEngine } from '../helpers/native.js'

/** What was started with this mark and still runs, by what Linux says of its processes. */
async function processesOf(workspace: string): Promise<number[]> {
  const found: number[] = []
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const line = await readFile(join('/proc', pid, 'environ'), 'utf8').catch(() => '')
    if (line.includes(`UNBACKDOOR_TEST_MARK=${workspace}`)) found.push(Number(pid))
  }
  return found
}

const skipped = noNativeEngine ?? (process.platform === 'linux' ? null : 'it looks for processes in /proc')

describe.skipIf(skipped !== null)(`a host that is killed${skipped ? ` (skipped: ${skipped})` : ''}`, () => {
  let workspace = ''
  beforeAll(async () => {
    workspace = await mkdtemp(join(tmpdir(), 'killed-'))
  })
  afterAll(() => rm(workspace, { recursive: true }))

  it('leaves no process behind, and a run that says what became of it', async () => {
    const mark = { UNBACKDOOR_TEST_MARK: workspace }
    const { code } = await runCli(
      ['run', 'tiny', '--json', '--workspace', workspace],
      (line, child) => {
        if (line.includes('"run.metrics"')) child.kill('SIGKILL')
      },
      mark,
    )
    expect(code).toBe(null)
    await expect.poll(() => processesOf(workspace), { timeout: 5_000 }).toEqual([])

    const listed = await runCli(['list', 'runs', '--json', '--workspace', workspace])
    expect(listed.stderr).toBe('')
    const runs = z.array(z.object({ runId: z.string(), status: z.string() })).parse(JSON.parse(listed.stdout))
    expect(runs.map(({ status }) => status)).toEqual(['failed'])
    const folder = join(workspace, 'runs', runs[0]!.runId)
    expect(JSON.parse(await readFile(join(folder, 'run.json'), 'utf8'))).toMatchObject({
      error: { code: 'interrupted' },
    })
    expect(await readFile(join(folder, 'metrics.csv'), 'utf8')).toContain('cleanAccuracy')
  })

  it('takes an engine that does not answer with it, when it is only asked to end', async () => {
    const mark = { UNBACKDOOR_TEST_MARK: workspace }
    let isHit = false
    const { code, stdout } = await runCli(
      ['run', 'tiny', '--json', '--workspace', workspace],
      (line, child) => {
        if (isHit || !line.includes('"run.metrics"')) return
        isHit = true
        const engine = engineOf(child.pid ?? 0)
        process.kill(engine ?? 0, 'SIGSTOP')
        child.kill('SIGTERM')
      },
      mark,
    )
    expect(code).toBe(143)
    expect(lastJson(stdout)).toMatchObject({ status: 'failed', error: { code: 'interrupted' } })
    await expect.poll(() => processesOf(workspace), { timeout: 5_000 }).toEqual([])
  })
})
