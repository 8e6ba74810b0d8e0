import { describe, expect, it } from 'vitest'
import { play } from '../../../src-renderer/gallery/recorded/player.js'
import { createFakeClock } from '../../helpers/fake-clock.js'

const MARKS = [1_000, 1_000, 1_500, 3_000, 10_000]

function start(speed: number) {
  const clock = createFakeClock(50)
  const seen: number[] = []
  const player = play(MARKS, speed, (index) => seen.push(index), clock)
  return { clock, seen, player }
}

describe('a player', () => {
  it('keeps the distances of the recording', () => {
    const { clock, seen } = start(1)
    clock.pass(0)
    expect(seen).toEqual([0, 1])
    clock.pass(499)
    expect(seen).toEqual([0, 1])
    clock.pass(1)
    expect(seen).toEqual([0, 1, 2])
    clock.pass(8_500)
    expect(seen).toEqual([0, 1, 2, 3, 4])
  })

  it('is as fast as it is told, from where it is', () => {
    const { clock, seen, player } = start(10)
    clock.pass(100)
    expect(seen).toEqual([0, 1, 2])
    player.setSpeed(0)
    clock.pass(1e9)
    expect(seen).toEqual([0, 1, 2])
    player.setSpeed(1)
    clock.pass(999)
    expect(seen).toEqual([0, 1, 2])
    clock.pass(1)
    expect(seen).toEqual([0, 1, 2, 3])
  })

  it('plays all at once', () => {
    const { clock, seen } = start(Infinity)
    clock.pass(0)
    expect(seen).toEqual([0, 1, 2, 3, 4])
  })

  it('holds, also from within, and goes on at the same speed', () => {
    const clock = createFakeClock()
    const seen: number[] = []
    const player = play(MARKS, 2, (index) => (seen.push(index), index === 1 && player.hold()), clock)
    clock.pass(1e6)
    expect(seen).toEqual([0, 1])
    player.goOn()
    clock.pass(250)
    expect(seen).toEqual([0, 1, 2])
  })

  it('skips without going back, and ends', () => {
    const { clock, seen, player } = start(1)
    clock.pass(0)
    player.skipTo(3)
    clock.pass(0)
    expect(seen).toEqual([0, 1, 3])
    player.skipTo(0)
    clock.pass(0)
    expect(seen).toEqual([0, 1, 3])
    player.end()
    clock.pass(1e6)
    expect(seen).toEqual([0, 1, 3])
  })
})
