// The native engine: from nothing, from the cache, and with everything going wrong that does go wrong.

import { existsSync, readFileSync, realpathSync, rmSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type EngineOptions, Workshop, python, until } from './workshop'

const folder = 'cpu-2.18.1-linux-x64'
const whole = ['pip --version', 'pip download', 'unpack', 'compile', 'try']
const again = 'The native engine is tried again at the next start'

let shop: Workshop
let clone: string

beforeEach((context) => {
  if (!python) context.skip('python3 is not installed')
  shop = new Workshop()
  clone = shop.clone()
})

afterEach(() => {
  if (python) shop.remove()
})

const library = () => join(shop.cache, 'engines', folder)
const engine = (options: EngineOptions = {}) => shop.engine(clone, options).ended

describe('from nothing', () => {
  test('downloads, unpacks the needed part, compiles, tries and records', async () => {
    const { code, stdout, stderr } = await engine()
    expect(code, stderr).toBe(0)
    const state = {
      variant: 'cpu',
      tensorflowVersion: '2.18.1',
      libraryFolder: join(library(), 'lib'),
      reason: 'no NVIDIA driver was found',
    }
    expect(JSON.parse(stdout)).toEqual(state)
    expect(shop.state(clone)).toEqual(state)
    expect(shop.log()).toEqual(whole)

    const record = JSON.parse(readFileSync(join(library(), 'engine.json'), 'utf8')) as Record<string, unknown>
    expect(record).toMatchObject({ variant: 'cpu', tensorflowVersion: '2.18.1' })
    expect(record.files).toEqual({
      'include/tensorflow/c/c_api.h': 4,
      'include/tensorflow/core/platform/ctstring.h': 4,
      'include/tsl/a/b.h': 4,
      'include/xla/x.h': 4,
      'lib/libtensorflow.so': 5000,
      'lib/libtensorflow_cc.so.2': 5000,
      'lib/libtensorflow_framework.so': 3000,
      'lib/libtensorflow_framework.so.2': 3000,
      'nvidia/cublas/lib/libcublas.so.12': 6,
    })
    const addon = realpathSync(join(clone, 'node_modules/@tensorflow/tfjs-node-gpu/lib/napi-v8/tfjs_binding.node'))
    expect(addon.startsWith(join(realpathSync(shop.cache), 'addons'))).toBe(true)
    expect(realpathSync(join(addon, '..', '..', '..', 'deps'))).toBe(realpathSync(library()))
    expect(shop.cached('tmp')).toEqual([])
  })

  test('a second call starts no program and says nothing', async () => {
    await engine()
    const { code, stdout, stderr } = await engine()
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toEqual(shop.state(clone))
    expect(shop.log()).toEqual(whole)
  })

  test('a second clone needs neither Python nor a compiler', async () => {
    await engine()
    shop.without('python3', 'g++', 'make')
    const second = shop.clone('second')
    const { code, stderr } = await shop.engine(second).ended
    expect(code, stderr).toBe(0)
    expect(shop.state(second)?.variant).toBe('cpu')
    expect(shop.log()).toEqual([...whole, 'try'])
  })

  test('no path with a blank in it reaches make, wherever clone and cache lie', async () => {
    const cache = join(shop.folder, 'my cache')
    const blank = shop.clone('my clone')
    const { code, stderr } = await shop.engine(blank, { cache }).ended
    expect(code, stderr).toBe(0)
    const site = readFileSync(join(shop.folder, 'sites'), 'utf8').trim()
    expect(site).not.toMatch(/\s/)
    expect(existsSync(site)).toBe(false)
  })

  test('two clones at once download once', async () => {
    shop.pipAnswers('slowly')
    const second = shop.clone('second')
    const [a, b] = await Promise.all([shop.engine(clone).ended, shop.engine(second).ended])
    expect([a.code, b.code], a.stderr + b.stderr).toEqual([0, 0])
    expect(shop.log().filter((line) => line === 'pip download')).toHaveLength(1)
    expect(shop.log().filter((line) => line === 'compile')).toHaveLength(1)
    expect([shop.state(clone)?.variant, shop.state(second)?.variant]).toEqual(['cpu', 'cpu'])
    expect(a.stderr + b.stderr).toMatch(/waiting until process \d+ on .* is done with it/)
  })
})

