// scripts/test.mjs in a clone in miniature: the checks are stand-ins, vitest is the real one.

import { cpSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Workshop, scripts, start } from './workshop'

const realModules = fileURLToPath(new URL('../../node_modules', import.meta.url))

let shop: Workshop
let clone: string

beforeEach(() => {
  shop = new Workshop()
  clone = shop.clone()
  cpSync(scripts, join(clone, 'scripts'), { recursive: true })
  for (const [name, command] of [
    ['typescript', 'tsc'],
    ['vue-tsc', 'vue-tsc'],
    ['oxlint', 'oxlint'],
    ['dependency-cruiser', 'depcruise'],
    ['prettier', 'prettier'],
  ] as const) {
    shop.write(`clone/node_modules/${name}/package.json`, JSON.stringify({ bin: { [command]: 'bin.cjs' } }))
    shop.write(
      `clone/node_modules/${name}/bin.cjs`,
      `process.exit(require('node:fs').existsSync('bad-${command}') ? 1 : 0)`,
    )
  }
  for (const name of ['cli', 'serve', 'engine', 'desktop', 'bench']) shop.write(`clone/src-main/${name}.ts`, '')
  shop.write(
    'clone/node_modules/electron-vite/bin/electron-vite.js',
    `const fs = require('node:fs')
     fs.mkdirSync('out/main', { recursive: true })
     for (const file of fs.readdirSync('src-main')) fs.writeFileSync('out/main/' + file.replace('.ts', '.js'), '')`,
  )
  // Where there is no browser, the tests of the window are still asked, and say themselves why they are left out.
  shop.write('clone/node_modules/@playwright/test/package.json', JSON.stringify({ bin: { playwright: 'bin.cjs' } }))
  shop.write(
    'clone/node_modules/@playwright/test/bin.cjs',
    `const skipped = ['a', 'b', 'c', 'd'].map((name) => ({ name: process.argv.slice(2).join(' ') + ' > ' + name, reason: 'no window' }))
     require('node:fs').writeFileSync(process.env.UNBACKDOOR_TEST_REPORT, JSON.stringify({ passed: 0, failed: [], skipped }))`,
  )
  mkdirSync(join(clone, 'node_modules'), { recursive: true })
  symlinkSync(join(realModules, 'vitest'), join(clone, 'node_modules', 'vitest'))
  shop.write(
    'clone/vitest.config.mjs',
    `export default { test: { projects: [
      { test: { name: 'unit', include: ['tests/unit/*.spec.ts'] } },
      { test: { name: 'slow', include: ['tests/slow/*.spec.ts'] } },
    ] } }`,
  )
  shop.write(
    'clone/tests/unit/a.spec.ts',
    `import { test } from 'vitest'
     test('one', () => {})
     test('two', (context) => context.skip('there is no GPU'))`,
  )
})

afterEach(() => shop.remove())

const run = (...args: string[]) =>
  start(process.execPath, [join(clone, 'scripts', 'test.mjs'), ...args], {
    cwd: clone,
    // Named but not there, whatever this machine has: the tests of the page are then skipped for that reason.
    env: shop.environment({ NO_COLOR: '1', UNBACKDOOR_CHROMIUM: '/nowhere/chromium' }),
  }).ended
const lastLine = (text: string) => text.trimEnd().split('\n').at(-1)

test('counts every check and every test, and names the reasons of what was skipped', async () => {
  const { code, stdout, stderr } = await run()
  expect(lastLine(stdout), stdout + stderr).toBe('11 passed, 0 failed, 6 skipped')
  expect(code).toBe(0)
  expect(stdout).toContain('tests/unit/a.spec.ts > two: there is no GPU')
  expect(stdout).toContain(
    'tests of the page in a browser: UNBACKDOOR_CHROMIUM names /nowhere/chromium, which is not there',
  )
  expect(stdout).toContain('4 tests, such as test --project electron > a: no window')
  expect(stdout).toMatch(/== types: tsc -p tsconfig\.shared\.json --noEmit\n-- passed in \d+\.\d s/)
})

test('goes on after failures and sums them up', async () => {
  shop.write('clone/bad-oxlint', '')
  shop.write(
    'clone/tests/unit/b.spec.ts',
    "import { test } from 'vitest'\ntest('three', () => { throw new Error('oh') })",
  )
  shop.write('clone/tests/slow/c.spec.ts', "throw new Error('cannot be loaded')")
  const { code, stdout } = await run()
  expect(lastLine(stdout)).toBe('10 passed, 3 failed, 6 skipped')
  expect(code).toBe(1)
  const summary = stdout.slice(stdout.lastIndexOf('\nFailed:'))
  expect(summary).toContain('lint: oxlint')
  expect(summary).toContain('tests/unit/b.spec.ts > three: oh')
  expect(summary).toContain('tests/slow/c.spec.ts: cannot be loaded')
})

test('--only takes stages and vitest projects', async () => {
  shop.write('clone/tests/slow/c.spec.ts', "throw new Error('not asked for')")
  expect(lastLine((await run('--only', 'lint,format')).stdout)).toBe('2 passed, 0 failed, 0 skipped')
  expect(lastLine((await run('--only=unit')).stdout)).toBe('1 passed, 0 failed, 1 skipped')
})

test('files are given to vitest; when none of them holds a test, that is a failure', async () => {
  expect(lastLine((await run('tests/unit/a.spec.ts')).stdout)).toBe('2 passed, 0 failed, 1 skipped')
  const { code, stdout } = await run('tests/nothing.spec.ts')
  expect(lastLine(stdout)).toBe('1 passed, 1 failed, 0 skipped')
  expect(code).toBe(1)
})
