import { describe, expect, it } from 'vitest'
import { fieldSpecs, type FieldSpec, type NumberSpec } from '../../../src-renderer/src/schema/field-spec.js'
import { countSet, parseNumber, problemOf, rangeText, stepped } from '../../../src-renderer/src/schema/field-words.js'
import { differences, mergeValues, withValue } from '../../../src-renderer/src/schema/values.js'
import { catalogue } from './fixtures/fixtures.js'

const fieldsOf = (id: string): FieldSpec[] =>
  fieldSpecs(catalogue.plugins.find((plugin) => plugin.id === id)!.paramsSchema)

function numberAt(id: string, path: string): NumberSpec {
  let fields = fieldsOf(id)
  let found: FieldSpec | undefined
  for (const key of path.split('.')) {
    found = fields.find((field) => field.key === key)
    if (found?.kind === 'group') fields = [...found.fields]
  }
  if (found?.kind !== 'number') throw new Error(`${path} is no number`)
  return found
}

describe('fieldSpecs', () => {
  it('knows a control for every parameter of every method', () => {
    const kinds = (fields: readonly FieldSpec[]): string[] =>
      fields.flatMap((field) => {
        if (field.kind === 'group') return kinds(field.fields)
        return field.kind === 'text' && field.isJson ? 'json' : field.kind
      })
    for (const { id } of catalogue.plugins) expect(kinds(fieldsOf(id))).not.toContain('json')
  })

  it('reads groups, units, limits and null', () => {
    expect(numberAt('badnets', 'trigger.size')).toMatchObject({ unit: 'pixels', minimum: 1, maximum: 64, fallback: 3 })
    expect(numberAt('badnets', 'poisonRate')).toMatchObject({ above: 0, maximum: 1, isInteger: false })
    expect(numberAt('baeraser', 'unlearning.ascentBound')).toMatchObject({ isNullable: true, above: 0, maximum: 100 })
  })

  it('leaves values of their own kind to the control that the schema asks for', () => {
    const trigger = fieldsOf('badnets').find(({ key }) => key === 'trigger')
    const fields = trigger?.kind === 'group' ? trigger.fields : []
    expect(fields.find(({ key }) => key === 'painted')).toMatchObject({
      kind: 'special',
      control: 'painted-patch',
      options: [],
      fallback: null,
    })
    expect(fields.find(({ key }) => key === 'position')).toMatchObject({
      kind: 'special',
      control: 'place',
      options: ['random', 'top-left', 'top-right', 'bottom-left', 'bottom-right', 'center'],
      fallback: 'random',
    })
  })

  it('leaves out the largest safe integer as a limit', () => {
    expect(numberAt('badnets', 'targetClass')).toMatchObject({ minimum: 0, maximum: null })
  })

  it('falls back to JSON for what it does not know', () => {
    const [field] = fieldSpecs({ properties: { list: { type: 'array', default: [1] } } })
    expect(field).toMatchObject({ kind: 'text', isJson: true, fallback: [1] })
  })
})

describe('problemOf', () => {
  it('speaks like the engine', () => {
    const rate = numberAt('badnets', 'poisonRate')
    expect(problemOf(rate, 1.4)).toBe('must be at most 1')
    expect(problemOf(rate, 0)).toBe('must be above 0')
    expect(problemOf(rate, 'abc')).toBe('must be of type number')
    expect(problemOf(numberAt('badnets', 'trigger.size'), 2.5)).toBe('must be a whole number')
    expect(problemOf(numberAt('baeraser', 'unlearning.ascentBound'), null)).toBeNull()
    expect(problemOf(numberAt('baeraser', 'unlearning.momentum'), 1)).toBe('must be below 1')
  })

  it('puts limits into words', () => {
    expect(rangeText(numberAt('badnets', 'poisonRate'))).toBe('above 0, at most 1')
    expect(rangeText(numberAt('badnets', 'trigger.size'))).toBe('1 to 64')
    expect(rangeText(numberAt('badnets', 'targetClass'))).toBe('at least 0')
  })
})

describe('number fields', () => {
  it('keep what is not a number as text', () => {
    expect(parseNumber(' 0.05 ')).toBe(0.05)
    expect(parseNumber('1e-6')).toBe(0.000001)
    expect(parseNumber('1,5')).toBe('1,5')
    expect(parseNumber('-')).toBe('-')
  })

  it('step by the leading digit and stay within the limits', () => {
    const rate = numberAt('badnets', 'poisonRate')
    expect(stepped(rate, 0.05, 1)).toBe(0.06)
    expect(stepped(rate, 0.01, -1)).toBe(0.009)
    expect(stepped(rate, 1, 1)).toBe(1)
    expect(stepped(numberAt('badnets', 'trigger.size'), 3, 1)).toBe(4)
    expect(stepped(numberAt('badnets', 'trigger.size'), 1, -1)).toBe(1)
  })
})

describe('values', () => {
  it('are merged group by group and told apart again', () => {
    const base = { a: 1, group: { b: 2, c: null } }
    const special = { group: { c: 3 } }
    expect(mergeValues(base, special)).toEqual({ a: 1, group: { b: 2, c: 3 } })
    expect(differences(base, mergeValues(base, special))).toEqual(special)
  })

  it('are counted field by field, whatever a field consists of', () => {
    const painted = { height: 1, width: 1, pixels: [3] }
    expect(countSet(fieldsOf('badnets'), {})).toBe(0)
    expect(countSet(fieldsOf('badnets'), { poisonRate: 0.1, trigger: { pattern: 'painted', painted } })).toBe(3)
  })

  it('are set and taken away without leaving empty groups', () => {
    const set = withValue({}, ['group', 'deep', 'c'], 3)
    expect(set).toEqual({ group: { deep: { c: 3 } } })
    expect(withValue(set, ['group', 'deep', 'c'], undefined)).toEqual({})
  })
})
