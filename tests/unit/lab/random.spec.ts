import { describe, expect, it } from 'vitest'
import { createRandomStreams } from '../../../src-main/lab/random/streams.js'

describe('named random streams', () => {
  it('repeat exactly for one seed and name', () => {
    const draw = (): number[] => [...createRandomStreams(7).stream('poison').uniforms(5)]
    expect(draw()).toEqual(draw())
  })

  it('differ between names, seeds and scopes', () => {
    const random = createRandomStreams(7)
    const firsts = [
      random.stream('a'),
      random.stream('b'),
      random.within('a').stream('b'),
      createRandomStreams(8).stream('a'),
    ].map((rng) => rng.uniform())
    expect(new Set(firsts).size).toBe(firsts.length)
  })

  it('do not disturb each other: a draw from one leaves the next draw of the other as it was', () => {
    const alone = createRandomStreams(3).stream('weights').normals(4)
    const random = createRandomStreams(3)
    random.stream('poison').permutation(100)
    expect([...random.stream('weights').normals(4)]).toEqual([...alone])
  })

  // A changed generator would silently change every published figure.
  it('give these numbers for ever', () => {
    const rng = createRandomStreams(1).stream('golden')
    expect([rng.below(1000), rng.below(1000), rng.below(1000)]).toMatchInlineSnapshot(`
      [
        100,
        530,
        792,
      ]
    `)
    expect([...rng.permutation(6)]).toMatchInlineSnapshot(`
      [
        0,
        3,
        4,
        2,
        1,
        5,
      ]
    `)
  })

  it('are uniform and normal enough', () => {
    const rng = createRandomStreams(5).stream('moments')
    const uniforms = rng.uniforms(20_000)
    const mean = uniforms.reduce((a, b) => a + b) / uniforms.length
    expect(mean).toBeCloseTo(0.5, 1)
    const normals = rng.normals(20_000, 2)
    const variance = normals.reduce((a, b) => a + b * b, 0) / normals.length
    expect(variance).toBeGreaterThan(3.8)
    expect(variance).toBeLessThan(4.2)
  })

  it('draw different elements when sampling, and refuse more than there are', () => {
    const rng = createRandomStreams(5).stream('sample')
    const drawn = rng.sample(50, 20)
    expect(new Set(drawn).size).toBe(20)
    expect(Math.max(...drawn)).toBeLessThan(50)
    expect(() => rng.sample(3, 4)).toThrow('4 different numbers out of 3')
  })
})
