import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { loadBackend } from '../../src-main/engine/backend.js'
import { adam, sgd, type Optimizer } from '../../src-main/lab/compute/optimizers.js'
import {
  compileProgram,
  compileStep,
  createStateStore,
  interpretStep,
  runOn,
  type Step,
} from '../../src-main/lab/compute/step.js'
import { cloneTensors, disposeTensors, tensorOf, under, type TensorMap } from '../../src-main/lab/compute/tensor-map.js'
import { batchNormTrain, softmaxCrossEntropy } from '../../src-main/lab/kernels/index.js'
import { initialWeights } from '../../src-main/lab/nn/network.js'
import { createRandomStreams } from '../../src-main/lab/random/streams.js'
import { tf, type Tensor, type Tensor1D, type Tensor2D, type Tensor4D } from '../../src-main/lab/tf.js'
import { classifierState, classifierStep } from '../../src-main/lab/training/classifier-step.js'
import { stampPatches } from '../../src-main/lab/trigger-recovery/stamp.js'
import { fill, fillInts, pixels } from '../golden/fill.js'
import { tiny, tinyNetwork } from '../golden/cases/steps.js'
import { installationFile, noNativeEngine } from '../helpers/native.js'

/** One input `x`, images of 4 x 6 x 6 x 3; the outputs are compared between the step as a graph and op by op. */
const operations: Record<string, (x: Tensor4D) => Tensor> = {
  'arithmetic and broadcasting': (x) => tf.div(tf.sub(tf.mul(x, 3), tf.tensor1d([0.1, 0.2, 0.3])), tf.add(x, 0.5)),
  'minimum, maximum, sign, step': (x) =>
    tf.add(tf.minimum(x, 0.4), tf.mul(tf.maximum(x, 0.6), tf.sign(tf.sub(x, 0.5)))),
  'exp, log, square, sqrt, rsqrt': (x) =>
    tf.add(tf.log(tf.exp(x)), tf.mul(tf.sqrt(x), tf.rsqrt(tf.square(tf.add(x, 1))))),
  'sigmoid, tanh, leaky ReLU, ReLU6': (x) =>
    tf.add(tf.sigmoid(x), tf.add(tf.tanh(x), tf.add(tf.leakyRelu(tf.sub(x, 0.5), 0.2), tf.relu6(tf.mul(x, 9))))),
  'sums, means, extremes over axes': (x) =>
    tf.concat([tf.sum(x, [1, 2]), tf.mean(x, [1, 2]), tf.max(x, [1, 2]), tf.min(x, [1, 2])], 1),
  'expandDims, squeeze, reshape, transpose': (x) =>
    tf.transpose(tf.squeeze(tf.expandDims(tf.reshape(x, [4, 36, 3]), 1), [1]), [2, 0, 1]),
  'slice, stridedSlice, split, stack, tile': (x) => {
    const [left, right] = tf.split(x, 2, 2)
    const part = tf.stridedSlice(x, [0, 0, 0, 0], [4, 6, 6, 3], [1, 2, 2, 1])
    return tf.concat([tf.reshape(tf.stack([left!, right!]), [-1]), tf.reshape(tf.tile(part, [1, 1, 1, 2]), [-1])])
  },
  'pad, reverse, gather': (x) =>
    tf.gather(
      tf.reverse(
        tf.pad(x, [
          [0, 0],
          [1, 2],
          [0, 1],
          [0, 0],
        ]),
        2,
      ),
      tf.tensor1d([3, 0], 'int32'),
      0,
    ),
  'comparison and choice': (x) => tf.where(tf.greater(x, 0.5), x, tf.mul(x, -1)),
  'logic on booleans': (x) =>
    tf.logicalAnd(tf.greater(x, 0.2), tf.logicalNot(tf.logicalOr(tf.less(x, 0.4), tf.greaterEqual(x, 0.9)))).toFloat(),
  'argMax and oneHot': (x) => tf.oneHot(tf.argMax(tf.mean(x, [1, 2]), 1), 3).toFloat(),
  'softmax and logSoftmax': (x) => tf.add(tf.softmax(tf.mean(x, [1, 2])), tf.logSoftmax(tf.mean(x, [1, 2]))),
  'matMul, transposed and batched': (x) => tf.matMul(tf.reshape(x, [4, 36, 3]), tf.reshape(x, [4, 36, 3]), true, false),
  'conv2d with stride': (x) => tf.conv2d(x, fill<Tensor4D>('filter', [3, 3, 3, 5]), 2, 'valid'),
  'conv2d behind which the gradient is scaled by channel': (x) =>
    tf.mul(tf.conv2d(x, fill<Tensor4D>('filter', [3, 3, 3, 5]), 1, 'same'), tf.tensor1d([1, 2, 3, 4, 5])),
  'depthwise conv2d': (x) => tf.depthwiseConv2d(x, fill<Tensor4D>('depthwise', [3, 3, 3, 1]), 1, 'same'),
  'max and average pooling': (x) => tf.concat([tf.maxPool(x, 2, 2, 'valid'), tf.avgPool(x, 2, 2, 'valid')], 3),
  'batch normalisation': (x) =>
    tf.add(...(Object.values(batchNormTrain(x, tf.ones([3]), tf.zeros([3]), 1e-5)).slice(0, 2) as [Tensor, Tensor])),
  'cross-entropy': (x) => softmaxCrossEntropy(tf.mean(x, [1, 2]) as Tensor2D, tf.tensor1d([2, 0, 1, 1], 'int32')),
  stamping: (x) => stampPatches(x, pixels('patch', [4, 2, 2, 3]), fillInts('rows', 4, 5), fillInts('columns', 4, 5)),
}

