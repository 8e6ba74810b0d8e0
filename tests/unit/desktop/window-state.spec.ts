import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  defaultWindowState,
  fitToScreens,
  readWindowState,
  saveWindowState,
} from '../../../src-main/desktop/window-state.js'

const state = { width: 1300, height: 800, position: { x: 40, y: 50 }, isMaximized: true }

describe('the kept window state', () => {
  let file = ''
  const logged: unknown[] = []
  const log = (error: unknown) => logged.push(error)
  beforeEach(async () => {
    file = join(await mkdtemp(join(tmpdir(), 'window-state-')), 'window-state.json')
    logged.length = 0
  })
  afterEach(() => rm(join(file, '..'), { recursive: true }))

  it('comes back as it was', async () => {
    await saveWindowState(file, state)
    expect(await readWindowState(file, log)).toEqual(state)
  })

  it('is the default the first time, which is nothing to speak of', async () => {
    expect(await readWindowState(file, log)).toEqual(defaultWindowState)
    expect(logged).toEqual([])
  })

  it.each([
    '',
    '{"width":13',
    'null',
    '[]',
    JSON.stringify({ ...state, width: -1 }),
    JSON.stringify({ ...state, height: 1e9 }),
    JSON.stringify({ ...state, position: { x: 'left', y: 0 } }),
    JSON.stringify({ ...state, webPreferences: { sandbox: false } }),
  ])('is the default when the file holds %s', async (text) => {
    await writeFile(file, text)
    expect(await readWindowState(file, log)).toEqual(defaultWindowState)
    expect(logged).toHaveLength(1)
  })
})

describe('fitToScreens', () => {
  const screens = [
    { x: 0, y: 0, width: 1920, height: 1080 },
    { x: 1920, y: 0, width: 1280, height: 1024 },
  ]
  const at = (x: number, y: number) => ({ ...state, position: { x, y } })

  it.each([
    [0, 0],
    [2000, 100],
    [-1100, 0],
    [3000, 900],
  ])('leaves a window at %i, %i where it can be reached', (x, y) => {
    expect(fitToScreens(at(x, y), screens)).toEqual(at(x, y))
  })

  it.each([
    [5000, 0],
    [-1290, 0],
    [0, 2000],
    [0, -500],
  ])('brings back a window from %i, %i', (x, y) => {
    expect(fitToScreens(at(x, y), screens)).toEqual({ ...state, position: null })
  })

  it('has nothing to do where there is no place to remember', () => {
    expect(fitToScreens(defaultWindowState, [])).toBe(defaultWindowState)
  })
})
