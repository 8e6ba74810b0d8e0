import { describe, expect, it } from 'vitest'
import { fuzzyFilter } from '../../../src-renderer/src/composables/fuzzy.js'
import { isTypingKey, shortcutOf } from '../../../src-renderer/src/composables/shortcuts.js'
import { createActionRegistry } from '../../../src-renderer/src/composables/use-actions.js'
import { runRow, shownRows } from '../../../src-renderer/src/features/runs/run-rows.js'
import { clock, duration, percent, plainNumber, points } from '../../../src-renderer/src/ui/format.js'
import { defaultListing } from './fixtures/fixtures.js'

const key = (
  name: string,
  modifiers: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey', boolean>> = {},
) => ({
  key: name,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...modifiers,
})

describe('shortcuts', () => {
  it('are named by modifiers and key, whatever the keyboard', () => {
    expect(shortcutOf(key('k', { ctrlKey: true }))).toBe('ctrl+k')
    expect(shortcutOf(key('k', { metaKey: true }))).toBe('ctrl+k')
    expect(shortcutOf(key('Z', { ctrlKey: true, shiftKey: true }))).toBe('ctrl+shift+z')
    expect(shortcutOf(key('?', { shiftKey: true }))).toBe('?')
    expect(shortcutOf(key('Enter', { ctrlKey: true }))).toBe('ctrl+enter')
  })

  it('do not get in the way of typing', () => {
    expect(isTypingKey('?')).toBe(true)
    expect(isTypingKey('ctrl+z')).toBe(false)
  })

  it('run the latest action that is enabled, and no others', () => {
    const registry = createActionRegistry()
    const ran: string[] = []
    const action = (id: string, isEnabled: boolean) => ({
      id,
      title: id,
      group: '',
      shortcuts: ['ctrl+z'],
      isEnabled: () => isEnabled,
      run: () => void ran.push(id),
    })
    registry.add([action('frame', true)])
    const remove = registry.add([action('page', true)])
    registry.add([action('off', false)])
    expect(registry.press(key('z', { ctrlKey: true }), true)).toBe(true)
    remove()
    registry.press(key('z', { ctrlKey: true }), true)
    expect(ran).toEqual(['page', 'frame'])
    expect(registry.press(key('q'), false)).toBe(false)
  })
})

describe('fuzzyFilter', () => {
  const titles = ['Go to Runs', 'Run experiment: A first look', 'Use the dark appearance', 'Undo']
  it('finds by letters in order, starts of words first', () => {
    expect(fuzzyFilter(titles, 'gr', (title) => title)[0]).toBe('Go to Runs')
    expect(fuzzyFilter(titles, 'dark', (title) => title)).toEqual(['Use the dark appearance'])
    expect(fuzzyFilter(titles, 'xyz', (title) => title)).toEqual([])
    expect(fuzzyFilter(titles, ' ', (title) => title)).toEqual(titles)
  })
})

describe('the table of runs', () => {
  const { runId } = defaultListing
  const listing = { ...defaultListing, name: 'Plain' }
  const rows = [
    runRow(listing),
    runRow({
      ...listing,
      runId: '20260102-000000-aaaaaa' as typeof runId,
      name: 'Oracle',
      summary: null,
      status: 'failed',
    }),
  ]

  it('finds every word anywhere', () => {
    const byName = { key: 'name', isDescending: false } as const
    expect(shownRows(rows, 'failed ora', byName).map(({ name }) => name)).toEqual(['Oracle'])
    expect(shownRows(rows, '', byName).map(({ name }) => name)).toEqual(['Oracle', 'Plain'])
  })

  it('puts what is not known last, either way', () => {
    for (const isDescending of [true, false]) {
      expect(shownRows(rows, '', { key: 'attackAfter', isDescending }).map(({ name }) => name)).toEqual([
        'Plain',
        'Oracle',
      ])
    }
  })

  it('stays quick with ten thousand rows', () => {
    const many = Array.from({ length: 10_000 }, (_, i) =>
      runRow({
        ...listing,
        runId: `20260101-000000-${String(i).padStart(6, '0')}` as typeof runId,
        name: `Run ${i % 97}`,
      }),
    )
    const started = performance.now()
    expect(shownRows(many, 'run 9', { key: 'name', isDescending: true }).length).toBeGreaterThan(100)
    expect(performance.now() - started).toBeLessThan(500)
  })
})

describe('numbers in words', () => {
  it('carry their unit', () => {
    expect(percent(0.97628)).toBe('97.6 %')
    expect(percent(null)).toBe('–')
    expect(points(0.976, 0.001)).toBe('−97.5')
    expect(points(0.5, 0.50004)).toBe('±0.0')
    expect(duration(9_800)).toBe('9.8 s')
    expect(duration(106_518)).toBe('1 min 47 s')
    expect(duration(3_900_000)).toBe('1 h 05 min')
    expect(clock(72_000)).toBe('01:12')
    expect(plainNumber(-3.35577)).toBe('-3.356')
  })
})
