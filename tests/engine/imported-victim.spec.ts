import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ImportedModel } from '../../src-shared/model/imported-model.js'
import { lastJson, runCli } from '../helpers/cli.js'
import { modelFile } from '../helpers/model-files.js'

const Result = z.object({
  runId: z.string(),
  before: z.object({ cleanAccuracy: z.number(), attackSuccessRate: z.number().nullable() }),
  defenses: z.array(z.object({ detection: z.object({}).nullable() })),
})

describe('a model of PyTorch on the command line', () => {
  let folder = ''
  const run = (...args: string[]) => runCli([...args, '--workspace', join(folder, 'workspace')])

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'victim-'))
    await writeFile(join(folder, 'digits.pt'), modelFile('mobilenet.pt'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('is imported, listed, defended without its trigger being known, and inspected', async () => {
    const imported = await run(
      'import',
      join(folder, 'digits.pt'),
      '--normalization',
      'mnist',
      '--dataset',
      'mnist-10k',
      '--json',
    )
    expect(imported).toMatchObject({ code: 0 })
    expect(ImportedModel.parse(lastJson(imported.stdout))).toMatchObject({
      name: 'digits',
      model: { id: 'mobilenet-v2', params: { width: 4 } },
      pixelNormalization: { mean: [0.1307], deviation: [0.3081] },
    })
    expect((await run('models')).stdout).toMatch(/digits +mobilenet-v2 width 4/)

    const settings = ['dataset.params.images=200', 'defenses=[{"id":"fine-tuning","params":{"training":{"epochs":1}}}]']
    const defended = await run(
      'run',
      'default',
      '--victim',
      'digits',
      ...settings.flatMap((set) => ['--set', set]),
      '--json',
    )
    expect(defended).toMatchObject({ code: 0 })
    const result = Result.parse(lastJson(defended.stdout))
    expect(result.before.attackSuccessRate).toBeNull()
    expect((await run('inspect', result.runId)).stdout).toContain('Clean accuracy')
    expect((await run('show', result.runId)).stdout).toMatch(/Victim: +imported as digits/)
  })

  it('is refused by the name of what its file asks for, with nothing left', async () => {
    await writeFile(join(folder, 'whole.pt'), modelFile('whole-model.pt'))
    const { code, stderr } = await run('import', join(folder, 'whole.pt'), '--normalization', 'none')
    expect(code).toBe(2)
    expect(stderr).toContain('asks for "torch.nn.modules.linear.Linear"')
    expect((await run('models', '--json')).stdout).not.toContain('whole')
  })
})
