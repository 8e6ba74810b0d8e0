/** Which architecture a file of weights is of, by the names and shapes of its tensors alone. */
import { fieldErrors } from '../../../../src-shared/contract/field-errors.js'
import { MAX_CLASSES } from '../../../../src-shared/model/dataset.js'
import type { PluginChoice } from '../../../../src-shared/model/experiment.js'
import { JsonObject } from '../../../../src-shared/model/json.js'
import type { DatasetInfo, ModelDefinition } from '../../../lab/define.js'
import { models } from '../../../lab/models/index.js'
import type { Network } from '../../../lab/nn/network.js'
import { fromPytorchLayout, pytorchShape } from '../../../../src-shared/weights/pytorch-layout.js'
import type { StoredTensor } from '../../../../src-shared/weights/safetensors.js'
import { badFile } from '../bad-file.js'
import type { FileTensor } from './file-tensor.js'
import type { NamedTensors } from './state-dict.js'

export interface Recognised {
  readonly model: PluginChoice
  readonly classes: number
  readonly channels: 1 | 3
  /** Every weight of the network in the laboratory's layout. Throws where one holds what is no number. */
  weights(): Record<string, StoredTensor>
}

/** How many differences a message tells one by one. */
const TOLD = 3
/** Architectures do not depend on the size of the images here. */
const ANY_SIDE = 32

/**
 * The architecture whose weights these are, all of them and no others. `wanted` leaves only that one. Throws
 * `invalid-input` that names the tensors in which the nearest one differs.
 */
export function recognise(tensors: NamedTensors, file: string, wanted: string | null): Recognised {
  const named = byPlainName(tensors, file)
  const candidates = wanted === null ? models.all : [models.get(wanted, 'architecture')]
  const tried = candidates.map((definition) => tryArchitecture(definition, named, file)).filter((each) => each !== null)
  const nearest = tried.toSorted((a, b) => a.differences.length - b.differences.length)[0]
  if (nearest === undefined) {
    const [some] = tensors.keys()
    throw badFile(
      file,
      `the weights are those of no architecture that is known (${candidates.map(({ id }) => id).join(', ')}); the first ` +
        `tensor is ${some === undefined ? 'missing' : JSON.stringify(some)}`,
    )
  }
  const { differences, model } = nearest
  if (differences.length > 0) {
    const more = differences.length > TOLD ? `; and ${differences.length - TOLD} more` : ''
    const params = Object.entries(model.params).map(([name, value]) => `${name} ${String(value)}`)
    throw badFile(
      file,
      `the weights fit no architecture that is known; the nearest is ${[model.id, ...params].join(', ')}, and there ` +
        `${differences.slice(0, TOLD).join('; ')}${more}`,
    )
  }
  return nearest
}

interface Named {
  /** As the file calls it. */
  readonly name: string
  readonly tensor: FileTensor
}

interface Tried extends Recognised {
  readonly differences: readonly string[]
}

/** Null where not even the first and the last layer are there. */
function tryArchitecture(definition: ModelDefinition, named: ReadonlyMap<string, Named>, file: string): Tried | null {
  const sketch = definition.build(definition.params.parse({}), dataOf(3, 2))
  const [firstWeight] = sketch.parameters
  const first = named.get(plainName(firstWeight!.name))
  const last = named.get(plainName(`${sketch.classifierLayer}.weight`))
  if (first?.tensor.shape.length !== 4 || last?.tensor.shape.length !== 2) return null
  const [width, channels, size] = first.tensor.shape as [number, number, number, number]
  const [classes] = last.tensor.shape as [number, number]
  const parsed = definition.params.safeParse(definition.paramsFor({ kernel: size, width }))
  const params = parsed.success ? parsed.data : definition.params.parse({})
  const isUsable = (channels === 1 || channels === 3) && classes >= 2 && classes <= MAX_CLASSES
  const network = definition.build(params, dataOf(isUsable ? channels : 3, isUsable ? classes : 2))
  const differences = [
    ...(parsed.success ? [] : fieldErrors(parsed.error, {}).map(({ path, message }) => `${path} ${message}`)),
    ...(isUsable ? [] : [`there are ${channels} channels of images (1 or 3 are known) and ${classes} classes`]),
    ...differencesOf(network, named),
  ]
  return {
    model: { id: definition.id, params: JsonObject.parse(params) },
    classes,
    channels: channels === 1 ? 1 : 3,
    differences,
    weights: () => convert(network, named, file),
  }
}

function differencesOf({ parameters }: Network, named: ReadonlyMap<string, Named>): string[] {
  const wrong = parameters.flatMap(({ name, shape }) => {
    const found = named.get(plainName(name))
    const expected = `[${pytorchShape(shape).join(', ')}]`
    if (found === undefined) return [`the tensor "${name}" of shape ${expected} is missing`]
    if (found.tensor.shape.join() === pytorchShape(shape).join()) return []
    return [`"${found.name}" has the shape [${found.tensor.shape.join(', ')}] instead of ${expected}`]
  })
  const needed = new Set(parameters.map(({ name }) => plainName(name)))
  const extra = [...named].flatMap(([plain, { name }]) =>
    needed.has(plain) ? [] : [`"${name}" belongs to no layer of it`],
  )
  return [...wrong, ...extra]
}

function convert(
  { parameters }: Network,
  named: ReadonlyMap<string, Named>,
  file: string,
): Record<string, StoredTensor> {
  return Object.fromEntries(
    parameters.map(({ name }) => {
      const { name: theirs, tensor } = named.get(plainName(name))!
      const values = tensor.values()
      const wrong = values.findIndex((value) => !Number.isFinite(value))
      if (wrong !== -1) throw badFile(file, `"${theirs}" holds ${values[wrong]} at position ${wrong}`)
      return [name, fromPytorchLayout({ shape: tensor.shape, values })]
    }),
  )
}

function byPlainName(tensors: NamedTensors, file: string): ReadonlyMap<string, Named> {
  const named = new Map<string, Named>()
  for (const [name, tensor] of tensors) {
    const plain = plainName(name)
    const other = named.get(plain)
    if (other !== undefined) throw badFile(file, `"${other.name}" and "${name}" mean the same layer`)
    named.set(plain, { name, tensor })
  }
  return named
}

/**
 * What different programs call the same layer. TrojanZoo puts the body into "features" and the last layer into
 * "classifier"; the last layer is fc, linear or classifier; a shortcut is called so or downsample.
 */
function plainName(name: string): string {
  return name
    .replace(/^features[.](?=(conv|bn|layer)\d)/, '')
    .replace(/^classifier[.](?=fc[.])/, '')
    .replace(/^(fc|linear|classifier)[.](?=weight$|bias$)/, 'classifier.')
    .replace(/[.]downsample[.]/, '.shortcut.')
}

function dataOf(channels: number, classes: number): DatasetInfo {
  return {
    shape: { height: ANY_SIDE, width: ANY_SIDE, channels },
    classNames: Array.from({ length: classes }, String),
    pixelNormalization: { mean: [0], deviation: [1] },
  }
}