/** Heap and allocator move by some megabytes. */
const GROWTH_MB = 100

/** tfjs has no gradient of strided slices and comparisons. */
const differentiable = Object.entries(operations).filter(([name]) => !/logic|argMax|stridedSlice|comparison/.test(name))

function runBothWays(step: Step, inputs: () => TensorMap): { graph: Float32Array[]; plain: Float32Array[] } {
  const read = (outputs: TensorMap): Float32Array[] => {
    const values = Object.values(outputs).map((tensor) => Float32Array.from(tensor.dataSync()))
    disposeTensors(outputs)
    return values
  }
  const store = createStateStore({})
  const graph = read(compileStep(step, store)(inputs()))
  store.dispose()
  const given = inputs()
  const plain = read(interpretStep(step).run({}, given).outputs)
  disposeTensors(given)
  return { graph, plain }
}

function expectClose(actual: readonly Float32Array[], expected: readonly Float32Array[], tolerance = 1e-6): void {
  expect(actual.map(({ length }) => length)).toEqual(expected.map(({ length }) => length))
  expected.forEach((values, which) => {
    const scale = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-3)
    values.forEach((value, at) => expect(Math.abs(actual[which]![at]! - value) / scale).toBeLessThan(tolerance))
  })
}

describe.skipIf(noNativeEngine !== null)(
  `steps as native graphs${noNativeEngine ? ` (skipped: ${noNativeEngine})` : ''}`,
  () => {
    let before = { tensors: 0, buffers: 0 }
    // Other programs, and those that were killed, leave such folders in the common one.
    const temporary = mkdtempSync(join(tmpdir(), 'unbackdoor-test-'))
    beforeAll(async () => {
      vi.stubEnv('TMPDIR', temporary)
      expect((await loadBackend(installationFile)).backend).toBe('tensorflow')
    })
    beforeEach(() => {
      const { numTensors, numDataBuffers } = tf.memory()
      before = { tensors: numTensors, buffers: numDataBuffers }
    })
    afterEach(() => {
      const { numTensors, numDataBuffers } = tf.memory()
      expect({ tensors: numTensors, buffers: numDataBuffers }).toEqual(before)
      expect(readdirSync(temporary)).toEqual([])
    })
    afterAll(() => {
      vi.unstubAllEnvs()
      rmSync(temporary, { recursive: true })
    })

    it.each(Object.entries(operations))('%s: as op by op', (_name, compute) => {
      const step: Step = (_state, { x }) => ({ state: {}, outputs: { y: compute(x as Tensor4D) } })
      const { graph, plain } = runBothWays(step, () => ({ x: pixels('x', [4, 6, 6, 3]) }))
      expectClose(graph, plain)
    })

    it.each(differentiable)('%s: the same gradient', (_name, compute) => {
      const gradient = tf.grad((x) => tf.sum(tf.square(compute(x as Tensor4D))))
      const step: Step = (_state, { x }) => ({ state: {}, outputs: { dx: gradient(x!) } })
      const { graph, plain } = runBothWays(step, () => ({ x: pixels('x', [4, 6, 6, 3]) }))
      expectClose(graph, plain, 1e-5)
    })

    it('keeps apart entries of the state and captured tensors that share their data when it is recorded', () => {
      const start = fill('start', [3])
      const step: Step = ({ moving, anchor }, { by }) => ({
        state: { moving: tf.add(moving!, by!) },
        outputs: { fromAnchor: tf.sub(moving!, anchor!), fromStart: tf.sub(moving!, start) },
      })
      const store = createStateStore({ moving: tf.clone(start), anchor: tf.clone(start) })
      const run = compileStep(step, store)
      disposeTensors(run({ by: tf.scalar(1) }))
      const { fromAnchor, fromStart } = run({ by: tf.scalar(1) })
      for (const moved of [fromAnchor!, fromStart!]) {
        expect(moved.dataSync().every((value) => Math.abs(value - 1) < 1e-6)).toBe(true)
      }
      tf.dispose([fromAnchor!, fromStart!, start])
      store.dispose()
    })

    const { height, width, channels } = tiny.shape
    const optimizer = sgd({ momentum: 0.9, weightDecay: 0.001, nesterov: true })
    const startState = (by: Optimizer = optimizer): TensorMap =>
      classifierState(tinyNetwork, initialWeights(tinyNetwork, createRandomStreams(1).stream('weights')), by)
    const batch = (count: number, turn: number): TensorMap => ({
      images: pixels(`images ${turn}`, [count, height, width, channels]),
      labels: fillInts(`labels ${turn}`, count, 4) as Tensor1D,
      learningRate: tf.scalar(0.1 / (1 + turn)),
    })

    const optimizers: Record<string, Optimizer> = {
      'SGD with Nesterov': optimizer,
      'SGD with momentum': sgd({ momentum: 0.9, weightDecay: 0 }),
      // So large an epsilon that gradients of mere rounding, which Adam would blow up, move nothing.
      Adam: adam({ beta1: 0.5, beta2: 0.999, epsilon: 0.01, weightDecay: 0.001 }),
    }

    it.each(Object.entries(optimizers))('%s: trains as op by op, through full and partial batches', (_name, by) => {
      const sizes = [8, 8, 3, 8, 3]
      const graphs = createStateStore(startState(by))
      const compiled = compileStep(classifierStep(tinyNetwork, by), graphs)
      const plain = createStateStore(startState(by))
      const interpreted = interpretStep(classifierStep(tinyNetwork, by))
      sizes.forEach((size, turn) => {
        const outputs = compiled(batch(size, turn))
        const inputs = batch(size, turn)
        const expected = interpreted.run(plain.tensors, inputs)
        plain.update(expected.state)
        expectClose(
          [outputs['loss']!.dataSync() as Float32Array],
          [expected.outputs['loss']!.dataSync() as Float32Array],
          1e-5,
        )
        disposeTensors({ ...inputs, ...outputs })
        disposeTensors(expected.outputs)
      })
      const values = ({ tensors }: { tensors: TensorMap }): Float32Array[] =>
        Object.keys(tensors)
          .toSorted()
          .map((name) => tensorOf(tensors, name).dataSync() as Float32Array)
      expectClose(values(graphs), values(plain), 1e-4)
      graphs.dispose()
      plain.dispose()
    })

    it('trains in bfloat16 nearly as in float32, which its state and outputs stay in', () => {
      const step = classifierStep(tinyNetwork, optimizer)
      const train = (precision: 'float32' | 'bfloat16'): { losses: Float32Array; weights: number[] } => {
        const store = createStateStore(startState())
        const run = compileStep(step, store, precision)
        const losses = [8, 3, 8, 8].map((size, turn) => {
          const outputs = run(batch(size, turn))
          const loss = outputs['loss']!.dataSync()[0]!
          disposeTensors(outputs)
          return loss
        })
        expect(Object.values(store.tensors).every(({ dtype }) => dtype === 'float32')).toBe(true)
        const weights = Object.values(under('weights', store.tensors)).flatMap((tensor) => [...tensor.dataSync()])
        store.dispose()
        return { losses: Float32Array.from(losses), weights }
      }
      const [wide, narrow] = [train('float32'), train('bfloat16')]
      expectClose([narrow.losses], [wide.losses], 0.02)
      // Of all together: what vanishes, such as the gradient of a bias before batch normalisation, is rounding alone.
      const apart = Math.hypot(...narrow.weights.map((value, at) => value - wide.weights[at]!))
      expect(apart / Math.hypot(...wide.weights)).toBeLessThan(0.02)
      expect(narrow).not.toEqual(wide)
      expect(train('bfloat16')).toEqual(narrow)
    })

    it('goes on to the last bit from a state that was read and put back', () => {
      const run = (restartAt: number | null): Float32Array[] => {
        let store = createStateStore(startState())
        let step = compileStep(classifierStep(tinyNetwork, optimizer), store)
        for (let turn = 0; turn < 6; turn++) {
          if (turn === restartAt) {
            const kept = Object.entries(store.tensors).map(
              ([name, tensor]) => [name, tensor.dataSync(), tensor.shape] as const,
            )
            store.dispose()
            store = createStateStore(
              Object.fromEntries(kept.map(([name, values, shape]) => [name, tf.tensor(values, shape)])),
            )
            step = compileStep(classifierStep(tinyNetwork, optimizer), store)
          }
          disposeTensors(step(batch(turn % 3 === 2 ? 3 : 8, turn)))
        }
        const values = Object.keys(store.tensors)
          .toSorted()
          .map((name) => Float32Array.from(tensorOf(store.tensors, name).dataSync()))
        store.dispose()
        return values
      }
      expect(run(4)).toEqual(run(null))
    })

    it('keeps apart two stores that take turns, and what was read of them before', () => {
      const program = compileProgram((state, { by }) => ({ state: { w: tf.add(state['w']!, by!) }, outputs: {} }))
      const stores = [1, 100].map((start) => createStateStore({ w: tf.scalar(start) }))
      const [first, second] = stores.map((store) => runOn(program, store))
      const before = tf.clone(stores[0]!.tensors['w']!)
      for (const step of [first!, first!, second!, first!, second!]) step({ by: tf.scalar(1) })
      stores[1]!.update({ w: tf.scalar(50) })
      second!({ by: tf.scalar(1) })
      expect([before, ...stores.map(({ tensors }) => tensors['w']!)].map((w) => w.dataSync()[0])).toEqual([1, 4, 51])
      before.dispose()
      for (const store of stores) store.dispose()
      program.dispose()
    })

    it('hands back inputs and state as they are, and one value under two names', () => {
      const store = createStateStore({ w: tf.scalar(3) })
      const step = compileStep((state, inputs) => {
        const grown = tf.add(tf.mul(state['w']!, 2), inputs['x']!)
        return { state: { w: grown }, outputs: { was: state['w']!, given: inputs['x']!, now: grown, same: grown } }
      }, store)
      for (const expected of [
        [3, 1, 7, 7],
        [7, 1, 15, 15],
      ]) {
        const outputs = step({ x: tf.scalar(1) })
        expect(['was', 'given', 'now', 'same'].map((name) => outputs[name]!.dataSync()[0])).toEqual(expected)
        disposeTensors(outputs)
      }
      store.dispose()
    })

    it('keeps what a step uses from outside for as long as it runs', () => {
      const frozen = tf.tensor1d([2, 4])
      tf.square(frozen).dispose()
      const store = createStateStore({})
      const step = compileStep((_state, inputs) => ({ state: {}, outputs: { y: tf.mul(inputs['x']!, frozen) } }), store)
      disposeTensors(step({ x: tf.scalar(1) }))
      frozen.dispose()
      const outputs = step({ x: tf.scalar(10) })
      expect([...outputs['y']!.dataSync()]).toEqual([20, 40])
      disposeTensors(outputs)
      store.dispose()
    })

    it('refuses a step that reads a value back, and goes on working', () => {
      const store = createStateStore({})
      const reading = compileStep((_state, inputs) => {
        const sum = tf.sum(inputs['x']!)
        return { state: {}, outputs: { y: sum.dataSync()[0]! > 0 ? sum : tf.neg(sum) } }
      }, store)
      const x = tf.tensor1d([1, 2])
      expect(() => reading({ x })).toThrow('must not read values back')
      x.dispose()
      store.dispose()
      expect(tf.tidy(() => tf.sum(tf.tensor1d([1, 2])).dataSync()[0])).toBe(3)
    })

    it('refuses a step that makes large data of its own', () => {
      const store = createStateStore({})
      const step = compileStep(
        (_state, { x }) => ({ state: {}, outputs: { y: tf.add(x!, tf.tensor1d(new Float32Array(1 << 19))) } }),
        store,
      )
      const x = tf.scalar(1)
      expect(() => step({ x })).toThrow('has to be an input or an entry of the state')
      x.dispose()
      store.dispose()
    })

    it('does not grow over a thousand steps', () => {
      const store = createStateStore(startState())
      const step = compileStep(classifierStep(tinyNetwork, optimizer), store)
      const given = batch(64, 0)
      const turns = (count: number): void => {
        for (let turn = 0; turn < count; turn++) disposeTensors(step(cloneTensors(given)))
      }
      turns(100)
      const { numTensors, numDataBuffers } = tf.memory()
      const resident = process.memoryUsage().rss
      turns(1000)
      expect([tf.memory().numTensors, tf.memory().numDataBuffers]).toEqual([numTensors, numDataBuffers])
      // What TensorFlow holds is not among tfjs's tensors: a thousand times the activations of one batch are far more.
      expect((process.memoryUsage().rss - resident) / 2 ** 20).toBeLessThan(GROWTH_MB)
      disposeTensors(given)
      store.dispose()
    })
  },
)
