import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { AppError } from '../../../src-shared/contract/errors.js'
import { parseOrThrow, shortText } from '../../../src-shared/contract/field-errors.js'

const Schema = z.strictObject({
  rate: z.number().min(0).max(1),
  size: z.int().gt(0).multipleOf(2),
  mode: z.enum(['all2one', 'all2all']),
  name: z.string().min(2).max(4),
  list: z.array(z.strictObject({ id: z.string() })).max(1),
})
const good = { rate: 0.5, size: 2, mode: 'all2one', name: 'abc', list: [{ id: 'a' }] }

function messageFor(change: object): string {
  try {
    parseOrThrow(Schema, { ...good, ...change }, ['attack', 'params'])
  } catch (error) {
    expect(error).toBeInstanceOf(AppError)
    return (error as AppError).message
  }
  return 'accepted'
}

describe('messages about wrong fields', () => {
  it.each([
    [{ rate: 1.4 }, 'attack.params.rate: 1.4 must be at most 1'],
    [{ rate: -1 }, 'attack.params.rate: -1 must be at least 0'],
    [{ rate: '1' }, 'attack.params.rate: "1" must be of type number'],
    [{ rate: undefined }, 'attack.params.rate: nothing must be of type number'],
    [{ size: 0 }, 'attack.params.size: 0 must be above 0'],
    [{ size: 3 }, 'attack.params.size: 3 must be a multiple of 2'],
    [{ size: 2.5 }, 'attack.params.size: 2.5 must be a whole number'],
    [{ mode: 'some' }, 'attack.params.mode: "some" must be "all2one" or "all2all"'],
    [{ name: 'a' }, 'attack.params.name: "a" must be at least 2 characters'],
    [{ list: [{ id: 'a' }, { id: 'b' }] }, 'attack.params.list: [{"id":"a"},{"id":"b"}] must be at most 1 entries'],
    [{ list: [{ id: 'a', extra: 1 }] }, 'attack.params.list.0.extra: 1 is not a known field'],
    [{ colour: 'red' }, 'attack.params.colour: "red" is not a known field'],
  ])('%j', (change, message) => expect(messageFor(change)).toContain(message))

  it('names every wrong field', () => {
    expect(messageFor({ rate: 2, name: 'abcde' })).toBe(
      'attack.params.rate: 2 must be at most 1; attack.params.name: "abcde" must be at most 4 characters',
    )
  })

  it('quotes at most 80 characters of what it found', () => {
    expect(shortText('x'.repeat(500))).toHaveLength(80)
  })
})
