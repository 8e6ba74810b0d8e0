import { defineConfig } from '@playwright/test'

/**
 * The page in its two hosts, against the real server and engine: the same tests for both, besides what only one of them
 * has. Browser and window are found by the test runner; where there is none, its tests are skipped with the reason.
 */
export default defineConfig<object, { hostKind: 'served' | 'desktop' }>({
  testDir: 'tests/e2e',
  outputDir: 'test-results',
  // Two cores carry one training at a time.
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
  projects: [
    { name: 'served', testIgnore: 'desktop/**' },
    // The gallery is no part of the product, and the window needs no server that is killed or shared.
    {
      name: 'electron',
      testIgnore: ['gallery.spec.ts', 'killed.spec.ts', 'watch-only.spec.ts'],
      use: { hostKind: 'desktop' },
    },
  ],
})
