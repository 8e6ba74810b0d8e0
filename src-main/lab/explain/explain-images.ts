import { AppError } from '../../../src-shared/contract/errors.js'
import { fieldErrors, invalidInput } from '../../../src-shared/contract/field-errors.js'
import type { ExplainedClass } from '../../../src-shared/model/inspection.js'
import { allImages } from '../data/batches.js'
import type { ImageSet } from '../data/image-set.js'
import type { ExplainContext, ExplainerDefinition, ExplainSubject } from '../define.js'
import { answerLogits } from '../evaluation/predict.js'
import type { Classifier, FeatureSpec, Network } from '../nn/network.js'
import { tf, type Tensor4D } from '../tf.js'
import { explainers } from './index.js'

/** How to explain, checked against a network. */
export interface ExplainPlan {
  readonly definition: ExplainerDefinition
  readonly params: unknown
  readonly layer: FeatureSpec | null
  readonly class: ExplainedClass
}

/** What a heatmap is made with, as it was asked for. */
export interface ExplainChoice {
  readonly method: string
  readonly params: unknown
  readonly layer: string | null
  readonly class: ExplainedClass
}

/** Refuses an unknown method, parameter, layer or class in words, with what is allowed. */
export function planExplanation(choice: ExplainChoice, network: Network, classNames: readonly string[]): ExplainPlan {
  const definition = explainers.get(choice.method, 'method')
  const params = definition.params.safeParse(choice.params)
  if (!params.success) throw invalidInput(fieldErrors(params.error, choice.params, ['params']))
  if (typeof choice.class === 'number' && choice.class >= network.classes) {
    const allowed = classNames.map((name, index) => `${index} (${name})`).join(', ')
    throw refused('class', String(choice.class), `is not a class of this network; allowed: ${allowed}`)
  }
  return { definition, params: params.data, layer: chooseLayer(definition, choice.layer, network), class: choice.class }
}

function chooseLayer(
  { looksAt, title }: ExplainerDefinition,
  name: string | null,
  network: Network,
): FeatureSpec | null {
  if (looksAt === 'input') {
    if (name === null) return null
    throw refused('layer', name, `says nothing to ${title}, which looks at the input; leave it out`)
  }
  const maps = network.features.filter(({ kind }) => kind === 'map')
  const found = name === null ? maps.at(-1) : maps.find((feature) => feature.name === name)
  if (found !== undefined) return found
  throw refused(
    'layer',
    name ?? 'nothing',
    `is not a map of this network; there are: ${maps.map((map) => map.name).join(', ')}`,
  )
}

function refused(path: string, value: string, message: string): AppError {
  return new AppError({
    code: 'invalid-input',
    message: `${path}: ${JSON.stringify(value)} ${message}`,
    fields: [{ path, value, message }],
  })
}

export interface Explained {
  /** images x classes. */
  readonly probabilities: Float32Array
  /** The class that each heatmap explains. */
  readonly classes: Uint8Array
  /** images x height x width. */
  readonly heat: Float32Array
}

/**
 * Heatmaps of all images of a set, in one go: choose sets of some dozens.
 * @param wanted the class that the attacker wants for each
 */
export async function explainImages(
  plan: ExplainPlan,
  classifier: Classifier,
  set: ImageSet,
  wanted: Uint8Array,
  context: ExplainContext,
): Promise<Explained> {
  const images = allImages(set)
  try {
    const probabilities = await probabilitiesOf(classifier, images)
    const classes = explainedClasses(plan.class, probabilities, classifier.network.classes, set.labels, wanted)
    const subject: ExplainSubject = { classifier, layer: plan.layer }
    const heat = await plan.definition.explain(plan.params, subject, images, classes, context)
    const values = Float32Array.from(await heat.data())
    heat.dispose()
    return { probabilities, classes, heat: values }
  } finally {
    images.dispose()
  }
}

async function probabilitiesOf({ network, weights }: Classifier, images: Tensor4D): Promise<Float32Array> {
  const probabilities = tf.tidy(() => tf.softmax(answerLogits(network, weights, images)))
  const values = Float32Array.from(await probabilities.data())
  probabilities.dispose()
  return values
}

function explainedClasses(
  asked: ExplainedClass,
  probabilities: Float32Array,
  classes: number,
  labels: Uint8Array,
  wanted: Uint8Array,
): Uint8Array {
  if (asked === 'true') return labels.slice()
  if (asked === 'target') return wanted.slice()
  if (asked !== 'predicted') return new Uint8Array(labels.length).fill(asked)
  return labels.map((_, index) => {
    const row = probabilities.subarray(index * classes, (index + 1) * classes)
    return row.indexOf(Math.max(...row))
  })
}
