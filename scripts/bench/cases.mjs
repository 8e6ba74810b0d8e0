// What is measured. The sides are told `work`: src-main/engine/bench/requests.ts says what it may be.

/**
 * @typedef {object} BenchCase
 * @property {string} id
 * @property {string} title
 * @property {import('../../src-main/engine/bench/requests.js').BenchCase} work
 * @property {string} per what one time is the time of
 * @property {number} perUnit of these, so many are in one unit of the work
 * @property {number} repeats how often it is measured by default
 * @property {'fp32' | 'bf16'} precision
 * @property {number | null} target of our time over PyTorch's; null where none is set
 */

const colours = { height: 32, width: 32, channels: 3 }
const digits = { height: 28, width: 28, channels: 1 }
const batches = [64, 128]
const REPEATS = 7

/** @type {{ model: string, title: string, shape: typeof colours, steps: number, target: number | null, narrowTarget?: number }[]} */
const models = [
  { model: 'small-cnn', title: 'Small CNN', shape: digits, steps: 20, target: 0.8 },
  { model: 'resnet8', title: 'ResNet-8', shape: colours, steps: 5, target: 0.8 },
  { model: 'resnet18', title: 'ResNet-18', shape: colours, steps: 1, target: 0.95, narrowTarget: 1 },
  { model: 'preact-resnet18', title: 'PreAct-ResNet-18', shape: colours, steps: 1, target: null },
  { model: 'vgg16-bn', title: 'VGG-16-BN', shape: colours, steps: 1, target: null },
]

const INFERENCE_TARGET = 1
const RECOVERY_TARGET = 0.6

/** @type {readonly BenchCase[]} */
export const benchCases = [
  ...models.flatMap(({ model, title, shape, steps, target }) =>
    batches.map((batch) => step('train', 'train step', { model, title, shape, steps, target }, batch)),
  ),
  ...models.flatMap(({ model, title, shape, steps, narrowTarget: target = null }) =>
    batches.map((batch) => step('train', 'train step', { model, title, shape, steps, target }, batch, 'bf16')),
  ),
  ...models.flatMap(({ model, title, shape, steps }) =>
    batches.map((batch) => step('infer', 'inference', { model, title, shape, steps, target: INFERENCE_TARGET }, batch)),
  ),
  whole('recovery-epoch', 'Recovery epoch', REPEATS, RECOVERY_TARGET),
  whole('target-search', 'Target search over all classes', 2, RECOVERY_TARGET),
  whole('unlearning-epoch', 'Unlearning epoch', REPEATS, 0.8),
  whole('evaluation', 'Evaluation pass, 1,875 digits', REPEATS, INFERENCE_TARGET),
  whole('experiment', 'The whole default experiment', 1, 0.6),
]

/**
 * @param {'train' | 'infer'} kind
 * @param {string} what
 * @param {(typeof models)[number]} model
 * @param {number} batch
 * @param {'fp32' | 'bf16'} precision
 * @returns {BenchCase}
 */
function step(kind, what, { model, title, shape, steps, target }, batch, precision = 'fp32') {
  const isNarrow = precision === 'bf16'
  return {
    id: `${kind}-${model}-${batch}${isNarrow ? '-bf16' : ''}`,
    title: `${title}, ${what}, batch ${batch}${isNarrow ? ', bf16' : ''}`,
    work: { kind, model, batch, steps, shape, precision: isNarrow ? 'bfloat16' : 'float32' },
    precision,
    per: 'step',
    perUnit: steps,
    repeats: REPEATS,
    target,
  }
}

/**
 * @param {'recovery-epoch' | 'target-search' | 'unlearning-epoch' | 'evaluation' | 'experiment'} kind
 * @param {string} title
 * @param {number} repeats
 * @param {number} target
 * @returns {BenchCase}
 */
function whole(kind, title, repeats, target) {
  return { id: kind, title, work: { kind }, precision: 'fp32', per: 'whole', perUnit: 1, repeats, target }
}
