// Everything there is to check, one stage after the other; a failed stage does not keep the others from running.
//
//   npm test                          all of it
//   npm test -- --only lint,fast      some stages (types, lint, boundaries, format, build, page)
//                                     and vitest projects (fast, engine)
//   npm test -- tests/unit/x.spec.ts  the build and those test files; whatever else is given goes to vitest as it is
//
// The last line is always "N passed, N failed, N skipped".

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findBrowser } from './test/browser.mjs'
import { runTool, stages } from './test/stages.mjs'

/**
 * @typedef {import('./test/reporter.mjs').Named} Named
 * @typedef {import('./test/reporter.mjs').Report} Report
 */

const root = fileURLToPath(new URL('..', import.meta.url))
const { only, vitestArgs } = readArguments(process.argv.slice(2))

/** @type {Report} */
const total = { passed: 0, failed: [], skipped: [] }

for (const stage of stages) {
  if (!isWanted(stage.key)) continue
  const ok = await timed(stage.title, () => stage.run(root))
  if (ok) total.passed++
  else total.failed.push({ name: stage.title, reason: 'see above' })
}

const PAGE = 'page'
/** More tests than this with one and the same reason are counted instead of named. */
const LISTED = 3
const projects = only.filter((name) => name !== PAGE && !stages.some(({ key }) => key === name))
if (only.length === 0 || projects.length > 0) {
  await timed('tests: vitest', () =>
    runReported('vitest', 'vitest', [
      'run',
      '--reporter=default',
      `--reporter=${join(root, 'scripts', 'test', 'reporter.mjs')}`,
      ...projects.flatMap((name) => ['--project', name]),
      ...vitestArgs,
    ]),
  )
}
if (only.includes(PAGE) || (only.length === 0 && vitestArgs.length === 0)) {
  await timed('page: playwright', () => runPageTests())
}

print('Skipped', total.skipped)
print('Failed', total.failed)
process.stdout.write(`\n${total.passed} passed, ${total.failed.length} failed, ${total.skipped.length} skipped\n`)
process.exitCode = total.failed.length > 0 ? 1 : 0

/** @param {string[]} args */
function readArguments(args) {
  /** @type {string[]} */
  const only = []
  /** @type {string[]} */
  const vitestArgs = []
  while (args.length > 0) {
    const argument = args.shift() ?? ''
    if (argument === '--only') only.push(...(args.shift() ?? '').split(',').filter(Boolean))
    else if (argument.startsWith('--only=')) only.push(...argument.slice('--only='.length).split(',').filter(Boolean))
    else vitestArgs.push(argument)
  }
  return { only, vitestArgs }
}

/** @param {string} key */
function isWanted(key) {
  if (only.length > 0) return only.includes(key)
  // Tests that start the app need it as it is now, whichever tests were asked for.
  return vitestArgs.length === 0 || key === 'build'
}

/**
 * @param {string} title
 * @param {() => Promise<boolean>} work
 */
async function timed(title, work) {
  process.stdout.write(`\n== ${title}\n`)
  const start = performance.now()
  const ok = await work()
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  process.stdout.write(`-- ${ok ? 'passed' : 'FAILED'} in ${seconds} s\n`)
  return ok
}

/** The page in its two hosts: a real browser, where there is one, and the desktop window, which is looked for there. */
async function runPageTests() {
  const browser = findBrowser()
  if ('path' in browser) {
    return runReported('@playwright/test', 'playwright', ['test'], { UNBACKDOOR_CHROMIUM: browser.path })
  }
  total.skipped.push({ name: 'tests of the page in a browser', reason: browser.reason })
  process.stdout.write(`Skipped: ${browser.reason}\n`)
  return runReported('@playwright/test', 'playwright', ['test', '--project', 'electron'])
}

/**
 * Runs a test runner whose reporter writes a report, and adds that to the total.
 * @param {string} packageName
 * @param {string} command
 * @param {string[]} args
 * @param {Record<string, string>} [env]
 */
async function runReported(packageName, command, args, env = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'unbackdoor-test-'))
  const file = join(folder, 'report.json')
  try {
    const code = await runTool(root, packageName, command, args, { ...env, UNBACKDOOR_TEST_REPORT: file })
    const report = readReport(file)
    if (!report) {
      total.failed.push({ name: command, reason: `it ended with exit code ${code} before running any test` })
      return false
    }
    total.passed += report.passed
    total.failed.push(...report.failed)
    total.skipped.push(...report.skipped)
    const isEmpty = report.passed + report.failed.length + report.skipped.length === 0
    if (isEmpty) total.failed.push({ name: command, reason: 'not one test ran' })
    else if (code !== 0 && report.failed.length === 0) {
      total.failed.push({ name: command, reason: `it ended with exit code ${code}` })
    }
    return !isEmpty && code === 0
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * @param {string} file
 * @returns {Report | null}
 */
function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return null
  }
}

/**
 * @param {string} heading
 * @param {Named[]} entries
 */
function print(heading, entries) {
  if (entries.length === 0) return
  process.stdout.write(`\n${heading}:\n`)
  /** @type {Map<string, string[]>} */
  const byReason = new Map()
  for (const { name, reason } of entries) {
    const first = reason.split('\n')[0] ?? ''
    byReason.set(first, [...(byReason.get(first) ?? []), name])
  }
  for (const [reason, names] of byReason) {
    const listed = names.length > LISTED ? [`${names.length} tests, such as ${names[0]}`] : names
    for (const name of listed) process.stdout.write(`  ${name}: ${reason}\n`)
  }
}
