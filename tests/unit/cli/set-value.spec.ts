import { describe, expect, it } from 'vitest'
import { setValue } from '../../../src-main/cli/set-value.js'
import type { JsonObject } from '../../../src-shared/model/json.js'

function after(experiment: JsonObject, ...assignments: string[]): JsonObject {
  for (const assignment of assignments) setValue(experiment, assignment)
  return experiment
}

describe('--set', () => {
  it('sets nested fields, making groups on the way', () => {
    expect(after({ attack: { id: 'badnets' } }, 'attack.params.trigger.size=4')).toEqual({
      attack: { id: 'badnets', params: { trigger: { size: 4 } } },
    })
  })

  it('reads values as JSON, else as text', () => {
    expect(after({}, 'a=0.5', 'b=null', 'c={"d":[1]}', 'e=true', 'name=My trial = two')).toEqual({
      a: 0.5,
      b: null,
      c: { d: [1] },
      e: true,
      name: 'My trial = two',
    })
  })

  it('changes and appends list entries', () => {
    expect(after({ defenses: [{ id: 'baeraser' }] }, 'defenses.0.preset=oracle', 'defenses.1={"id":"nad"}')).toEqual({
      defenses: [{ id: 'baeraser', preset: 'oracle' }, { id: 'nad' }],
    })
  })

  it.each([
    ['novalue', 'path=value'],
    ['=3', 'path=value'],
    ['defenses.5={}', 'position from 0 to 0'],
    ['seed.low=3', '"seed" on the way is a single value'],
    ['__proto__.polluted=1', 'not a field'],
    ['constructor=1', 'not a field'],
  ])('refuses %s', (assignment, says) => {
    expect(() => after({ seed: 1, defenses: [] }, assignment)).toThrow(says)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})
