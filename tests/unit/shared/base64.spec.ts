import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { base64ByteLength, fromBase64, toBase64 } from '../../../src-shared/util/base64.js'

describe('base64', () => {
  it('is the one that everyone else writes and reads', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const text = Buffer.from(bytes).toString('base64')
        expect(toBase64(bytes)).toBe(text)
        expect(fromBase64(text)).toEqual(bytes)
        expect(base64ByteLength(text)).toBe(bytes.length)
      }),
    )
  })
})
