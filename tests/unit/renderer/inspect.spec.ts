import { describe, expect, it } from 'vitest'
import { bytesOf, byteBlock, floatBlock, intBlock } from '../../../src-shared/model/array-block.js'
import {
  answersNeeded,
  filterSamples,
  noFilter,
  type FilterAnswers,
} from '../../../src-renderer/src/features/inspect/data/sample-filter.js'
import { orderSamples, spreadOut } from '../../../src-renderer/src/features/inspect/data/sample-order.js'
import {
  answersOf,
  regionOf,
  splitData,
  type Answers,
} from '../../../src-renderer/src/features/inspect/data/split-data.js'
import { moveInGrid, rowsBetween, scrollToRow } from '../../../src-renderer/src/ui/grid-keys.js'
import { createSlots } from '../../../src-renderer/src/features/inspect/grid/slots.js'
import { parsePlace, placeQuery, usualPlace } from '../../../src-renderer/src/features/inspect/inspect-place.js'
import { remarksOn } from '../../../src-renderer/src/features/inspect/remarks.js'
import { differenceMaps } from '../../../src-renderer/src/features/inspect/sample/differences.js'
import { certaintyOf } from '../../../src-renderer/src/features/inspect/triggers/certainty.js'
import { colourOf, heatRgba, scaleFor } from '../../../src-shared/inspection/heat-colours.js'

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)

/** Five samples; the attacker wants class 0 of all of them. */
const split = splitData({
  labels: byteBlock(bytes(0, 1, 2, 1, 3)),
  targets: byteBlock(bytes(0, 0, 0, 0, 0)),
  poisoned: byteBlock(bytes(0, 0, 1, 0, 0)),
  positions: intBlock(Int32Array.of(50, 40, 30, 20, 10)),
  regions: intBlock(
    Int32Array.from(
      [
        [25, 25, 3, 3],
        [0, 1, 2, 3],
        [0, 0, 0, 0],
        [4, 5, 6, 7],
        [1, 1, 1, 1],
      ].flat(),
    ),
    [5, 4],
  ),
})
const answers = (...classes: number[]): Answers =>
  answersOf({
    classes: byteBlock(bytes(...classes)),
    confidence: floatBlock(Float32Array.from(classes, () => 0.5)),
    targetProbability: null,
  })
const given: FilterAnswers = {
  shown: answers(0, 0, 0, 1, 0),
  victimClean: answers(0, 1, 2, 1, 0),
  victimTriggered: answers(0, 0, 0, 1, 0),
  repairedTriggered: answers(0, 1, 3, 1, 3),
  repairedShown: answers(0, 1, 3, 1, 3),
}
const passing = (part: Partial<typeof noFilter>): number[] | null => {
  const found = filterSamples(split, given, { ...noFilter, ...part })
  return found === null ? null : [...found]
}

describe('what is known of the samples of a split', () => {
  it('is decoded by index, and an empty region is none', () => {
    expect(split.count).toBe(5)
    expect([...split.positions]).toEqual([50, 40, 30, 20, 10])
    expect(regionOf(split, 1)).toEqual({ top: 0, left: 1, height: 2, width: 3 })
    expect(regionOf(split, 2)).toBeNull()
    expect(bytesOf(byteBlock(split.labels))).toEqual(split.labels)
  })
})

describe('the filter of samples', () => {
  it('lets all pass where nothing is asked', () => {
    expect(passing({})).toEqual([0, 1, 2, 3, 4])
  })

  it('takes all that is asked together', () => {
    expect(passing({ trueClass: 1 })).toEqual([1, 3])
    expect(passing({ trueClass: 1, answer: 0 })).toEqual([1])
    expect(passing({ only: ['poisoned'] })).toEqual([2])
  })

  it('takes as flipped only what the trigger turns to the target', () => {
    // 0 has the target class itself, 3 is not turned, and 4 is taken for the target without the trigger already.
    expect(passing({ only: ['flipped'] })).toEqual([1, 2])
    expect(passing({ only: ['flipped', 'repaired'] })).toEqual([1])
    expect(passing({ only: ['wrong'] })).toEqual([2])
  })

  it('waits for the answers that it needs, and for no others', () => {
    expect(answersNeeded({ ...noFilter, trueClass: 1 })).toEqual([])
    expect(answersNeeded({ ...noFilter, only: ['repaired'] })).toEqual([
      'victimClean',
      'victimTriggered',
      'repairedTriggered',
    ])
    const without = { ...given, victimClean: null }
    expect(filterSamples(split, without, { ...noFilter, only: ['flipped'] })).toBeNull()
    expect(filterSamples(split, without, { ...noFilter, only: ['wrong'] })).not.toBeNull()
  })
})

