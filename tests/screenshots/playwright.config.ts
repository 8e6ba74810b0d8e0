import { join } from 'node:path'
import { defineConfig } from '@playwright/test'
import tests from '../../playwright.config.js'

/** As the tests of the served page, but what comes out is pictures. Not part of the tests: it would change files. */
export default defineConfig({
  ...tests,
  testDir: import.meta.dirname,
  outputDir: join(import.meta.dirname, '..', '..', 'test-results'),
  timeout: 600_000,
  reporter: 'list',
  projects: [{ name: 'pictures' }],
})
