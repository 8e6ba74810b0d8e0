import { beforeAll, describe, expect, it } from 'vitest'
import { lossGradients } from '../../../src-main/lab/compute/gradients.js'
import { compileStep, createStateStore } from '../../../src-main/lab/compute/step.js'
import { tensorOf } from '../../../src-main/lab/compute/tensor-map.js'
import { tf } from '../../../src-main/lab/tf.js'
import { useJavascriptBackend } from '../../helpers/tfjs.js'

describe('a compiled step', () => {
  beforeAll(useJavascriptBackend)

  it('changes the state, hands out the outputs, frees the inputs and everything in between', () => {
    const before = tf.memory().numTensors
    const store = createStateStore({ w: tf.scalar(3), untouched: tf.scalar(9) })
    const step = compileStep((state, inputs) => {
      const w = tensorOf(state, 'w')
      const grown = tf.add(tf.mul(w, 2), tensorOf(inputs, 'x'))
      return { state: { w: grown }, outputs: { was: w, now: grown } }
    }, store)
    const outputs = step({ x: tf.scalar(1) })
    expect(tensorOf(outputs, 'was').dataSync()[0]).toBe(3)
    expect(tensorOf(outputs, 'now').dataSync()[0]).toBe(7)
    expect(store.tensors['w']?.dataSync()[0]).toBe(7)
    expect(store.tensors['untouched']?.dataSync()[0]).toBe(9)
    expect(tf.memory().numTensors - before).toBe(4)
    tf.dispose(outputs)
    store.dispose()
    expect(tf.memory().numTensors).toBe(before)
  })

  it('refuses to update what is not in its state', () => {
    const store = createStateStore({ w: tf.scalar(1) })
    const step = compileStep(() => ({ state: { v: tf.scalar(0) }, outputs: {} }), store)
    expect(() => step({})).toThrow('no tensor "v" among: w')
    store.dispose()
  })
})

describe('lossGradients', () => {
  beforeAll(useJavascriptBackend)

  it('gives loss, gradients and side results, and leaves nothing behind', () => {
    const before = tf.memory().numTensors
    tf.tidy(() => {
      const { loss, aux, gradients } = lossGradients({ a: tf.tensor1d([1, 2]), b: tf.scalar(3) }, ({ a, b }) => {
        const product = tf.mul(a!, b!)
        return { loss: tf.sum(tf.square(product)), aux: { product } }
      })
      expect(loss.dataSync()[0]).toBe(45)
      expect([...tensorOf(aux, 'product').dataSync()]).toEqual([3, 6])
      expect([...tensorOf(gradients, 'a').dataSync()]).toEqual([18, 36])
      expect(tensorOf(gradients, 'b').dataSync()[0]).toBe(30)
    })
    expect(tf.memory().numTensors).toBe(before)
  })
})
