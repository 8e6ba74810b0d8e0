// A vitest reporter that writes what the summary needs to the file named in UNBACKDOOR_TEST_REPORT. Unlike vitest's own
// JSON it keeps the reasons of skipped tests.

import { writeFileSync } from 'node:fs'

/**
 * @typedef {{ name: string, reason: string }} Named
 * @typedef {{ passed: number, failed: Named[], skipped: Named[] }} Report
 */

export default class SummaryReporter {
  /**
   * @param {readonly import('vitest/node').TestModule[]} modules
   * @param {readonly { message: string }[]} unhandled
   */
  onTestRunEnd(modules, unhandled) {
    /** @type {Report} */
    const report = { passed: 0, failed: [], skipped: [] }
    for (const module of modules) addModule(report, module)
    for (const error of unhandled) report.failed.push({ name: 'an error outside of any test', reason: error.message })
    writeFileSync(process.env.UNBACKDOOR_TEST_REPORT ?? 'test-report.json', JSON.stringify(report))
  }
}

/**
 * @param {Report} report
 * @param {import('vitest/node').TestModule} module
 */
function addModule(report, module) {
  const file = module.relativeModuleId
  // A file that cannot be loaded, or whose worker died, has errors or no end, but no failed test.
  for (const error of module.errors()) report.failed.push({ name: file, reason: error.message })
  if (['pending', 'queued'].includes(module.state())) report.failed.push({ name: file, reason: 'it did not finish' })
  for (const suite of module.children.allSuites()) {
    for (const error of suite.errors())
      report.failed.push({ name: `${file} > ${suite.fullName}`, reason: error.message })
  }
  for (const test of module.children.allTests()) {
    const name = `${file} > ${test.fullName}`
    const result = test.result()
    if (result.state === 'passed') report.passed++
    else if (result.state === 'failed') report.failed.push({ name, reason: result.errors[0]?.message ?? '' })
    else if (result.state === 'skipped') report.skipped.push({ name, reason: result.note ?? 'no reason given' })
    else report.failed.push({ name, reason: 'it did not finish' })
  }
}