describe('the order of samples', () => {
  const values = spreadOut(5, Int32Array.of(4, 0, 2), Float32Array.of(0.1, 0.9, 0.5))
  const all = Int32Array.of(0, 1, 2, 3, 4)

  it('puts those without a value last in both directions', () => {
    expect([...orderSamples(all, values, { key: 'heat', isDescending: true })]).toEqual([0, 2, 4, 1, 3])
    expect([...orderSamples(all, values, { key: 'heat', isDescending: false })]).toEqual([4, 2, 0, 1, 3])
  })

  it('turns round without values, and leaves the samples as they were', () => {
    expect([...orderSamples(all, null, { key: 'index', isDescending: true })]).toEqual([4, 3, 2, 1, 0])
    expect([...orderSamples(all, null, { key: 'confidence', isDescending: true })]).toEqual([0, 1, 2, 3, 4])
    expect([...all]).toEqual([0, 1, 2, 3, 4])
  })
})

describe('keys in the grid', () => {
  const shape = { count: 11, columns: 4, rowsInView: 2 }
  const to = (from: number, key: string, ctrlKey = false): number | null => moveInGrid(from, { key, ctrlKey }, shape)

  it('walk along and across rows, and stop at the ends', () => {
    expect(to(0, 'ArrowLeft')).toBe(0)
    expect(to(3, 'ArrowRight')).toBe(4)
    expect(to(1, 'ArrowUp')).toBe(1)
    expect(to(5, 'ArrowUp')).toBe(1)
    expect(to(10, 'ArrowRight')).toBe(10)
    // The last row has three: from above where it has none, its last one.
    expect(to(7, 'ArrowDown')).toBe(10)
    expect(to(9, 'ArrowDown')).toBe(9)
  })

  it('lead to the ends of a row, of a page and of all', () => {
    expect(to(6, 'Home')).toBe(4)
    expect(to(4, 'End')).toBe(7)
    expect(to(9, 'End')).toBe(10)
    expect(to(6, 'Home', true)).toBe(0)
    expect(to(6, 'End', true)).toBe(10)
    expect(to(2, 'PageDown')).toBe(6)
    expect(to(2, 'PageUp')).toBe(2)
  })

  it('are left alone where they are not of a grid, or where there is none', () => {
    expect(to(6, 'a')).toBeNull()
    expect(moveInGrid(0, { key: 'ArrowRight', ctrlKey: false }, { ...shape, count: 0 })).toBeNull()
  })
})

describe('rows in view', () => {
  it('are those of which a part is seen', () => {
    expect(rowsBetween(0, 100, 40, 1500)).toEqual({ from: 0, to: 3 })
    expect(rowsBetween(79, 100, 40, 1500)).toEqual({ from: 1, to: 5 })
    expect(rowsBetween(59_990, 100, 40, 1500)).toEqual({ from: 1499, to: 1500 })
    expect(rowsBetween(90_000, 100, 40, 1500)).toEqual({ from: 1500, to: 1500 })
  })

  it('move as little as possible to show one', () => {
    expect(scrollToRow(2, 40, 0, 200)).toBe(0)
    expect(scrollToRow(6, 40, 0, 200)).toBe(80)
    expect(scrollToRow(1, 40, 120, 200)).toBe(40)
  })
})

describe('places in the atlas', () => {
  it('go from what has not been used for longest to what is new', () => {
    const slots = createSlots(2)
    expect(slots.take(10)).toBe(0)
    expect(slots.take(20)).toBe(1)
    expect(slots.find(10)).toBe(0)
    expect(slots.take(30)).toBe(1)
    expect(slots.find(20)).toBeNull()
    expect(slots.take(10)).toBe(0)
    expect(slots.has(30)).toBe(true)
  })
})

describe('the address of a place', () => {
  it('says only what is not as usual, and restores all of it', () => {
    expect(placeQuery(usualPlace)).toEqual({})
    const place: typeof usualPlace = {
      part: 'heat',
      split: 'train',
      view: 'recovered',
      side: 'repaired',
      defense: 'defense-2',
      method: 'occlusion',
      layer: 'features.3',
      explained: 7,
      filter: { trueClass: 3, answer: 0, only: ['flipped', 'wrong'] },
      sorting: { key: 'heat', isDescending: true },
      patch: { sheet: 'defense-2/recovered/epoch-003.png', patch: 4 },
    }
    expect(parsePlace(placeQuery(place) as Record<string, string>)).toEqual(place)
    expect(parsePlace({ class: 'true' }).explained).toBe('true')
  })

  it('takes what it does not know as if it were not there', () => {
    const query = {
      part: 'x',
      split: 'y',
      view: 'z',
      defense: 'a',
      class: 'b',
      true: '-1',
      only: 'c,flipped',
      sort: '-d',
    }
    expect(parsePlace(query)).toEqual({ ...usualPlace, filter: { ...noFilter, only: ['flipped'] } })
  })
})

