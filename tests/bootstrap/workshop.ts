// A clone in miniature in a temporary folder: the real bootstrap, a package registry of one tiny wheel, and programs on
// PATH that can be told to fail the way real ones do. Every program leaves a line in the log when it is started.

import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const scripts = fileURLToPath(new URL('../../scripts', import.meta.url))
const driver = fileURLToPath(new URL('drive-engine.mjs', import.meta.url))

const asked = spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' })
/** The path of the real Python; empty where there is none, and then tests that need it are skipped. */
export const python = asked.status === 0 ? asked.stdout.trim() : ''

export interface Ended {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

export interface State {
  variant: string
  tensorflowVersion: string | null
  libraryFolder: string | null
  reason: string
}

const wheelFile = 'tensorflow_cpu-2.18.1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl'
const makeWheel = `
import io, sys, zipfile
wheel = io.BytesIO()
with zipfile.ZipFile(wheel, 'w', zipfile.ZIP_DEFLATED) as z:
    for name, text in {
        'tensorflow/libtensorflow_cc.so.2': 'c' * 5000,
        'tensorflow/libtensorflow_framework.so.2': 'f' * 3000,
        'tensorflow/libtensorflow_other.so': 'not wanted',
        'tensorflow/include/tensorflow/c/c_api.h': '// c',
        'tensorflow/include/tensorflow/core/platform/ctstring.h': '// s',
        'tensorflow/include/tsl/a/b.h': '// t',
        'tensorflow/include/xla/x.h': '// x',
        'tensorflow/include/google/g.h': 'not wanted',
        'nvidia/cublas/lib/libcublas.so.12': 'cublas',
        'nvidia/cublas/include/cublas.h': 'not wanted',
    }.items():
        z.writestr(name, text)
sys.stdout.buffer.write(wheel.getvalue())
`

const wheel = python ? spawnSync(python, ['-c', makeWheel]).stdout : Buffer.alloc(0)

/** python3: pip is imitated, one line of the file `pip` an answer; all other Python is the real one. */
const fakePython = (folder: string) => `#!/bin/bash
PATH=/usr/bin:/bin
cd ${folder}
case "$1 $2 $3" in
'-m pip --version')
  echo 'pip --version' >> log
  [ ! -e no-pip ] ;;
'-m pip download')
  echo 'pip download' >> log
  echo 'Collecting tensorflow-cpu'
  while [ "$1" != --dest ]; do shift; done
  answer=$(head -n 1 pip); sed -i '2,$!{$!d}' pip
  case "$answer" in
  whole) cp wheel "$2/${wheelFile}" ;;
  slowly) sleep 1; cp wheel "$2/${wheelFile}" ;;
  cut-off) head -c 900 wheel > "$2/${wheelFile}" ;;
  changed) cp changed-wheel "$2/${wheelFile}" ;;
  broken-off) echo 'IncompleteRead: Connection broken' >&2; exit 1 ;;
  offline) echo 'WARNING: Retrying (Retry(total=0)) after connection broken: Name or service not known' >&2
    echo 'ERROR: No matching distribution found for tensorflow-cpu==2.18.1' >&2; exit 1 ;;
  esac ;;
*)
  echo 'unpack' >> log
  if [ -e hang-while-unpacking ]; then
    mkdir -p "$4/lib"; head -c 10 /dev/zero > "$4/lib/libtensorflow_cc.so.2"
    echo $$ > hanging; exec sleep 60
  fi
  exec ${python} "$@" ;;
esac
`

const fakeGyp = (folder: string) => `
const fs = require('node:fs')
fs.appendFileSync(${JSON.stringify(join(folder, 'log'))}, 'compile\\n')
fs.appendFileSync(${JSON.stringify(join(folder, 'sites'))}, process.cwd() + '\\n')
fs.readFileSync('deps/lib/libtensorflow.so')
fs.readFileSync('deps/include/tensorflow/c/c_api.h')
const place = process.argv.find((part) => part.startsWith('-Dmodule_path=')).slice('-Dmodule_path='.length)
fs.mkdirSync(place, { recursive: true })
fs.writeFileSync(place + '/tfjs_binding.node', 'binding')
`

const fakeTensorFlow = (folder: string) => `
const fs = require('node:fs')
fs.appendFileSync(${JSON.stringify(join(folder, 'log'))}, 'try\\n')
const addon = fs.realpathSync(__dirname + '/lib/napi-v8/tfjs_binding.node')
fs.readFileSync(require('node:path').resolve(addon, '../../../deps/lib/libtensorflow.so'))
if (fs.existsSync(${JSON.stringify(join(folder, 'broken'))})) throw new Error('libstdc++.so.6: version \`X\` not found')
module.exports = {
  tensor2d: (values) => values,
  matMul: () => ({ dataSync: () => [19, 22, 43, 50] }),
  backend: () => ({ binding: { TF_Version: '2.18.1' }, isUsingGpuDevice: false }),
}
`

export class Workshop {
  readonly folder: string
  readonly cache: string
  readonly bin: string
  readonly sha256: string

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'unbackdoor-bootstrap-'))
    this.cache = join(this.folder, 'cache')
    this.bin = join(this.folder, 'bin')
    mkdirSync(this.bin)
    writeFileSync(join(this.folder, 'wheel'), wheel)
    this.sha256 = createHash('sha256').update(wheel).digest('hex')
    // A byte of the archive's first file name: still a zip, but not the one whose hash is known.
    writeFileSync(
      join(this.folder, 'changed-wheel'),
      wheel.map((byte, i) => (i === 31 ? byte ^ 1 : byte)),
    )
    this.program('python3', fakePython(this.folder))
    this.program('g++', '#!/bin/sh\n')
    this.program('make', '#!/bin/sh\n')
    this.pipAnswers('whole')
    this.write('log', '')
  }

  /** Text files below the workshop's folder. */
  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true })
    writeFileSync(join(this.folder, path), text)
  }

  program(name: string, text: string): void {
    writeFileSync(join(this.bin, name), text)
    chmodSync(join(this.bin, name), 0o755)
  }

  without(...programs: string[]): void {
    for (const name of programs) rmSync(join(this.bin, name))
  }

  /** The last answer is given for ever. */
  pipAnswers(...answers: ('whole' | 'slowly' | 'cut-off' | 'changed' | 'broken-off' | 'offline')[]): void {
    this.write('pip', `${answers.join('\n')}\n`)
  }

  /** What was started so far, in order. */
  log(): string[] {
    return readFileSync(join(this.folder, 'log'), 'utf8').split('\n').filter(Boolean)
  }

  clone(name = 'clone'): string {
    const root = join(this.folder, name)
    const tfjs = join(name, 'node_modules', '@tensorflow', 'tfjs-node-gpu')
    this.write(join(tfjs, 'package.json'), '{ "version": "4.22.0", "main": "index.js" }')
    this.write(join(tfjs, 'index.js'), fakeTensorFlow(this.folder))
    this.write(join(tfjs, 'binding.gyp'), '{}')
    this.write(join(tfjs, 'binding', 'tfjs_binding.cc'), '')
    this.write(join(name, 'node_modules', 'node-gyp', 'bin', 'node-gyp.js'), fakeGyp(this.folder))
    this.write(join(name, 'package-lock.json'), '{ "packages": {} }')
    this.write(join(name, 'node_modules', '.package-lock.json'), '{ "packages": {} }')
    const system = process.platform === 'win32' ? 'win' : process.platform
    const node = join(name, 'node_modules', `node-${system}-${process.arch}`)
    this.write(join(node, 'package.json'), JSON.stringify({ version: process.versions.node }))
    mkdirSync(join(this.folder, node, 'bin'))
    symlinkSync(process.execPath, join(this.folder, node, 'bin', 'node'))
    return root
  }

  environment(more: Record<string, string> = {}): Record<string, string> {
    return { PATH: this.bin, HOME: this.folder, UNBACKDOOR_CACHE: this.cache, ...more }
  }

  /** The engine step in a process of its own, as the bootstrap runs it. */
  engine(root: string, options: EngineOptions = {}): Running {
    const source = {
      variant: 'cpu',
      tensorflowVersion: '2.18.1',
      platform: 'linux',
      arch: 'x64',
      wheels: [{ name: 'tensorflow-cpu', version: '2.18.1', file: wheelFile, sha256: this.sha256 }],
      diskMegabytes: options.diskMegabytes ?? 1,
      size: 'next to nothing',
    }
    const job = {
      root,
      cache: options.cache ?? this.cache,
      node: { binary: process.execPath, version: process.versions.node, root: null },
      wanted: options.wanted ?? 'auto',
      machine: { platform: 'linux', arch: 'x64', nvidia: options.nvidia ?? false },
    }
    return start(process.execPath, [driver, JSON.stringify({ job, source })], { env: this.environment() })
  }

  state(root: string): State | null {
    const path = join(root, 'node_modules', '.unbackdoor', 'engine.json')
    return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as State) : null
  }

  /** Names in a folder of the cache, none where there is no such folder. */
  cached(folder: string): string[] {
    return existsSync(join(this.cache, folder)) ? readdirSync(join(this.cache, folder)) : []
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

export interface EngineOptions {
  wanted?: string
  cache?: string
  nvidia?: boolean
  diskMegabytes?: number
}

export interface Running {
  pid: number
  ended: Promise<Ended>
  /** What it printed so far. */
  stdout: () => string
  kill: (signal: NodeJS.Signals) => void
}

export function start(
  command: string,
  args: string[],
  options: { env?: Record<string, string>; cwd?: string } = {},
): Running {
  // A session of its own, as under a supervisor: no terminal, and signals meant for the test runner do not reach it.
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      // Not "close": an orphan may hold the pipes open for as long as it lives.
      setTimeout(() => resolve({ code, signal, stdout, stderr }), 20)
    })
  })
  return { pid: child.pid ?? 0, ended, stdout: () => stdout, kill: (signal) => void child.kill(signal) }
}

export async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + 10_000
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`waited in vain for: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
