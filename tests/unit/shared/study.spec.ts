import { describe, expect, it } from 'vitest'
import type { Scores } from '../../../src-shared/model/metrics.js'
import type { RunListing } from '../../../src-shared/model/run-record.js'
import type { StudyPlan } from '../../../src-shared/model/study.js'
import { effectivenessRating } from '../../../src-shared/study/effectiveness.js'
import { studyCsv } from '../../../src-shared/study/study-csv.js'
import { STUDY_FORMATS, studyFile } from '../../../src-shared/study/study-files.js'
import { studyPage } from '../../../src-shared/study/study-page.js'
import { studyRows } from '../../../src-shared/study/study-results.js'
import { ratingTable, studyTables } from '../../../src-shared/study/study-table.js'

const scores = (cleanAccuracy: number, attackSuccessRate: number | null): Scores => ({
  cleanAccuracy,
  attackSuccessRate,
  robustAccuracy: attackSuccessRate === null ? null : 1 - attackSuccessRate,
  baseRate: attackSuccessRate === null ? null : 0.01,
})

/** Two defenses on one attack, two seeds, and a clean model. */
const cell = (attack: string | null, seed: number) => ({
  dataset: 'mnist',
  attack,
  seed,
  experiment: { defenses: [{ id: 'good' }, { id: 'idle' }] },
})
const plan = {
  title: 'Two defenses',
  protocol: ['Said.'],
  cells: [cell(null, 1), cell('badnets', 1), cell('badnets', 2)],
} as unknown as StudyPlan
const run = (before: Scores, ...after: Scores[]): RunListing =>
  ({ status: 'done', summary: { before, defenses: after.map((each) => ({ after: each })) } }) as unknown as RunListing

const runs = [
  run(scores(0.98, null), scores(0.97, null), scores(0.98, null)),
  run(scores(0.98, 0.9), scores(0.96, 0.1), scores(0.98, 0.9)),
  run(scores(0.96, 1), scores(0.96, 0), scores(0.97, 1)),
]

describe('the rating of a defense', () => {
  it('is a half for nothing done, less what accuracy it cost, and never rewards a gain', () => {
    expect(effectivenessRating(scores(0.9, 1), scores(0.9, 1))).toBe(0.5)
    expect(effectivenessRating(scores(0.9, 1), scores(0.9, 0))).toBe(1)
    expect(effectivenessRating(scores(0.9, 1), scores(0.8, 0))).toBeCloseTo(0.95, 12)
    expect(effectivenessRating(scores(0.9, 0.2), scores(1, 0.6))).toBe(0.5)
    expect(effectivenessRating(scores(0.9, null), scores(0.9, null))).toBeNull()
  })
})

describe('the figures of a study', () => {
  const rows = studyRows(plan, runs)

  it('come per dataset and attack, the victim first, over the seeds that are done', () => {
    expect(rows.map(({ attack, defense, done }) => [attack, defense, done])).toEqual([
      [null, null, 1],
      [null, 'good', 1],
      [null, 'idle', 1],
      ['badnets', null, 2],
      ['badnets', 'good', 2],
      ['badnets', 'idle', 2],
    ])
    const good = rows[4]!.figures
    expect(good.attackSuccessRate?.mean).toBeCloseTo(0.05, 12)
    expect(good.attackSuccessRate?.sd).toBeCloseTo(Math.SQRT2 * 0.05, 12)
    // Mean of the ratings of the two seeds: (0.8 - 0.02 + 1) / 2 and 1.
    expect(good.effectiveness?.mean).toBeCloseTo(0.945, 12)
    expect(rows[3]!.figures.effectiveness).toBeNull()
  })

  it('leave out what is not there yet, and say so', () => {
    const partly = studyRows(plan, [null, runs[1]!, null])
    expect(partly[4]).toMatchObject({ done: 1, planned: 2 })
    const [table] = studyTables(partly)
    expect(table!.table.rows[4]).toEqual(['badnets', 'good', '96.0', '10.0', '90.0', '1.0', '89.0', '1 of 2'])
    expect(table!.table.rows[0]).toEqual(['none (clean model)', 'none (victim)', '–', '–', '–', '–', '–', '0 of 1'])
  })

  it('put the defenses in the order of their mean rating', () => {
    expect(ratingTable(rows).rows).toEqual([
      ['good', '94.5', '1'],
      ['idle', '50.0', '1'],
    ])
  })

  it('mark a defense that was told what only the attacker knows, wherever it is named', () => {
    const told = runs.map((each) => structuredClone(each))
    Object.assign(told[1]!.summary!.defenses[1]!, { knowledge: 'oracle' })
    const marked = studyRows(plan, told)
    expect(marked.map(({ isOracle }) => isOracle)).toEqual([false, false, false, false, false, true])
    expect(ratingTable(marked).rows.map(([defense]) => defense)).toEqual(['good', 'idle (oracle)'])
    for (const format of STUDY_FORMATS) expect(studyFile({ plan, runs: told }, format)).toContain('oracle')
  })

  it('leave as CSV in full', () => {
    const lines = studyCsv(rows).split('\r\n')
    expect(lines[0]).toContain('attackSuccessRate,attackSuccessRateDeviation')
    expect(lines[5]!.split(',').slice(0, 6)).toEqual(['mnist', 'badnets', 'good', 'defender', '2', '0.96'])
    expect(lines[1]!.split(',').slice(7, 9)).toEqual(['', ''])
  })

  it('leave as a page that shows names as text', () => {
    const page = studyPage({
      title: 'A <b>study</b>',
      protocol: ['Said & done'],
      tables: studyTables([{ ...rows[4]!, dataset: '<img src=x>' }]),
      ratings: ratingTable(rows),
    })
    expect(page).toContain('A &lt;b&gt;study&lt;/b&gt;')
    expect(page).toContain('&lt;img src=x&gt;')
    expect(page).toContain('Said &amp; done')
    expect(page).not.toMatch(/<img|<b>|<script/)
  })
})
