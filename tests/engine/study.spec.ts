import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { lastJson, runCli } from '../helpers/cli.js'
import { noNativeEngine } from '../helpers/native.js'

const figure = z.object({ mean: z.number() }).nullable()
const Result = z.object({
  type: z.literal('study'),
  outcome: z.object({ finished: z.int(), failed: z.int(), cancelled: z.int() }),
  rows: z.array(
    z.object({
      attack: z.string().nullable(),
      defense: z.string().nullable(),
      done: z.int(),
      planned: z.int(),
      figures: z.object({
        cleanAccuracy: figure,
        attackSuccessRate: figure,
        robustAccuracy: figure,
        effectiveness: figure,
      }),
    }),
  ),
})

/** The whole study at its smallest, through the real command line and engine. */
describe.skipIf(noNativeEngine !== null)(`a study${noNativeEngine ? ` (skipped: ${noNativeEngine})` : ''}`, () => {
  let workspace = ''
  beforeAll(async () => {
    workspace = await mkdtemp(join(tmpdir(), 'study-'))
  })
  afterAll(() => rm(workspace, { recursive: true }))

  const tiny = ['study', 'paper', '--scale', 'tiny']
  const part = [...tiny, '--attacks', 'badnets', '--defenses', 'baeraser']
  const study = async (words: readonly string[], ...args: string[]) => {
    const { code, stdout, stderr } = await runCli([...words, ...args, '--workspace', workspace])
    expect(code, stderr).toBe(0)
    return stdout
  }

  it('plants every attack, tries every defense on it, writes its tables, and has nothing to do the second time', async () => {
    const first = Result.parse(lastJson(await study(tiny, '--json')))
    expect(first.outcome).toEqual({ finished: 4, failed: 0, cancelled: 0 })
    const attacks = [null, 'badnets', 'trojannn', 'imc']
    const defenses = [null, 'baeraser', 'fine-tuning', 'fine-pruning', 'nad', 'mesa']
    expect(first.rows.map(({ attack, defense, done }) => [attack, defense, done])).toEqual(
      attacks.flatMap((attack) => defenses.map((defense) => [attack, defense, 1])),
    )
    const row = (attack: string | null, defense: string | null) =>
      first.rows.find((each) => each.attack === attack && each.defense === defense)!.figures
    const cleanModel = row(null, null).cleanAccuracy!.mean
    for (const attack of ['badnets', 'trojannn', 'imc']) {
      const victim = row(attack, null)
      expect(victim.attackSuccessRate!.mean, attack).toBeGreaterThan(0.9)
      expect(victim.cleanAccuracy!.mean, attack).toBeGreaterThan(cleanModel - 0.05)
      const repaired = row(attack, 'baeraser')
      expect(repaired.attackSuccessRate!.mean, attack).toBeLessThan(0.1)
      expect(repaired.effectiveness!.mean, attack).toBeGreaterThan(0.9)
    }
    // Nothing is found in a clean model, so nothing is done to it.
    for (const searching of ['baeraser', 'mesa']) expect(row(null, searching)).toEqual(row(null, null))

    const second = Result.parse(lastJson(await study(tiny, '--json')))
    expect(second.outcome).toEqual({ finished: 0, failed: 0, cancelled: 0 })
    expect(second.rows).toEqual(first.rows)

    const folder = join(workspace, 'studies', 'paper-tiny')
    const attackAfter = (100 * row('badnets', 'baeraser').attackSuccessRate!.mean).toFixed(1)
    for (const file of ['table.md', 'table.tex', 'table.csv', 'table.html']) {
      const text = await readFile(join(folder, file), 'utf8')
      expect(text, file).toContain('baeraser')
      if (file !== 'table.csv') expect(text, file).toContain(attackAfter)
    }
    expect(await study(tiny)).toContain('Defenses by their mean rating')
  }, 1_500_000)

  it('says what it would run without running it, and refuses what it does not know', async () => {
    const planned = await study(part, '--dry-run', '--seeds', '3')
    expect(planned.match(/seed \d/g)).toHaveLength(6)
    const { code, stderr } = await runCli([...part, '--datasets', 'nothing', '--workspace', workspace])
    expect(code).toBe(2)
    expect(stderr).toContain('"nothing"')
  })
})
