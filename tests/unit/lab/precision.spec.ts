import { afterEach, describe, expect, it } from 'vitest'
import { choosePrecision, registerBfloat16 } from '../../../src-main/lab/compute/precision.js'
import { tf } from '../../../src-main/lab/tf.js'

describe('the precision of a training', () => {
  afterEach(() => tf.setBackend('cpu'))

  it('is float32 where there is no other, and says so to who asks for bfloat16', async () => {
    await tf.setBackend('cpu')
    expect([choosePrecision('float32'), choosePrecision('auto')]).toEqual(['float32', 'float32'])
    expect(() => choosePrecision('bfloat16')).toThrow('needs the native engine')
  })

  it('is by itself bfloat16 only where that is faster', async () => {
    for (const [name, isFaster, chosen] of [
      ['fast', true, 'bfloat16'],
      ['slow', false, 'float32'],
    ] as const) {
      tf.registerBackend(name, () => tf.findBackend('cpu'))
      registerBfloat16(name, isFaster)
      await tf.setBackend(name)
      expect([choosePrecision('auto'), choosePrecision('bfloat16')]).toEqual([chosen, 'bfloat16'])
    }
  })
})
