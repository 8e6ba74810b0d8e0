// The entry of the npm scripts, from the outside: what it takes from the command line, what it installs and builds, and
// that the command behind it cannot tell that it is there.

import { spawnSync } from 'node:child_process'
import { cpSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Running, Workshop, python, scripts, start, until } from './workshop'

const electronVite = `
const fs = require('node:fs')
fs.appendFileSync('../log', 'build\\n')
if (fs.readFileSync('src-main/cli.ts', 'utf8') === 'nonsense') {
  console.error('cli.ts: nonsense')
  process.exit(1)
}
fs.mkdirSync('out/main', { recursive: true })
for (const name of ['cli', 'serve', 'engine', 'desktop', 'bench']) {
  fs.writeFileSync('out/main/' + name + '.js', fs.readFileSync('src-main/cli.ts', 'utf8'))
}
console.log('built')
`

/** Prints how it was called; `exit N` and `wait` do what they say. */
const app = `
const [first, second] = process.argv.slice(2)
if (first === 'wait') {
  let count = 0
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => {
      count++
      setTimeout(() => { console.log(signal + ' ' + count); process.exit(7) }, 300)
    })
  }
  setTimeout(() => {}, 20000)
}
console.log(JSON.stringify({ script: require('node:path').basename(__filename), args: process.argv.slice(2) }))
if (first === 'exit') process.exit(Number(second))
if (first === 'die') process.kill(process.pid, 'SIGKILL')
`

let shop: Workshop
let clone: string

beforeEach(() => {
  shop = new Workshop()
  clone = shop.clone()
  cpSync(scripts, join(clone, 'scripts'), { recursive: true })
  shop.write('clone/src-main/cli.ts', app)
  shop.write('clone/node_modules/electron-vite/bin/electron-vite.js', electronVite)
})

afterEach(() => shop.remove())

const started = (args: string[], env: Record<string, string> = {}): Running =>
  start(process.execPath, [join(clone, 'scripts', 'run.mjs'), ...args], {
    cwd: clone,
    env: shop.environment({ UNBACKDOOR_ENGINE: 'js', ...env }),
  })
const run = (...args: string[]) => started(args).ended

describe('the command line', () => {
  test.each([
    [['cli', '--engine', 'tpu'], {}, '--engine was given "tpu"'],
    [['demo', '--engine'], {}, '--engine was given no value'],
    [['demo', '--engine=CPU'], {}, '--engine was given "CPU"'],
    [['demo'], { UNBACKDOOR_ENGINE: 'cuda' }, 'UNBACKDOOR_ENGINE was given "cuda"'],
  ])('%j with %j is refused with exit code 2', async (args, env, message) => {
    const { code, stdout, stderr } = await started(args, env).ended
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(message)
    expect(stderr).toContain('Allowed are: cpu, gpu, js, auto.')
    expect(shop.log()).toEqual([])
  })

  test.each([[['build-it']], [[]]])('%j names no command', async (args) => {
    const { code, stderr } = await run(...args)
    expect(code).toBe(2)
    expect(stderr).toContain('<demo|cli|test|start|setup|results|bench|gallery|screenshots|faults>')
  })

  test.each([
    [['demo', '--engine', 'js'], 'cli.js', ['run', 'default']],
    [['demo', '--seed', '3', '--engine=js'], 'cli.js', ['run', 'default', '--seed', '3']],
    [['cli', 'list', '--json', '--verbose'], 'cli.js', ['list', '--json', '--verbose']],
    [['cli', '--', '--engine', 'x'], 'cli.js', ['--engine', 'x']],
    [['cli', 'run', '--', '--engine', 'x'], 'cli.js', ['run', '--', '--engine', 'x']],
    [['start', '--port', '0'], 'serve.js', ['--port', '0']],
  ])('%j', async (given, script, args) => {
    const { code, stdout, stderr } = await run(...given)
    expect(code, stderr).toBe(0)
    expect(JSON.parse(stdout)).toEqual({ script, args })
  })

  test('setup does everything but run something', async () => {
    const { code, stdout, stderr } = await run('setup')
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
    expect(stderr).toContain('build: building the app')
  })
})

describe('when there is nothing to do', () => {
  test('nothing is started and nothing said', async () => {
    await run('setup')
    const before = shop.log()
    const { stdout, stderr } = await run('cli', 'list')
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual({ script: 'cli.js', args: ['list'] })
    expect(shop.log()).toEqual(before)
  })

  test('--verbose tells what was found', async () => {
    await run('setup')
    expect((await run('cli', '--verbose', 'list')).stderr).toMatch(/node: \d+\.\d+\.\d+ in /)
  })
})

