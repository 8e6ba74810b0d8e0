import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { EngineInstallation } from '../../src-main/engine-contract/index.js'

export const installationFile = join(import.meta.dirname, '..', '..', 'node_modules', '.unbackdoor', 'engine.json')

/** Why there is no native engine to test with, or null when there is one. */
export const noNativeEngine: string | null = (() => {
  if (!existsSync(installationFile)) return 'the bootstrap has not run'
  const installation = EngineInstallation.parse(JSON.parse(readFileSync(installationFile, 'utf8')))
  return installation.variant === 'js' ? installation.reason : null
})()
