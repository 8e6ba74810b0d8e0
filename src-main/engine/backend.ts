import { availableParallelism } from 'node:os'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import util from 'node:util'
import type { EngineInfo } from '../../src-shared/model/engine-info.js'
import { registerBfloat16 } from '../lab/compute/precision.js'
import { registerLabKernels } from '../lab/kernels/index.js'
import { tf } from '../lab/tf.js'
import { EngineInstallation } from '../engine-contract/index.js'
import { processorGainsFromBfloat16 } from './bfloat16-gain.js'
import { registerGraphCompiler } from './graph/compile-step.js'
import { registerNativeKernels } from './kernels/index.js'
import { NATIVE_BACKEND, type NativeBackend } from './kernels/native.js'

const JAVASCRIPT_BACKEND = 'cpu'

/** Makes a backend current, the native one where it is installed and loads, and registers the kernels for it. */
export async function loadBackend(installationFile: string): Promise<EngineInfo> {
  // Also leaves out tfjs's argument checks for debugging and its advice to install the native backend.
  tf.enableProdMode()
  registerLabKernels()
  const installation = await readInstallation(installationFile)
  const failure = installation.variant === 'js' ? installation.reason : await loadNative(installation.addon)
  if (failure !== null) {
    await tf.setBackend(JAVASCRIPT_BACKEND)
    return {
      backend: 'javascript',
      variant: 'js',
      tensorflowVersion: null,
      libraryFolder: null,
      devices: ['CPU'],
      threads: 1,
      reason: failure,
    }
  }
  await tf.setBackend(NATIVE_BACKEND)
  const native = tf.backend() as unknown as NativeBackend
  // On a GPU it has not been measured.
  registerBfloat16(NATIVE_BACKEND, !native.isUsingGpuDevice && (await processorGainsFromBfloat16()))
  const threads = Number(process.env['TF_NUM_INTRAOP_THREADS']) || availableParallelism()
  return {
    backend: 'tensorflow',
    variant: native.isUsingGpuDevice ? 'gpu' : 'cpu',
    tensorflowVersion: native.binding.TF_Version,
    libraryFolder: installation.libraryFolder,
    devices: native.isUsingGpuDevice ? ['GPU', 'CPU'] : ['CPU'],
    threads,
    reason: installation.reason,
  }
}

async function readInstallation(file: string): Promise<EngineInstallation> {
  try {
    return EngineInstallation.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (error) {
    const reason = `the record of the installed engine (${file}) cannot be read: ${messageOf(error)}`
    return { variant: 'js', tensorflowVersion: null, libraryFolder: null, addon: null, reason }
  }
}

/** Null when it worked, else why not, for people. */
async function loadNative(addon: string | null): Promise<string | null> {
  // tfjs-node calls two functions that newer Node versions removed or warn about.
  Object.assign(util, {
    isArray: Array.isArray,
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
  })
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2'
  process.env['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true'
  try {
    if (addon !== null) useAddon(addon)
    await import('@tensorflow/tfjs-node-gpu')
    registerNativeKernels()
    registerGraphCompiler()
    return null
  } catch (error) {
    return `the native engine is installed but did not load: ${messageOf(error)}`
  }
}

/**
 * The package looks for its binding inside of itself, by way of node-pre-gyp. A packaged program cannot be written to, so
 * its binding lies elsewhere.
 */
function useAddon(path: string): void {
  const own = createRequire(import.meta.url)
  const ofPackage = createRequire(own.resolve('@tensorflow/tfjs-node-gpu/package.json'))
  const finder = ofPackage.resolve('@mapbox/node-pre-gyp')
  const found = ofPackage(finder) as object
  // Only as this package sees it, and because its own cannot be set.
  ofPackage.cache[finder]!.exports = Object.create(found, { find: { value: () => path } })
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
