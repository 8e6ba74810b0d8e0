/**
 * A recorded step as a graph whose state stays in variables of its session from step to step: nothing of it crosses
 * between JavaScript and TensorFlow, and optimizers change weights in place.
 */
import type { NamedNode, RecordedStep } from './record-step.js'
import type { GraphNode } from './saved-model.js'

export interface VariableGraph {
  readonly nodes: readonly GraphNode[]
  /** Feeds by which the variables get their values, in the order of `fedState` and then `captured`. */
  readonly given: readonly string[]
  /** To be fetched with those feeds. */
  readonly allGiven: string
  /** To be fetched with the outputs of a step, so that its changes are made. */
  readonly allChanged: string
  /** Entries of the state that a step changes, and where each is read. */
  readonly changed: readonly NamedNode[]
  /** Native operations of one step. */
  readonly operations: number
}

/** TensorFlow's number of the data type. */
const INT32 = 3

/** Nodes that hand values in and out of a graph. */
const PASSING = new Set(['Placeholder', 'Const', 'Identity', 'VarHandleOp', 'ReadVariableOp'])

/** @param step with its nodes as they are to be run */
export function inVariables(step: Omit<RecordedStep, 'fedInputs' | 'ranks'>): VariableGraph {
  const { fedState, captured, newState, outputs, updates } = step
  const nodes = new Map<string, GraphNode>(step.nodes.map((node) => [node.name, node]))
  const add = (name: string, op: string, inputs: readonly string[], attributes: GraphNode['attributes']): void => {
    nodes.set(name, { name, op, inputs, attributes })
  }
  const typeOf = (variable: string): GraphNode['attributes'] => ({ dtype: nodes.get(variable)!.attributes['dtype']! })
  /** A constant that is there once all of these nodes have run. */
  const addSignal = (name: string, after: readonly string[]): string => {
    const value = { kind: 'tensor', type: INT32, shape: [], bytes: new Uint8Array(4) } as const
    const inputs = after.map((each) => `^${each}`)
    add(name, 'Const', inputs, { dtype: { kind: 'type', value: INT32 }, value })
    return `${name}:0`
  }

  const variables = [...fedState, ...captured].map(({ node }) => node)
  for (const name of variables) {
    const { attributes } = nodes.get(name)!
    add(handleOf(name), 'VarHandleOp', [], { ...attributes, shared_name: { kind: 'text', value: name } })
    add(`${name}_given`, 'Placeholder', [], attributes)
    add(`${name}_start`, 'AssignVariableOp', [`${handleOf(name)}:0`, `${name}_given:0`], typeOf(name))
    add(name, 'ReadVariableOp', [`${handleOf(name)}:0`], typeOf(name))
  }
  const starts = variables.map((name) => `${name}_start`)

  const entryNodes = new Map(fedState.map(({ name, node }) => [name, node]))
  const entries = newState.map(({ name, node }) => ({ entry: entryNodes.get(name)!, node }))
  const newValueOf = new Map(entries.map(({ entry, node }) => [entry, nodes.get(node)!.inputs[0]!]))
  const changes = new Map<string, string>()
  /** Values that are made in place, and where they are read afterwards. */
  const readAgain = new Map<string, string>()
  for (const { node, results } of updates) {
    const { inputs, attributes, op } = nodes.get(node)!
    nodes.delete(node)
    const changed = inputs.slice(0, results.length).map((source) => source.replace(/:0$/, ''))
    // In place only where each result is what becomes of the entry that it is made of.
    if (!changed.every((entry, index) => newValueOf.get(entry) === results[index])) continue
    const handles = changed.map((entry) => `${handleOf(entry)}:0`)
    add(node, op, [...handles, ...inputs.slice(results.length)], attributes)
    for (const [index, entry] of changed.entries()) {
      changes.set(entry, node)
      add(`${entry}_changed`, 'ReadVariableOp', [handles[index]!, `^${node}`], typeOf(entry))
      readAgain.set(results[index]!, `${entry}_changed:0`)
    }
  }
  for (const { entry, node } of entries) {
    if (changes.has(entry)) continue
    changes.set(entry, `${entry}_kept`)
    add(`${entry}_kept`, 'AssignVariableOp', [`${handleOf(entry)}:0`, `${node}:0`], typeOf(entry))
  }
  for (const [name, node] of nodes) {
    nodes.set(name, { ...node, inputs: node.inputs.map((source) => readAgain.get(source) ?? source) })
  }

  const done = [...new Set(changes.values())]
  const run = neededFor([...outputs.map(({ node }) => node), ...done], nodes)
  // What is wanted of an old value is read before that is changed.
  for (const [entry, change] of changes) {
    const node = nodes.get(change)!
    if (run.has(entry)) nodes.set(change, { ...node, inputs: [...node.inputs, `^${entry}`] })
  }
  const allGiven = addSignal('all_given', starts)
  const allChanged = addSignal('all_changed', done)
  return {
    nodes: [...nodes.values()],
    given: variables.map((name) => `${name}_given:0`),
    allGiven,
    allChanged,
    changed: newState.map(({ name }) => ({ name, node: entryNodes.get(name)! })),
    operations: [...run].filter((name) => !PASSING.has(nodes.get(name)!.op)).length,
  }
}

/** These nodes and all that they rest on. */
function neededFor(wanted: readonly string[], nodes: ReadonlyMap<string, GraphNode>): Set<string> {
  const needed = new Set<string>()
  const open = [...wanted]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (needed.has(name)) continue
    needed.add(name)
    open.push(...nodes.get(name)!.inputs.map(nodeOf))
  }
  return needed
}

/** `n3` of `n3:1` and of `^n3`. */
function nodeOf(source: string): string {
  return source.replace(/^\^|:\d+$/g, '')
}

function handleOf(node: string): string {
  return `${node}_variable`
}
