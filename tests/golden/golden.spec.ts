// The laboratory's mathematics against PyTorch (make-golden.py), on the pure-JavaScript backend.
import { beforeAll, describe, expect, test } from 'vitest'
import { goldenComplaints, readGolden } from '../helpers/golden.js'
import { useJavascriptBackend } from '../helpers/tfjs.js'
import { goldenGroups } from './cases/index.js'

beforeAll(useJavascriptBackend)

describe.each(goldenGroups)('$file', ({ file, cases }) => {
  const stored = readGolden(file)

  test.each(cases)('$name', async (golden) => {
    expect(await goldenComplaints(golden, stored)).toEqual([])
  })

  test('every stored case is computed', () => {
    expect(cases.map(({ name }) => name).toSorted()).toEqual(Object.keys(stored).toSorted())
  })
})
