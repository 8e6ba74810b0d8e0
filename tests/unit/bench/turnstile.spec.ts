import { describe, expect, it } from 'vitest'
import { stepThrough, type Gate } from '../../../src-main/engine/bench/turnstile.js'

describe('a loop that is stepped through', () => {
  it('does one unit when asked, nothing in between, and frees what it holds when ended', async () => {
    const seen: string[] = []
    const loop = stepThrough(async (gate: Gate) => {
      try {
        for (let unit = 1; ; unit++) {
          seen.push(`unit ${unit}`)
          await gate()
        }
      } finally {
        seen.push('freed')
      }
    })
    await new Promise((resolve) => setImmediate(resolve))
    expect(seen).toEqual([])
    await loop.next()
    expect(seen).toEqual(['unit 1'])
    await loop.next()
    await new Promise((resolve) => setImmediate(resolve))
    expect(seen).toEqual(['unit 1', 'unit 2'])
    await loop.end()
    expect(seen).toEqual(['unit 1', 'unit 2', 'freed'])
  })

  it('passes on what goes wrong inside', async () => {
    const loop = stepThrough(async (gate) => {
      await gate()
      throw new Error('broken')
    })
    await loop.next()
    await expect(loop.next()).rejects.toThrow('broken')
  })

  it('can be ended before it began', async () => {
    await expect(stepThrough(async () => {}).end()).resolves.toBeUndefined()
  })
})
