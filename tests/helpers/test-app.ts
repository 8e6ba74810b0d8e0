import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createApp, type App } from '../../src-main/app/create-app.js'
import type { FakeEngine } from './fake-engine.js'

/** The application over an engine that computes nothing, at a time that stands still. */
export function createTestApp(
  workspace: string,
  engine: () => FakeEngine,
  log: (error: unknown) => string = (error) => String(error),
): App {
  return createApp({
    paths: {
      workspace,
      engineEntry: '',
      installationFile: '',
      datasetCache: join(workspace, 'cache'),
      inspectionCache: join(workspace, 'inspections'),
      packageRoot: workspace,
    },
    launchEngine: () => engine().launch(),
    versions: { unbackdoor: '0', node: 'v0', tfjs: '0', platform: 'test' },
    now: () => new Date('2026-01-31T14:25:00Z'),
    log,
  })
}

/** What was under way when the application was closed may still be written. */
export function removeWorkspace(workspace: string): Promise<void> {
  return rm(workspace, { recursive: true, maxRetries: 10 })
}
