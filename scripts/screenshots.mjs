// Takes the pictures of docs/images anew: the real page, the real engine, real digits, light and dark.
//
//   npm run screenshots                        all of them, about three minutes
//   npm run screenshots -- --grep wall         some of them; whatever else is given goes to Playwright as it is

import { fileURLToPath } from 'node:url'
import { findBrowser } from './test/browser.mjs'
import { runTool } from './test/stages.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const browser = findBrowser()
if ('path' in browser) {
  const args = ['test', '--config', 'tests/screenshots/playwright.config.ts', ...process.argv.slice(2)]
  process.exitCode = await runTool(root, '@playwright/test', 'playwright', args, { UNBACKDOOR_CHROMIUM: browser.path })
} else {
  process.stderr.write(`No pictures can be taken: ${browser.reason}\n`)
  process.exitCode = 1
}
