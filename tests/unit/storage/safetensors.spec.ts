import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../src-shared/contract/errors.js'
import { decodeSafetensors, encodeSafetensors } from '../../../src-shared/weights/safetensors.js'

const example = encodeSafetensors(
  {
    'conv1.weight': { shape: [2, 3], values: Float32Array.of(1, -2, 3.5, 0, 1e-8, -1e8) },
    'bn1.running_mean': { shape: [1], values: Float32Array.of(7) },
    scalar: { shape: [], values: Float32Array.of(-0) },
  },
  { model: 'small-cnn' },
)

describe('safetensors', () => {
  it('gives back what was written, bit by bit', () => {
    const { tensors, metadata } = decodeSafetensors(example)
    expect(metadata).toEqual({ model: 'small-cnn' })
    expect(tensors['conv1.weight']).toEqual({ shape: [2, 3], values: Float32Array.of(1, -2, 3.5, 0, 1e-8, -1e8) })
    expect(Object.is(tensors['scalar']?.values[0], -0)).toBe(true)
  })

  it('reads the same from a Buffer, whose slices share its memory', () => {
    expect(decodeSafetensors(Buffer.from(example))).toEqual(decodeSafetensors(example))
  })

  it('lays out the file as the format says', () => {
    const length = Number(new DataView(example.buffer).getBigUint64(0, true))
    expect(length % 8).toBe(0)
    const header = JSON.parse(new TextDecoder().decode(example.subarray(8, 8 + length))) as Record<string, unknown>
    expect(header['conv1.weight']).toEqual({ dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] })
    expect(example.length).toBe(8 + length + 32)
  })

  it('keeps names and metadata that are not ASCII', () => {
    const file = encodeSafetensors({ 'gewöhnlich.重み': { shape: [1], values: Float32Array.of(1) } }, { note: 'ü' })
    expect(Object.keys(decodeSafetensors(file).tensors)).toEqual(['gewöhnlich.重み'])
  })

  const header = (value: unknown, data = 4): Uint8Array => {
    const text = new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value))
    const file = new Uint8Array(8 + text.length + data)
    new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true)
    file.set(text, 8)
    return file
  }
  it.each([
    ['an empty file', new Uint8Array(0), 'fewer than its length field'],
    ['a header longer than the file', Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 127, 1), 'header claims'],
    ['a header that is not JSON', header('hello'), 'not a JSON object'],
    ['another number type', header({ a: { dtype: 'F64', shape: [], data_offsets: [0, 4] } }), 'tensor "a"'],
    [
      'a shape that does not fit its bytes',
      header({ a: { dtype: 'F32', shape: [2], data_offsets: [0, 4] } }),
      'tensor "a" of shape [2]',
    ],
    [
      'bytes outside the file',
      header({ a: { dtype: 'F32', shape: [9], data_offsets: [0, 36] } }),
      'bytes 0 to 36 of 4',
    ],
    ['a hole between tensors', header({ a: { dtype: 'F32', shape: [1], data_offsets: [4, 8] } }, 8), 'bytes 4 to 8'],
    ['bytes that belong to nothing', header({}), '4 bytes at its end'],
    ['a negative length', header({ a: { dtype: 'F32', shape: [-1], data_offsets: [0, 4] } }), 'tensor "a"'],
  ])('refuses %s, saying where', (_title, file, says) => {
    expect(() => decodeSafetensors(file)).toThrow(says)
  })

  it('either reads or refuses every damaged file, and never does anything else', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(example.length - 1), fc.nat(255)), { maxLength: 8 }),
        fc.nat(example.length),
        (changes, cut) => {
          const damaged = example.slice(0, cut)
          for (const [at, value] of changes) if (at < cut) damaged[at] = value
          try {
            decodeSafetensors(damaged)
          } catch (error) {
            expect(error).toBeInstanceOf(AppError)
          }
        },
      ),
      { numRuns: 2000 },
    )
  })
})