describe('a bad download', () => {
  test('cut off once: tried once more', async () => {
    shop.pipAnswers('cut-off', 'whole')
    const { code, stderr } = await engine()
    expect(code).toBe(0)
    expect(stderr).toMatch(/is incomplete \(900 bytes arrived\)\. Trying once more/)
    expect(shop.state(clone)?.variant).toBe('cpu')
  })

  test('given up by pip in the middle: tried once more', async () => {
    shop.pipAnswers('broken-off', 'whole')
    await engine()
    expect(shop.state(clone)?.variant).toBe('cpu')
  })

  test('cut off every time: reported, nothing left behind, and better luck at the next start', async () => {
    shop.pipAnswers('cut-off')
    const { code, stderr } = await engine()
    expect(code).toBe(0)
    expect(stderr).toMatch(/WARNING: the cpu engine cannot be had\. The download of .* is incomplete/)
    expect(stderr).toContain(again)
    expect(shop.log()).toEqual(['pip --version', 'pip download', 'pip download'])
    expect([shop.cached('engines'), shop.cached('tmp')]).toEqual([[], []])
    expect(shop.state(clone)).toMatchObject({ variant: 'js', tensorflowVersion: null, libraryFolder: null })
    expect(shop.state(clone)?.reason).toMatch(/is incomplete/)

    shop.pipAnswers('whole')
    await engine()
    expect(shop.state(clone)?.variant).toBe('cpu')
  })

  test('with another sha256: never unpacked', async () => {
    shop.pipAnswers('changed')
    const { stderr } = await engine()
    expect(stderr).toMatch(
      /does not have the content that was checked for this version \(sha256 [0-9a-f]{64}, expected/,
    )
    expect(shop.log()).not.toContain('unpack')
    expect(shop.cached('engines')).toEqual([])
  })

  test('no network: said so, with where to look', async () => {
    shop.pipAnswers('offline')
    const { stderr } = await engine()
    expect(stderr).toMatch(/pip did not reach the package index/)
    expect(stderr).toMatch(/proxy/)
    expect(shop.log()).toEqual(['pip --version', 'pip download'])
    expect(shop.state(clone)?.variant).toBe('js')
  })
})

describe('killed with kill -9', () => {
  test('in the middle of unpacking: nothing usable is left, and the next start recovers', async () => {
    shop.write('hang-while-unpacking', '')
    const victim = shop.engine(clone)
    await until(() => existsSync(join(shop.folder, 'hanging')), 'the unpacking to begin')
    victim.kill('SIGKILL')
    expect((await victim.ended).signal).toBe('SIGKILL')
    process.kill(Number(readFileSync(join(shop.folder, 'hanging'), 'utf8')), 'SIGKILL')
    expect(shop.cached('engines')).toEqual([])
    expect(shop.cached('tmp')).toHaveLength(1)

    rmSync(join(shop.folder, 'hang-while-unpacking'))
    const { code, stderr } = await engine()
    expect(code, stderr).toBe(0)
    expect(shop.state(clone)?.variant).toBe('cpu')
    expect(shop.cached('tmp')).toEqual([])
  })

  test('a terminated start takes its helper with it and leaves nothing', async () => {
    shop.write('hang-while-unpacking', '')
    const victim = shop.engine(clone)
    await until(() => existsSync(join(shop.folder, 'hanging')), 'the unpacking to begin')
    const helper = Number(readFileSync(join(shop.folder, 'hanging'), 'utf8'))
    victim.kill('SIGTERM')
    await victim.ended
    await until(() => !isRunning(helper), 'the helper to end')
    expect(shop.cached('tmp')).toEqual([])
  })
})

describe('something is missing', () => {
  test('no python3: JavaScript, and how to get it', async () => {
    shop.without('python3')
    const { code, stdout, stderr } = await engine()
    expect(code).toBe(0)
    expect(stderr).toMatch(/python3, which fetches and unpacks TensorFlow from PyPI, was not found/)
    expect(stderr).toMatch(
      existsSync('/etc/debian_version') ? 'sudo apt install python3 python3-pip' : 'Install python3',
    )
    expect(stderr).toContain(again)
    expect(JSON.parse(stdout)).toMatchObject({ variant: 'js', reason: expect.stringContaining('python3') as string })
  })

  test('no pip', async () => {
    shop.write('no-pip', '')
    const { stderr } = await engine()
    expect(stderr).toMatch(/pip \(python3 -m pip\), which fetches TensorFlow from PyPI, was not found/)
    expect(shop.state(clone)?.variant).toBe('js')
  })

  test('no compiler: all that is missing in one message, before anything is downloaded', async () => {
    shop.without('g++', 'make')
    const { stderr } = await engine()
    expect(stderr).toMatch(/g\+\+, which .* was not found\. make, which .* was not found/)
    expect(shop.log()).toEqual(['pip --version'])
    expect(shop.state(clone)?.variant).toBe('js')
  })

  test('too little disk space', async () => {
    const { stderr } = await engine({ diskMegabytes: 1e9 })
    expect(stderr).toMatch(/too little disk space in .*: 1000000000 MB are needed, \d+ MB are free/)
    expect(stderr).toContain('UNBACKDOOR_CACHE')
    expect(shop.log()).toEqual(['pip --version'])
  })

  test('a cache folder that cannot be made', async () => {
    shop.write('file', '')
    const { stderr } = await engine({ cache: join(shop.folder, 'file', 'cache') })
    expect(stderr).toMatch(/cache folder .* cannot be written/)
    expect(stderr).toContain('UNBACKDOOR_CACHE')
    expect(shop.state(clone)?.variant).toBe('js')
  })

  test('a library that does not work on this machine', async () => {
    shop.write('broken', '')
    const { stderr } = await engine()
    expect(stderr).toMatch(/does not work here: Error: libstdc\+\+\.so\.6: version `X` not found/)
    expect(shop.state(clone)?.variant).toBe('js')

    rmSync(join(shop.folder, 'broken'))
    await engine()
    expect(shop.state(clone)?.variant).toBe('cpu')
    expect(shop.log().filter((line) => line === 'pip download')).toHaveLength(1)
  })

  test('a cache that lost a part of a file is mended', async () => {
    await engine()
    truncateSync(join(library(), 'lib', 'libtensorflow_framework.so.2'), 100)
    const { code, stderr } = await engine()
    expect(code, stderr).toBe(0)
    expect(readFileSync(join(library(), 'lib', 'libtensorflow_framework.so.2'))).toHaveLength(3000)
    expect(shop.log().filter((line) => line === 'pip download')).toHaveLength(2)
  })
})

describe('the choice', () => {
  test('cpu asked for and not to be had ends with exit code 1', async () => {
    shop.without('g++')
    const { code, stdout, stderr } = await engine({ wanted: 'cpu' })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/The cpu engine was asked for and cannot be had\. g\+\+, which .* was not found/)
    expect(shop.state(clone)).toBeNull()
  })

  test('js asked for starts nothing and does not stick', async () => {
    expect((await engine({ wanted: 'js' })).code).toBe(0)
    expect(shop.state(clone)).toMatchObject({ variant: 'js', reason: 'it was asked for' })
    expect(shop.log()).toEqual([])
    await engine()
    expect(shop.state(clone)?.variant).toBe('cpu')
    await engine({ wanted: 'js' })
    await engine()
    expect(shop.state(clone)?.variant).toBe('cpu')
    expect(shop.log()).toEqual(whole)
  })

  test('with an NVIDIA driver but no room for CUDA: the processor, and why', async () => {
    const { code, stderr } = await engine({ nvidia: true })
    expect(code, stderr).toBe(0)
    expect(stderr).toMatch(/WARNING: the gpu engine cannot be had\. There is too little disk space/)
    expect(shop.state(clone)).toMatchObject({ variant: 'cpu' })
    expect(shop.state(clone)?.reason).toMatch(/^the GPU engine could not be had\. There is too little disk space/)
  })
})

function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}
