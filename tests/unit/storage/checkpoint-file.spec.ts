import { describe, expect, it } from 'vitest'
import {
  CHECKPOINT_VERSION,
  decodeCheckpoint,
  encodeCheckpoint,
  type CheckpointContent,
} from '../../../src-main/storage/checkpoint-file.js'

const content: CheckpointContent = {
  header: { epoch: 3, rate: 0.1 },
  tensors: { weights: { shape: [2, 2], values: Float32Array.from([1, -2.5, 1e-40, 3]) } },
}

function encoded(): Uint8Array {
  return new Uint8Array(Buffer.concat([...encodeCheckpoint(content)]))
}

describe('a checkpoint file', () => {
  it('gives back what was put in, to the last bit', () => {
    expect(decodeCheckpoint(encoded())).toEqual(content)
  })

  it('is not used when any byte of its sum or content has changed', () => {
    const whole = encoded()
    for (let at = 0; at < whole.length; at++) {
      const isVersion = at >= 8 && at < 12
      if (isVersion) continue
      const bad = whole.slice()
      bad[at]! ^= 0x10
      expect(decodeCheckpoint(bad), `byte ${at}`).toHaveProperty('unusable')
    }
  })

  it('is not used when it is cut off or goes on', () => {
    const whole = encoded()
    for (let length = 0; length < whole.length; length++) {
      expect(decodeCheckpoint(whole.slice(0, length)), `${length} bytes`).toHaveProperty('unusable')
    }
    expect(decodeCheckpoint(new Uint8Array([...whole, 0]))).toHaveProperty('unusable')
  })

  it('is refused with both versions when a newer one wrote it', () => {
    const newer = encoded()
    newer[8] = CHECKPOINT_VERSION + 1
    expect(() => decodeCheckpoint(newer)).toThrow(/version 2, and this program knows 1/)
  })
})
