import { describe, expect, it } from 'vitest'
import { createGrants } from '../../../src-main/desktop/grants.js'

describe('grants', () => {
  it('say nothing of the path but its last part, and are all different', () => {
    const grants = createGrants()
    const first = grants.grant('read', '/somewhere/a.json')
    const second = grants.grant('read', '/somewhere/a.json')
    expect(first.name).toBe('a.json')
    expect(Object.keys(first)).toEqual(['id', 'name'])
    expect(first.id).toMatch(/^[0-9a-f-]{36}$/)
    expect(first.id).not.toBe(second.id)
  })

  it('are good for one use, in the mode in which they were given', () => {
    const grants = createGrants()
    const { id } = grants.grant('read', '/somewhere/a.json')
    expect(() => grants.redeem(id, 'write')).toThrow('unknown or used up')
    expect(grants.redeem(id, 'read')).toBe('/somewhere/a.json')
    expect(() => grants.redeem(id, 'read')).toThrow('unknown or used up')
  })

  it.each(['', 'x', '/somewhere/a.json', '__proto__', crypto.randomUUID()])('know no "%s"', (id) => {
    expect(() => createGrants().redeem(id, 'read')).toThrow('unknown or used up')
  })

  it('are limited in number; the oldest give way', () => {
    const grants = createGrants()
    const given = Array.from({ length: 65 }, (_, index) => grants.grant('read', `/${index}`).id)
    expect(() => grants.redeem(given[0]!, 'read')).toThrow('unknown or used up')
    expect(grants.redeem(given[1]!, 'read')).toBe('/1')
  })

  it('end with the window', () => {
    const grants = createGrants()
    const { id } = grants.grant('read', '/a')
    grants.clear()
    expect(() => grants.redeem(id, 'read')).toThrow('unknown or used up')
  })
})
