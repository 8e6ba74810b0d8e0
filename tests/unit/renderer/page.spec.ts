import { describe, expect, it } from 'vitest'
import { fuzzyFilter } from '../../../src-renderer/src/composables/fuzzy.js'
import { isTypingKey, shortcutOf } from '../../../src-renderer/src/composables/shortcuts.js'
import { createActionRegistry } from '../../../src-renderer/src/composables/use-actions.js'
import { clock, duration, percent, plainNumber, points } from '../../../src-renderer/src/ui/format.js'

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
