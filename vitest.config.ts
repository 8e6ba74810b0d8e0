import { defineConfig } from 'vitest/config'

/** Two cores are enough for the fast tests; those that train run one file at a time, so that they do not starve. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'fast',
          include: ['tests/{unit,contract,conformance,golden,architecture,bootstrap,faults}/**/*.spec.ts'],
          testTimeout: 60_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'engine',
          include: ['tests/engine/**/*.spec.ts'],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          maxWorkers: 1,
        },
      },
    ],
  },
})
