import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { askedValue, createRunFilter, parseRunQuery, withValue } from '../../../src-shared/runs/run-query.js'
import { runRow, sortedRows } from '../../../src-shared/runs/run-row.js'
import { facets, figureOverSeeds, groupedLines } from '../../../src-renderer/src/stores/run-rows.js'
import { RunId } from '../../../src-shared/model/ids.js'
import type { RunListing } from '../../../src-shared/model/run-record.js'
import { noAnnotations } from '../../../src-shared/model/run-annotations.js'
import { defaultListing } from './fixtures/fixtures.js'

const row = (number: number, listing: Partial<RunListing> = {}) =>
  runRow({
    ...defaultListing,
    runId: RunId.parse(`20260101-000000-${String(number).padStart(6, '0')}`),
    name: `Run ${number}`,
    ...listing,
  })
const tagged = (...tags: string[]) => ({ annotations: { ...noAnnotations, tags } })

const rows = [
  row(1, { ...tagged('mnist', 'paper-2'), attack: 'blended' }),
  row(2, { status: 'failed', summary: null, attack: null, defenses: [], seed: 7 }),
  row(3, { annotations: { ...noAnnotations, isArchived: true, isStarred: true, note: 'Odd peak: see page 4' } }),
  row(4, { name: 'Say "hello"', defenses: ['fine-tuning', 'baeraser'], annotations: null }),
]
const found = (query: string): number[] =>
  rows.filter(createRunFilter(parseRunQuery(query))).map(({ runId }) => Number(runId.slice(-6)))

describe('the filter of runs', () => {
  it.each([
    ['', [1, 2, 4]],
    ['"run 1"', [1]],
    ['blended run', [1]],
    ['RUN badnets', []],
    ['failed', [2]],
    ['state:failed', [2]],
    ['state:done,failed', [1, 2, 4]],
    ['-state:failed', [1, 4]],
    ['tag:mnist', [1]],
    ['tag:paper', []],
    ['tag:paper*', [1]],
    ['attack:none', [2]],
    ['defense:none', [2]],
    ['defense:fine-tuning defense:baeraser', [4]],
    ['seed:7', [2]],
    ['is:archived', [3]],
    ['is:starred', []],
    ['is:starred is:archived', [3]],
    ['is:archived,active', [1, 2, 3, 4]],
    ['-is:archived', [1, 2, 4]],
    ['is:archived "see page 4"', [3]],
    ['is:archived "page see"', []],
    ['-blended', [2, 4]],
    ['tag:', [1, 2, 4]],
    ['-', [1, 2, 4]],
    ['"', [1, 2, 4]],
  ] as const)('finds by %j', (query, expected) => {
    expect(found(query)).toEqual(expected)
  })

  it('says what it does not understand, and looks for it as a word', () => {
    const query = parseRunQuery('colour:red state:finished is: tag:mnist')
    expect(query.problems).toEqual([
      expect.stringContaining('“colour:” is no filter'),
      expect.stringMatching(/“state:” knows queued, .* not finished/),
      expect.stringContaining('“is:” needs a value'),
    ])
    expect(parseRunQuery('tag:mnist defense:baeraser words').problems).toEqual([])
  })

  it('is written by the choices beside it', () => {
    expect(withValue('odd tag:a "two words" -tag:b', 'tag', 'c')).toBe('odd "two words" tag:c')
    expect(withValue('odd tag:a', 'tag', null)).toBe('odd')
    expect(askedValue(parseRunQuery('tag:a'), 'tag')).toBe('a')
    expect(askedValue(parseRunQuery('tag:a,b'), 'tag')).toBeNull()
    expect(askedValue(parseRunQuery('-tag:a'), 'tag')).toBeNull()
  })

  it('takes whatever is typed', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(found(text).length).toBeLessThanOrEqual(rows.length)
      }),
    )
  })
})

describe('the table of runs', () => {
  it('puts what is not known last, either way', () => {
    for (const isDescending of [true, false]) {
      expect(sortedRows(rows, { key: 'attackAfter', isDescending }).at(-1)?.name).toBe('Run 2')
    }
    expect(sortedRows(rows, { key: 'name', isDescending: false }).map(({ name }) => name)).toEqual([
      'Run 1',
      'Run 2',
      'Run 3',
      'Say "hello"',
    ])
  })

  it('counts what occurs', () => {
    expect(facets(rows, ({ defenses }) => defenses)).toEqual([
      { value: 'baeraser', count: 3 },
      { value: 'fine-tuning', count: 1 },
    ])
  })

  it('makes the same row of the same listing', () => {
    expect(runRow(defaultListing)).toBe(runRow(defaultListing))
  })

  const seeds = [3, 1, 2].map((seed) => row(10 + seed, { seed, experimentKey: 'same' }))
  const lines = (closed: string[] = []) => groupedLines([rows[0]!, ...seeds], new Set(closed))

  it('puts runs of one experiment under one head, by seed', () => {
    expect(lines().map((line) => (line.kind === 'group' ? 'head' : line.row.seed))).toEqual([1, 'head', 1, 2, 3])
    expect(lines(['same']).map(({ kind }) => kind)).toEqual(['run', 'group'])
  })

  it('takes the mean over seeds, of which each counts once', () => {
    const withFigure = (number: number, seed: number, attackSuccessRate: number) => {
      const summary = defaultListing.summary!
      const before = { ...summary.before, attackSuccessRate }
      return row(number, { seed, summary: { ...summary, before, defenses: [] } })
    }
    const mean = figureOverSeeds(
      [withFigure(1, 1, 0.2), withFigure(2, 2, 0.6), withFigure(3, 1, 0.4), rows[1]!],
      'attackBefore',
    )
    // The newest of the two runs with seed 1, and not the one that failed.
    expect(mean).toMatchObject({ n: 2, mean: 0.5 })
    expect(figureOverSeeds([rows[1]!], 'attackBefore')).toBeNull()
  })
})
