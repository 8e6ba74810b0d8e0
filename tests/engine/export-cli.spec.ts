import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lastJson, runCli } from '../helpers/cli.js'

describe('export and rerun on the command line', () => {
  let folder = ''
  let runId = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'export-cli-'))
    const { code, stdout } = await runCli(['run', 'tiny', '--threads', '1', '--workspace', folder, '--json'])
    expect(code).toBe(0)
    runId = (lastJson(stdout) as { runId: string }).runId
  })
  afterAll(() => rm(folder, { recursive: true }))

  const cli = (...args: string[]) => runCli([...args, '--workspace', folder])

  it('repeats a run from its card, to the last bit on one thread', async () => {
    const path = join(folder, 'card.json')
    expect((await cli('export', runId, '--format', 'card', '--out', path)).code).toBe(0)
    const same = await cli('rerun', path, '--check', '--json')
    expect(lastJson(same.stdout)).toMatchObject({ type: 'check', verdict: 'identical', differences: [] })
    expect(same.code).toBe(0)

    // What it says it came to is what is compared.
    const card = JSON.parse(await readFile(path, 'utf8')) as { metrics: string }
    await writeFile(path, JSON.stringify({ ...card, metrics: '0'.repeat(64) }))
    const other = await cli('rerun', path, '--check')
    expect(other.code).toBe(1)
    expect(other.stdout).toContain('The repetition differs.')
    expect(other.stdout).toMatch(/metrics\.csv +0{64}/)
  })

  it('writes a report with heatmaps of chosen samples', async () => {
    const path = join(folder, 'reports/run.html')
    const { code, stderr } = await cli('export', runId, '--format', 'html', '--samples', '3,1', '--out', path)
    expect(stderr).toBe('')
    expect(code).toBe(0)
    const page = await readFile(path, 'utf8')
    expect(page).toMatch(/Sample 3, a true \d.*Sample 1, a true \d/s)
    expect(page).toMatch(/of the heat inside the trigger/)
  })

  it.each([
    ['a file that is there', ['--format', 'csv', '--out', 'taken'], /out: ".*taken" is there already/],
    ['a format that there is not', ['--format', 'docx', '--out', 'x'], /must be one of html, card/],
    ['samples that there are not', ['--format', 'html', '--out', 'x', '--samples', '99999'], /99999/],
    ['a model that there is not', ['--format', 'torch', '--out', 'x', '--model', 'defense-3'], /there are: victim/],
  ])('refuses %s, and leaves everything as it was', async (_title, args, says) => {
    const taken = join(folder, 'taken')
    await writeFile(taken, 'mine')
    const { code, stderr } = await cli(
      'export',
      runId,
      ...args.map((arg) => (/^(taken|x)$/.test(arg) ? join(folder, arg) : arg)),
    )
    expect(stderr).toMatch(says)
    expect(code).toBe(2)
    expect(await readFile(taken, 'utf8')).toBe('mine')
    await expect(readFile(join(folder, 'x'))).rejects.toThrow('ENOENT')
  })

  it('writes the poisoned dataset of a run, the same as that of its experiment, and takes it in again', async () => {
    const [ofRun, ofExperiment, zip] = ['run.npz', 'experiment.npz', 'poisoned.zip'].map((name) => join(folder, name))
    expect((await cli('export', runId, '--format', 'poisoned-npz', '--out', ofRun!)).code).toBe(0)
    const written = await runCli(['poison', 'tiny', '--format', 'poisoned-npz', '--out', ofExperiment!])
    expect(written.stderr).toBe('')
    const [left, right] = [await readFile(ofRun!), await readFile(ofExperiment!)]
    expect(left.equals(right)).toBe(true)

    expect((await cli('export', runId, '--format', 'poisoned-folder', '--out', zip!)).code).toBe(0)
    const cache = { UNBACKDOOR_CACHE: join(folder, 'cache') }
    const read = await runCli(
      ['datasets', 'import', 'image-folder', zip!, '--name', 'poisoned', '--json'],
      () => {},
      cache,
    )
    expect(read.code).toBe(0)
  })

  it('refuses to repeat what is no card', async () => {
    const path = join(folder, 'no-card.json')
    await writeFile(path, '{}')
    const { code, stderr } = await cli('rerun', path, '--check')
    expect(stderr).toContain('is no reproducibility card')
    expect(code).toBe(2)
  })
})
