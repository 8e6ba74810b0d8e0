import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createBatches } from '../../../src-renderer/src/stores/event-batches.js'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function open() {
  const batches: number[][] = []
  const hear = createBatches<number>(
    (batch) => batches.push([...batch]),
    (item) => item < 0,
  )
  return { batches, hear }
}

it('hands on the first at once, and those that follow closely together', () => {
  const { batches, hear } = open()
  for (const item of [1, 2, 3]) hear(item)
  expect(batches).toEqual([[1]])
  vi.advanceTimersByTime(250)
  expect(batches).toEqual([[1], [2, 3]])
  hear(4)
  expect(batches).toEqual([[1], [2, 3]])
  vi.advanceTimersByTime(250)
  expect(batches).toEqual([[1], [2, 3], [4]])
})

it('does not wait after a rest, and hands on nothing where nothing came', () => {
  const { batches, hear } = open()
  hear(1)
  vi.advanceTimersByTime(1_000)
  hear(2)
  expect(batches).toEqual([[1], [2]])
  expect(vi.getTimerCount()).toBe(1)
  vi.advanceTimersByTime(1_000)
  expect(batches).toEqual([[1], [2]])
  expect(vi.getTimerCount()).toBe(0)
})

it('lets what is urgent take along those that wait', () => {
  const { batches, hear } = open()
  for (const item of [1, 2, -1]) hear(item)
  expect(batches).toEqual([[1], [2, -1]])
})
