// Run in a process of its own, since a library that does not fit the machine may take the process down with it.
// Usage: node smoke.mjs <root of the clone>; prints {"version": ..., "gpu": ...}.

import { createRequire } from 'node:module'
import { join } from 'node:path'

const requireFromClone = createRequire(join(process.argv[2] ?? '.', 'package.json'))

// The binding's JavaScript side calls two functions that Node 23 removed.
const util = requireFromClone('node:util')
util.isNullOrUndefined ??= (/** @type {unknown} */ value) => value === null || value === undefined
util.isArray ??= Array.isArray

const tf = requireFromClone('@tensorflow/tfjs-node-gpu')
const product = tf.matMul(tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor2d([5, 6, 7, 8], [2, 2]))
const values = [...product.dataSync()].join()
if (values !== '19,22,43,50') throw new Error(`a product of two matrices came out as ${values}`)

const backend = tf.backend()
process.stdout.write(JSON.stringify({ version: backend.binding.TF_Version, gpu: Boolean(backend.isUsingGpuDevice) }))
