import { defineConfig } from '@playwright/test'

/** The page in a real browser against the real server and engine. The browser is found by the test runner. */
export default defineConfig({
  testDir: 'tests/e2e',
  outputDir: 'test-results',
  // Every test has a server and an engine of its own, and two cores carry one training at a time.
  workers: 1,
  timeout: 180_000,
  forbidOnly: true,
  reporter: [['list'], ['./scripts/test/playwright-reporter.mjs']],
  use: {
    viewport: { width: 1280, height: 720 },
    screenshot: 'only-on-failure',
    trace: 'off',
    launchOptions: {
      ...(process.env['UNBACKDOOR_CHROMIUM'] ? { executablePath: process.env['UNBACKDOOR_CHROMIUM'] } : {}),
      args: ['--disable-dev-shm-usage'],
    },
  },
})
