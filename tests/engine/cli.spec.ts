import { execFileSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SystemReport } from '../../src-shared/contract/commands.js'
import { RunRecord } from '../../src-shared/model/run-record.js'
import { lastJson, runCli } from '../helpers/cli.js'

describe('the command line', () => {
  let workspace = ''
  beforeAll(async () => {
    workspace = await mkdtemp(join(tmpdir(), 'cli-'))
  })
  afterAll(() => rm(workspace, { recursive: true }))

  const runsIn = async (folder: string): Promise<string[]> => readdir(join(folder, 'runs')).catch(() => [])
  const recordOf = async (runId: string) =>
    RunRecord.parse(JSON.parse(await readFile(join(workspace, 'runs', runId, 'run.json'), 'utf8')))

  it.each([
    [
      'an unknown preset',
      ['run', 'defualt'],
      /experiment: "defualt" is neither a file nor a known preset; presets: default,/,
    ],
    [
      'a poison rate of 1.4',
      ['run', 'tiny', '--set', 'attack.params.poisonRate=1.4'],
      /attack[.]params[.]poisonRate: 1[.]4 must be at most 1/,
    ],
    [
      'a target class that does not exist',
      ['run', 'tiny', '--set', 'attack.params.targetClass=12'],
      /targetClass: 12 does not exist in this dataset; allowed: 0 to 9/,
    ],
    [
      'a trigger larger than the image',
      ['run', 'tiny', '--set', 'attack.params.trigger.size=64'],
      /trigger[.]size: 64 is larger than the image [(]28 x 28[)]; at most 28/,
    ],
    ['a wrong field', ['run', 'tiny', '--set', 'atack.id=badnets'], /atack: .* is not a known field/],
    ['a seed that is no number', ['run', 'tiny', '--seed', 'x'], /must be a whole number/],
    ['an unknown command', ['destroy'], /unknown command/],
    ['an unknown option', ['run', 'tiny', '--fast'], /unknown option/],
    ['an unknown list', ['list', 'trigers'], /must be one of attacks, defenses/],
    ['a run that is not there', ['show', '20200101-000000-abcdef'], /There is no run/],
    ['a run id that is none', ['show', '../../secrets'], /must look like/],
  ])('refuses %s with exit code 2, before anything is written', async (_title, args, says) => {
    const own = args[0] === 'run' ? ['--workspace', workspace] : []
    const { code, stdout, stderr } = await runCli([...args, ...own])
    expect(stderr).toMatch(says)
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).not.toMatch(/^\s+at /m)
    expect(await runsIn(workspace)).toEqual([])
  })

  it('refuses a workspace that cannot be written', async () => {
    const file = join(workspace, 'a-file')
    await writeFile(file, '')
    const { code, stderr } = await runCli(['run', 'tiny', '--workspace', join(file, 'inside')])
    expect(code).toBe(2)
    expect(stderr).toMatch(/workspace: ".*inside" cannot be written/)
  })

  it('refuses a file that is not JSON, naming it', async () => {
    const file = join(workspace, 'broken.json')
    await writeFile(file, '{"seed": 1,')
    const { code, stderr } = await runCli(['run', file, '--workspace', workspace])
    expect(code).toBe(2)
    expect(stderr).toContain('broken.json')
  })

  it('lists everything as JSON on standard output and nothing else', async () => {
    const { code, stdout } = await runCli(['list', '--json', '--workspace', workspace])
    expect(code).toBe(0)
    const ids = (list: unknown) => (list as { id: string }[]).map(({ id }) => id)
    const all = JSON.parse(stdout) as Record<string, unknown>
    expect(ids(all['attacks'])).toContain('badnets')
    expect(ids(all['defenses'])).toContain('baeraser')
    expect(ids(all['models'])).toContain('small-cnn')
    expect(ids(all['datasets'])).toContain('mnist-10k')
    expect(ids(all['presets'])).toEqual(expect.arrayContaining(['default', 'baeraser-seed', 'oracle', 'clean-model']))
  })

  it('explains a method with its parameters from the schema', async () => {
    const { stdout } = await runCli(['method', 'badnets'])
    expect(stdout).toMatch(/attack[.]params[.]poisonRate {2}number above 0 to 1, default 0[.]05/)
    expect(stdout).toMatch(/attack[.]params[.]trigger[.]position {2}random | top-left/)
    expect(stdout).toContain('arxiv.org/abs/1708.06733')
  })

  it('helps on every command', async () => {
    for (const args of [
      ['--help'],
      ['run', '--help'],
      ['list', '--help'],
      ['show', '--help'],
      ['doctor', '--help'],
      ['method', '--help'],
    ]) {
      const { code, stdout } = await runCli(args)
      expect(code).toBe(0)
      expect(stdout).toContain('Usage: unbackdoor')
    }
  })

  it('reports what it stands on', async () => {
    const { stdout } = await runCli(['doctor', '--json', '--workspace', workspace])
    const report = SystemReport.parse(JSON.parse(stdout))
    expect(report.node).toMatch(/^v24[.]/)
    expect(report.electron.version).toMatch(/^\d+[.]/)
    expect(report.workspace).toBe(workspace)
  })

  it('runs again what a run recorded, with the same figures', async () => {
    const first = await runCli(['run', 'tiny', '--json', '--threads', '1', '--workspace', workspace, '--seed', '9'])
    const { runId } = lastJson(first.stdout) as { runId: string }
    const file = join(workspace, 'runs', runId, 'run.json')
    const again = await runCli(['run', file, '--json', '--threads', '1', '--workspace', workspace])
    const scores = (output: string) => {
      const { before, after } = lastJson(output) as { before: unknown; after: unknown }
      return { before, after }
    }
    expect(scores(again.stdout)).toEqual(scores(first.stdout))
  })

  it('shows a run and lists it', async () => {
    const [runId] = await runsIn(workspace)
    const shown = await runCli(['show', runId!, '--workspace', workspace])
    expect(shown.stdout).toContain('Clean accuracy')
    expect(shown.stdout).toContain('victim.safetensors')
    const listed = await runCli(['list', 'runs', '--workspace', workspace])
    expect(listed.stdout).toContain(runId)
  })

  it('ends on the first interrupt and records that it was interrupted', async () => {
    let runId = ''
    let interrupted = false
    const { code } = await runCli(['run', 'default', '--json', '--workspace', workspace], (line, child) => {
      const event = JSON.parse(line) as { type: string; runId: string }
      runId = event.runId
      if (event.type !== 'run.progress' || interrupted) return
      interrupted = true
      child.kill('SIGINT')
    })
    expect(code).toBe(130)
    expect(await recordOf(runId)).toMatchObject({ status: 'failed', error: { code: 'interrupted' } })
  })

  it('records the death of its engine, saying how it ended', async () => {
    let runId = ''
    let killed = false
    const { code, stdout } = await runCli(['run', 'default', '--json', '--workspace', workspace], (line, child) => {
      const event = JSON.parse(line) as { type: string; runId: string }
      runId = event.runId
      if (event.type !== 'run.progress' || killed) return
      killed = true
      const [engine] = execFileSync('ps', ['-o', 'pid=', '--ppid', String(child.pid)])
        .toString()
        .trim()
        .split(/\s+/)
      process.kill(Number(engine), 'SIGKILL')
    })
    expect(code).toBe(1)
    expect(lastJson(stdout)).toMatchObject({ status: 'failed', error: { code: 'engine-crashed' } })
    const record = await recordOf(runId)
    expect(record.error?.message).toContain('SIGKILL')
    expect(record.finishedAt).not.toBeNull()
  })

  it('leaves no engine behind when it is killed itself', async () => {
    let engine = 0
    await runCli(['run', 'default', '--json', '--workspace', workspace], (line, child) => {
      const event = JSON.parse(line) as { type: string }
      if (event.type !== 'run.progress' || engine !== 0) return
      engine = Number(
        execFileSync('ps', ['-o', 'pid=', '--ppid', String(child.pid)])
          .toString()
          .trim()
          .split(/\s+/)[0],
      )
      child.kill('SIGKILL')
    })
    const isAlive = (): boolean => {
      try {
        process.kill(engine, 0)
        return true
      } catch {
        // No such process: what we hope for.
        return false
      }
    }
    await expect.poll(isAlive, { timeout: 5_000 }).toBe(false)
  })
})
