import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { RunEvent } from '../../../src-shared/contract/events.js'
import { ReproducibilityCard } from '../../../src-shared/model/card.js'
import { StoredDataset } from '../../../src-shared/model/dataset.js'
import { Experiment } from '../../../src-shared/model/experiment.js'
import { ResultsFile } from '../../../src-shared/model/results-file.js'
import { RunAnnotations } from '../../../src-shared/model/run-annotations.js'
import { Detection, RunRecord } from '../../../src-shared/model/run-record.js'
import { StudyPlan } from '../../../src-shared/model/study.js'

/** The files that others may read, by what they hold. */
const published: Readonly<Record<string, z.ZodType>> = {
  experiment: Experiment,
  run: RunRecord,
  event: RunEvent,
  detection: Detection,
  annotations: RunAnnotations,
  study: StudyPlan,
  dataset: StoredDataset,
  card: ReproducibilityCard,
  results: ResultsFile,
}

const folder = join(import.meta.dirname, '..', '..', '..', 'docs', 'schemas')
const fileOf = (name: string): string => join(folder, `${name}.schema.json`)

/** As a file holds it: `input` is what may be written, where defaults may be left out. */
function schemaText(name: string): string {
  const schema = z.toJSONSchema(published[name]!, { io: 'input', unrepresentable: 'any' })
  return `${JSON.stringify({ title: name, ...schema }, null, 2)}\n`
}

describe('the published JSON Schemas', () => {
  it.each(Object.keys(published))('are what the program itself checks: %s', async (name) => {
    if (process.env['WRITE_SCHEMAS'] === '1') {
      await mkdir(folder, { recursive: true })
      await writeFile(fileOf(name), schemaText(name))
    }
    const hint = 'to be written anew by WRITE_SCHEMAS=1 npm test -- tests/unit/export/schemas.spec.ts'
    expect(JSON.parse(await readFile(fileOf(name), 'utf8')), hint).toEqual(JSON.parse(schemaText(name)))
  })

  it('are these and no others', async () => {
    const files = await readdir(folder)
    expect(files.toSorted()).toEqual(
      Object.keys(published)
        .map((name) => `${name}.schema.json`)
        .toSorted(),
    )
  })
})
