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
      figures: z.object({ cleanAccuracy: figure, attackSuccessRate: figure, effectiveness: figure }),
    }),
  ),
})

/** A small part of the study through the real command line and engine. */
describe.skipIf(noNativeEngine !== null)(`a study${noNativeEngine ? ` (skipped: ${noNativeEngine})` : ''}`, () => {
  let workspace = ''
  beforeAll(async () => {
    workspace = await mkdtemp(join(tmpdir(), 'study-'))
  })
  afterAll(() => rm(workspace, { recursive: true }))

  const part = ['study', 'paper', '--scale', 'tiny', '--attacks', 'badnets', '--defenses', 'baeraser']
  const study = async (...args: string[]) => {
    const { code, stdout, stderr } = await runCli([...part, ...args, '--workspace', workspace])
    expect(code, stderr).toBe(0)
    return stdout
  }

  it('runs what is missing, writes its tables, and has nothing to do the second time', async () => {
    const first = Result.parse(lastJson(await study('--json')))
    expect(first.outcome).toEqual({ finished: 2, failed: 0, cancelled: 0 })
    expect(first.rows.map(({ attack, defense, done }) => [attack, defense, done])).toEqual([
      [null, null, 1],
      [null, 'baeraser', 1],
      ['badnets', null, 1],
      ['badnets', 'baeraser', 1],
    ])
    expect(first.rows[2]!.figures.attackSuccessRate!.mean).toBeGreaterThan(0.5)
    expect(first.rows[3]!.figures.effectiveness!.mean).toBeGreaterThan(0.5)

    const second = Result.parse(lastJson(await study('--json')))
    expect(second.outcome).toEqual({ finished: 0, failed: 0, cancelled: 0 })
    expect(second.rows).toEqual(first.rows)

    const folder = join(workspace, 'studies', 'paper-tiny')
    const attackAfter = (100 * first.rows[3]!.figures.attackSuccessRate!.mean).toFixed(1)
    for (const file of ['table.md', 'table.tex', 'table.csv', 'table.html']) {
      const text = await readFile(join(folder, file), 'utf8')
      expect(text, file).toContain('baeraser')
      if (file !== 'table.csv') expect(text, file).toContain(attackAfter)
    }
    expect(await study()).toContain('Defenses by their mean rating')
  })

  it('says what it would run without running it, and refuses what it does not know', async () => {
    const planned = await study('--dry-run', '--seeds', '3')
    expect(planned.match(/seed \d/g)).toHaveLength(6)
    const { code, stderr } = await runCli([...part, '--datasets', 'nothing', '--workspace', workspace])
    expect(code).toBe(2)
    expect(stderr).toContain('"nothing"')
  })
})
