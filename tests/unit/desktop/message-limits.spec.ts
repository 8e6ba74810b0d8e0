import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { whyRefuseMessage } from '../../../src-main/desktop/message-limits.js'

function nested(depth: number): unknown {
  let value: unknown = 1
  for (let i = 0; i < depth; i++) value = [value]
  return value
}

describe('whyRefuseMessage', () => {
  it('takes any JSON of reasonable size', () => {
    const isTaken = fc.property(
      fc.jsonValue({ maxDepth: 10 }),
      (value) => whyRefuseMessage(structuredClone(value)) === null,
    )
    expect(() => fc.assert(isTaken)).not.toThrow()
  })

  it('takes bytes', () => {
    expect(whyRefuseMessage({ pixels: new Uint8Array(1000), size: undefined })).toBeNull()
  })

  it.each([
    ['long text', () => 'x'.repeat(5_000_000)],
    ['many bytes', () => ({ pixels: new Uint8Array(9_000_000) })],
    ['a small view of many bytes', () => new Uint8Array(new ArrayBuffer(9_000_000), 0, 8)],
    ['long names', () => ({ ['x'.repeat(9_000_000)]: 1 })],
    ['many values', () => Array.from({ length: 1_100_000 }, () => 1)],
  ])('refuses %s as too much', (_name, make) => {
    expect(whyRefuseMessage(make())).toMatch(/larger than 8 MiB|more than 1048576 values/)
  })

  it('refuses what is nested too deep, and what contains itself', () => {
    const cycle: unknown[] = []
    cycle.push(cycle)
    expect(whyRefuseMessage(nested(60))).toBeNull()
    expect(whyRefuseMessage(nested(65))).toContain('deep')
    expect(whyRefuseMessage(nested(100_000))).toContain('deep')
    expect(whyRefuseMessage(cycle)).toContain('deep')
  })

  it.each([new Map(), new Set(), new Date(), /x/, new Error('x'), new ArrayBuffer(8)])('refuses %o', (value) => {
    expect(whyRefuseMessage({ value })).toContain('plain data')
  })
})
