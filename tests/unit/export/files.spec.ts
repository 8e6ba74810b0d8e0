import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  EXPORT_FORMATS,
  exportRuns,
  OF_SEVERAL,
  plainExport,
  type ExportedRun,
  type ExportFormat,
} from '../../../src-shared/export/export-runs.js'
import { POISONED_FORMATS } from '../../../src-shared/export/poisoned-files.js'
import { ReproducibilityCard } from '../../../src-shared/model/card.js'
import { ResultsFile } from '../../../src-shared/model/results-file.js'
import type { CommandCaller } from '../../../src-shared/report/heat.js'
import { metricsCsv } from '../../../src-shared/runs/metrics-csv.js'
import { createFakeClient } from '../../helpers/fake-client.js'
import { pythonWith, runPython } from '../../helpers/python.js'
import { storedRun } from '../../helpers/stored-run.js'

const nobody: CommandCaller = createFakeClient({})
/** Those that need no engine. */
const formats = EXPORT_FORMATS.filter((format) => !POISONED_FORMATS.some((each) => each === format))
const withoutHeat = { ...plainExport, explainer: null }
const golden = join(import.meta.dirname, '..', '..', 'golden')
const torch = pythonWith('torch')
const tensorboard = pythonWith('tensorboard')
const python = pythonWith('json', 'csv')

/**
 * Files that the real programs have read (see the scripts beside the golden values): a change of a byte has to be looked at
 * with them again, by UNBACKDOOR_PYTHON=... npm test -- tests/unit/export.
 */
const CHECKED = {
  torch: '5fd2666d06518425614fc349a761f419fbbadea8fb432626057babf5aecd7550',
  tensorboard: '1ad58bf74c6d41ac5957dcf331a34491130d6fe1a8708709686fd7897d2281d3',
}

describe('exported files', () => {
  let run: ExportedRun
  let folder = ''
  beforeAll(async () => {
    run = await storedRun()
    folder = await mkdtemp(join(tmpdir(), 'export-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  const exported = (format: ExportFormat, options = withoutHeat) => exportRuns(nobody, [run], format, options)
  const bytesOf = async (format: ExportFormat): Promise<Buffer> => Buffer.from((await exported(format)).content)
  const written = async (name: string, content: Buffer | Uint8Array): Promise<string> => {
    const path = join(folder, name)
    await writeFile(path, content)
    return path
  }
  const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

  it.each(formats)('are made as %s, the same each time, under a name that says of what', async (format) => {
    const [first, second] = [await exported(format), await exported(format)]
    expect(first).toEqual(second)
    expect(first.name).toContain(run.record.runId)
    expect(first.content.length).toBeGreaterThan(100)
  })

  it('hold weights and events in the very bytes that the real programs have read', async () => {
    expect(hashOf(await bytesOf('torch'))).toBe(CHECKED.torch)
    expect(hashOf(await bytesOf('tensorboard'))).toBe(CHECKED.tensorboard)
  })

  it.skipIf(torch === null)('are loaded by PyTorch, weights only (skipped without it)', async () => {
    const weights = await written('victim.pt', await bytesOf('torch'))
    const original = await written('victim.safetensors', await bytesOf('safetensors'))
    const said = runPython(torch!, [join(golden, 'check-torch.py'), weights, original])
    expect(said).toMatch(/^\d+ tensors equal/)
  })

  it.skipIf(tensorboard === null)('are read by TensorBoard (skipped without it)', async () => {
    const path = await written('run.tfevents', await bytesOf('tensorboard'))
    const read = JSON.parse(runPython(tensorboard!, [join(golden, 'check-tensorboard.py'), path])) as {
      scalars: Record<string, [number, number][]>
      images: Record<string, [number, number, number][]>
    }
    const measured = run.events.flatMap((event) => (event.type === 'run.metrics' ? Object.values(event.values) : []))
    const points = Object.entries(read.scalars).filter(([tag]) => !tag.endsWith('loss by step'))
    expect(points.flatMap(([, of]) => of)).toHaveLength(measured.length)
    const [accuracy] = points.find(([tag]) => tag.endsWith('Evaluate victim/result cleanAccuracy'))![1]
    expect(accuracy![1]).toBeCloseTo(run.record.summary!.before.cleanAccuracy, 6)
    expect(read.images['Trigger']).toEqual([[0, 3, 3]])
  })

  it.skipIf(python === null)('are three lines away from Python, with nothing but its standard library', async () => {
    const csv = await written('run.csv', await bytesOf('csv'))
    const json = await written('run.json', await bytesOf('json'))
    const fromCsv = `
import csv, sys
rows = list(csv.DictReader(open(sys.argv[1], newline="")))
print([float(row["value"]) for row in rows if row["kind"] == "evaluate" and row["metric"] == "attackSuccessRate"])`
    const fromJson = `
import json, sys
[run] = json.load(open(sys.argv[1]))["runs"]
print(run["summary"]["defenses"][0]["after"]["attackSuccessRate"])`
    const { before, defenses } = run.record.summary!
    const rates = [before.attackSuccessRate, defenses[0]!.after.attackSuccessRate]
    expect(JSON.parse(runPython(python!, ['-c', fromCsv, csv]))).toEqual(rates)
    expect(JSON.parse(runPython(python!, ['-c', fromJson, json]))).toBe(rates[1])
  })

  it('hold what their schemas say, and a card whose sum is that of metrics.csv', async () => {
    const results = ResultsFile.parse(JSON.parse(String((await exported('json')).content)))
    expect(results.runs[0]!.summary).toEqual(run.record.summary)
    expect(results.runs[0]!.loss.length).toBeGreaterThan(10)
    const card = ReproducibilityCard.parse(JSON.parse(String((await exported('card')).content)))
    expect(card).toEqual(results.runs[0]!.card)
    expect(card.metrics).toBe(hashOf(Buffer.from(await run.read('metrics.csv'))))
    expect(metricsCsv(run.events)).toBe(String(await run.read('metrics.csv')))
    expect(JSON.stringify(card)).not.toContain('/opt/engine')
  })

  it('have a table for papers with one line for each defense, without columns that hold nothing', async () => {
    const table = String((await exported('latex')).content)
    expect(table).toMatch(/\\begin\{tabular\}\{l[lr]+\}/)
    expect(table).toContain('Attack success after, \\%')
    expect(table).not.toContain('difference')
    expect(table.match(/\\\\\n/g)).toHaveLength(2)
  })

  it('refuse what they cannot be, in words', async () => {
    await expect(exported('torch', { ...withoutHeat, model: 'defense-7' })).rejects.toThrow(
      'model: "defense-7" is not a model of this run; there are: victim, defense-1',
    )
    for (const format of EXPORT_FORMATS.filter((each) => !OF_SEVERAL.includes(each))) {
      await expect(exportRuns(nobody, [run, run], format, withoutHeat)).rejects.toThrow('takes one run, not 2')
    }
    const unfinished = { ...run, record: { ...run.record, artifacts: [] } }
    await expect(exportRuns(nobody, [unfinished], 'torch', withoutHeat)).rejects.toThrow('has no victim.safetensors')
  })
})