describe('the build', () => {
  const builds = () => shop.log().filter((line) => line === 'build').length

  test('is made when a source changed, and only then', async () => {
    await run('setup')
    await run('setup')
    expect(builds()).toBe(1)
    shop.write('clone/src-shared/new.ts', '')
    await run('setup')
    expect(builds()).toBe(2)
    rmSync(join(clone, 'out', 'main', 'serve.js'))
    const { stderr } = await run('setup')
    expect(stderr).toContain(`because ${join('out', 'main', 'serve.js')} is missing`)
    expect(builds()).toBe(3)
  })

  test('that fails ends the start with what the build tool said, and is made again', async () => {
    const written = new Date(2026, 0, 1)
    utimesSync(join(clone, 'src-main', 'cli.ts'), written, written)
    await run('setup')
    shop.write('clone/src-main/cli.ts', 'nonsense')
    const { code, stdout, stderr } = await run('cli')
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain('cli.ts: nonsense')
    expect(stderr).toContain('The app could not be built')
    // Exactly the sources of the last good build, but what it made may be damaged by the failed one.
    shop.write('clone/src-main/cli.ts', app)
    utimesSync(join(clone, 'src-main', 'cli.ts'), written, written)
    expect((await run('cli')).code).toBe(0)
    expect(builds()).toBe(3)
  })

  test('is made once by two starts at once', async () => {
    const [a, b] = await Promise.all([run('cli', 'a'), run('cli', 'b')])
    expect([a.code, b.code], a.stderr + b.stderr).toEqual([0, 0])
    expect(builds()).toBe(1)
  })
})

describe('the packages', () => {
  const npm = (answer: string) =>
    shop.program('npm', `#!/bin/bash\nPATH=/usr/bin:/bin\necho "npm $1 $2" >> ${shop.folder}/log\n${answer}\n`)

  test('are installed when package-lock.json changed', async () => {
    await run('setup')
    writeFileSync(join(clone, 'package-lock.json'), '{ "packages": { "node_modules/new": { "version": "1.0.0" } } }')
    npm('echo added 1 package')
    const { code, stdout, stderr } = await run('cli')
    expect(code, stderr).toBe(0)
    expect(stderr).toContain('installing with npm ci, because node_modules does not match package-lock.json')
    expect(JSON.parse(stdout)).toEqual({ script: 'cli.js', args: [] })
    expect(shop.log()).toContain('npm ci --ignore-scripts')

    npm('exit 1')
    expect((await run('cli')).code).toBe(0)
  })

  test('that cannot be reached: said so, with how to mend it', async () => {
    rmSync(join(clone, 'node_modules'), { recursive: true })
    npm('echo "npm error code ENOTFOUND" >&2; exit 1')
    const { code, stderr } = await run('cli')
    expect(code).toBe(1)
    expect(stderr).toContain('because node_modules is missing')
    expect(stderr).toContain('npm did not reach its registry')
    expect(stderr).toContain('npm config get proxy')
  })

  test('that do not fit package.json: what npm said, without its list of options', async () => {
    rmSync(join(clone, 'node_modules'), { recursive: true })
    npm(
      `printf 'npm error code EUSAGE\\nnpm error Missing: x\\nnpm error Clean install a project\\nnpm error --y\\n' >&2; exit 1`,
    )
    const { code, stderr } = await run('cli')
    expect(code).toBe(1)
    expect(stderr).toContain('npm error Missing: x')
    expect(stderr).not.toContain('--y')
    expect(stderr).toContain('run `npm install` to bring package-lock.json up to date')
  })
})

describe('the command behind it', () => {
  test('keeps its exit code', async () => {
    expect((await run('cli', 'exit', '5')).code).toBe(5)
  })

  test('keeps its death by a signal', async () => {
    expect((await run('cli', 'die')).signal).toBe('SIGKILL')
  })

  test.each(['SIGINT', 'SIGTERM'] as const)('receives %s once when there is no terminal', async (signal) => {
    await run('setup')
    const running = started(['cli', 'wait'])
    await until(() => running.stdout().includes('wait'), 'the command to run')
    running.kill(signal)
    const { code, stdout } = await running.ended
    expect(code).toBe(7)
    expect(stdout).toContain(`${signal} 1\n`)
  })

  test('receives Ctrl-C once when there is a terminal', async (context) => {
    if (!python) context.skip('python3, which plays the terminal, is not installed')
    await run('setup')
    const typing = `
import os, pty, sys, time
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
seen = b''
while b'wait' not in seen:
    seen += os.read(terminal, 1000)
time.sleep(0.2)
os.write(terminal, b'\\x03')
try:
    while True:
        part = os.read(terminal, 1000)
        if not part: break
        seen += part
except OSError:
    pass
print(seen.decode())
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`
    const command = [process.execPath, join(clone, 'scripts', 'run.mjs'), 'cli', 'wait']
    const { status, stdout } = spawnSync(python, ['-c', typing, ...command], {
      encoding: 'utf8',
      env: { ...process.env, UNBACKDOOR_ENGINE: 'js', UNBACKDOOR_CACHE: shop.cache },
    })
    expect(stdout).toContain('SIGINT 1')
    expect(status).toBe(7)
  })
})

test('an old Node is told so in a sentence', () => {
  const entry = join(scripts, 'run.mjs')
  // An old Node loads what is imported before it can say anything.
  expect(readFileSync(entry, 'utf8')).not.toMatch(/^import /m)
  const pretending = `Object.defineProperty(process.versions, 'node', { value: '18.20.0' }); import(${JSON.stringify(entry)})`
  const { status, stderr } = spawnSync(process.execPath, ['-e', pretending], { encoding: 'utf8' })
  expect(status).toBe(1)
  expect(stderr).toBe(
    'unbackdoor: Node 18.20.0 is too old. Install Node 20.19 or newer (24 is best) and start again.\n',
  )
})