describe('colours of heat', () => {
  it('are signed where any map is, and hold all of them', () => {
    expect(scaleFor([Float32Array.of(0, 2), Float32Array.of(1, 3)])).toEqual({ palette: 'viridis', max: 3 })
    expect(scaleFor([Float32Array.of(0, 2), Float32Array.of(-5, 3)])).toEqual({ palette: 'diverging', max: 5 })
    expect(scaleFor([Float32Array.of(0, 2)], 'diverging')).toEqual({ palette: 'diverging', max: 2 })
    expect(scaleFor([new Float32Array(4), Float32Array.of(Number.NaN)])).toBeNull()
  })

  it('go from end to end, with zero in the middle where there is a sign', () => {
    expect(colourOf(0, { palette: 'viridis', max: 2 })).toEqual([68, 1, 84])
    expect(colourOf(9, { palette: 'viridis', max: 2 })).toEqual([253, 231, 37])
    expect(colourOf(0, { palette: 'diverging', max: 2 })).toEqual([244, 244, 244])
    expect([...heatRgba(Float32Array.of(0), { palette: 'viridis', max: 1 }, 0.5)]).toEqual([68, 1, 84, 128])
  })
})

describe('how sure a detection is', () => {
  const detection = (...successes: number[]) => ({
    threshold: 0.2,
    target: null,
    classes: successes.map((recoveredSuccess, label) => ({
      class: label,
      name: `c${label}`,
      recoveredSuccess,
      baseRate: 0.01,
    })),
  })

  it('is how far the highest class lies above the others', () => {
    const found = certaintyOf(detection(0.03, 0.91, 0.02, 0.04, 0.05))
    expect(found).toMatchObject({ name: 'c1', deviations: expect.closeTo(0.87 / (1.4826 * 0.01), 3) })
    expect(found?.success).toBeCloseTo(0.9)
    expect(found?.next).toBeCloseTo(0.04)
  })

  it('is not known where classes do not differ, or there is but one', () => {
    expect(certaintyOf(detection(0.1, 0.1, 0.1))?.deviations).toBeNull()
    expect(certaintyOf(detection(0.1))).toBeNull()
  })
})

describe('remarks on a run', () => {
  const model = (given: object) => ({
    id: 'victim',
    title: 'BAERASER',
    defense: null,
    outcome: null,
    problem: null,
    ...given,
  })
  const attack = { id: 'badnets', title: 'BadNets', targets: [0], trigger: null, problem: null }
  const done = { attack, status: 'done' } as const
  const problem = 'The weights in victim.safetensors cannot be used: cut off.'

  it('are none where all is there', () => {
    expect(remarksOn(done, model({}), model({ outcome: 'repaired' }))).toEqual([])
  })

  it('tell damage from what was never meant to be there', () => {
    expect(remarksOn(done, model({ problem }), null)).toEqual([
      { isProblem: true, text: `The victim cannot be asked. ${problem}` },
      { isProblem: false, text: 'This run has no defense, so there is nothing repaired to compare with.' },
    ])
    const clean = remarksOn({ ...done, attack: null }, model({}), model({ outcome: 'no-backdoor-found' }))
    expect(clean.map(({ isProblem }) => isProblem)).toEqual([false, false])
    expect(clean[0]?.text).toContain('both models are the same')
  })

  it('say of a run in progress that what is missing will come, once', () => {
    const found = remarksOn({ attack, status: 'running' }, model({ problem }), model({ problem }))
    expect(found.map(({ isProblem }) => isProblem)).toEqual([false, false])
    expect(found.filter(({ text }) => text.includes('as soon as it is there'))).toHaveLength(1)
  })
})

describe('differences of heat', () => {
  it('are what the trigger changes, then what the defense changes', () => {
    const cell = (heat: number) => ({
      probabilities: new Float32Array(2),
      explained: 0,
      heat: Float32Array.of(heat),
      inside: 0,
      pointing: 0,
    })
    const maps = differenceMaps(
      new Map([
        ['victim clean', cell(1)],
        ['victim triggered', cell(4)],
        ['defense-1 clean', cell(1)],
        ['defense-1 triggered', cell(2)],
      ]),
      [
        { id: 'victim', title: 'Victim' },
        { id: 'defense-1', title: 'Repaired' },
      ],
      [
        { id: 'clean', title: 'Clean' },
        { id: 'triggered', title: 'Triggered' },
      ],
    )
    expect(maps.map(({ values }) => values[0])).toEqual([3, 1, 0, -2])
    expect(differenceMaps(new Map(), [{ id: 'victim', title: 'Victim' }], [{ id: 'clean', title: 'Clean' }])).toEqual(
      [],
    )
  })
})
