import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { exportRuns, plainExport, type ExportedRun } from '../../../src-shared/export/export-runs.js'
import { AppError } from '../../../src-shared/contract/errors.js'
import { REPORT_TOKENS } from '../../../src-shared/report/style.js'
import { createFakeClient } from '../../helpers/fake-client.js'
import { storedRun } from '../../helpers/stored-run.js'

const nobody = createFakeClient({})

describe('the report', () => {
  let run: ExportedRun
  beforeAll(async () => {
    run = await storedRun()
  })
  const report = async (runs: readonly [ExportedRun, ...ExportedRun[]] = [run]): Promise<string> =>
    String((await exportRuns(nobody, runs, 'html', { ...plainExport, explainer: null })).content)

  it('stands on its own: nothing is fetched and nothing runs', async () => {
    const page = await report()
    expect(page).not.toMatch(/<script|<link|<iframe|\son\w+=|@import|url\((?!#)/)
    expect(page.match(/(?:src|href)="(?!data:image\/png;base64,)[^"]*/g)).toBeNull()
    expect(page).toMatch(/default-src &#39;none&#39;; img-src data:; style-src &#39;sha256-[A-Za-z0-9+/]{43}=&#39;/)
  })

  it('shows names as text, whatever they are', async () => {
    const hostile = '</title><script>alert(1)</script><img src=x onerror=alert(2)>'
    const record = { ...run.record, experiment: { ...run.record.experiment, name: hostile } }
    const page = await report([{ ...run, record }])
    expect(page).not.toMatch(/<script|<img src=x/)
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
  })

  it('says what the run came to, how it was set, and how to repeat it', async () => {
    const page = await report()
    expect(page).toContain('Fine-tuning')
    expect(page).toContain('Attack: poisonRate')
    expect(page).toContain('rerun card.json --check')
    expect(page).toContain('unbackdoor.card')
    expect(page).toContain('equal to the last bit')
    expect(page.match(/<svg /g)).toHaveLength(2)
  })

  it('is worth having where there can be no heatmaps, and says why', async () => {
    const refusing = createFakeClient({
      'inspection.describe': () => {
        throw new AppError({ code: 'data-missing', message: 'The dataset is not on this machine.' })
      },
    })
    const { content } = await exportRuns(refusing, [run], 'html', plainExport)
    expect(content).toContain('They are left out: The dataset is not on this machine.')
    const chosen = exportRuns(refusing, [run], 'html', { ...plainExport, samples: [3] })
    await expect(chosen).rejects.toThrow('not on this machine')
  })

  it('compares runs: a mean with its interval over seeds, and the settings that differ', async () => {
    const again = (seed: number, learningRate: number, runId: string): ExportedRun => {
      const { experiment } = run.record
      const training = { ...experiment.training, learningRate }
      return { ...run, record: { ...run.record, runId: runId as never, experiment: { ...experiment, seed, training } } }
    }
    const rate = run.record.experiment.training.learningRate
    const page = await report([run, again(2, rate, '20261124-175322-aaaaaa'), again(1, 0.1, '20261124-175322-bbbbbb')])
    expect(page).toContain('Comparison of 3 runs')
    expect(page).toMatch(/\d ± 0\.0/)
    expect(page).toContain('Training: learningRate')
    expect(page).not.toContain('Training: batchSize')
    expect(page.match(/unbackdoor\.card/g)).toHaveLength(3)
  })

  it('has the colours of the workbench', async () => {
    const css = await readFile(join(import.meta.dirname, '../../../src-renderer/src/styles/tokens.css'), 'utf8')
    for (const [name, [light, dark]] of Object.entries(REPORT_TOKENS)) {
      const value = new RegExp(`--${name}: (?:light-dark\\((#\\w+), (#\\w+)\\)|(#\\w+));`).exec(css)
      expect([value?.[1] ?? value?.[3], value?.[2] ?? value?.[3]], name).toEqual([light, dark])
    }
  })
})
