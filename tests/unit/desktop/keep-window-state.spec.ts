import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { keepWindowState } from '../../../src-main/desktop/keep-window-state.js'
import type { WindowState } from '../../../src-main/desktop/window-state.js'

describe('keepWindowState', () => {
  const saved: WindowState[] = []
  let bounds = { x: 1, y: 2, width: 1200, height: 700 }
  let window = new EventEmitter()
  beforeEach(() => {
    vi.useFakeTimers()
    saved.length = 0
    window = new EventEmitter()
    keepWindowState(Object.assign(window, { getNormalBounds: () => bounds, isMaximized: () => false }), (state) =>
      saved.push(state),
    )
  })
  afterEach(() => vi.useRealTimers())

  it('saves where the window rests, not every place on the way', () => {
    for (let x = 0; x < 20; x++) {
      bounds = { ...bounds, x }
      window.emit('move')
      vi.advanceTimersByTime(50)
    }
    expect(saved).toEqual([])
    vi.advanceTimersByTime(1000)
    expect(saved).toEqual([{ width: 1200, height: 700, position: { x: 19, y: 2 }, isMaximized: false }])
  })

  it('saves at once when the window closes, and not again', () => {
    window.emit('resize')
    window.emit('close')
    expect(saved).toHaveLength(1)
    vi.advanceTimersByTime(1000)
    expect(saved).toHaveLength(1)
  })
})
