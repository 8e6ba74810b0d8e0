import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Versions } from '../../src-shared/model/run-record.js'

const Manifest = z.object({ version: z.string(), dependencies: z.record(z.string(), z.string()) })

/** What a run records of the program that made it. */
export function readVersions(packageRoot: string): Versions {
  const manifest = Manifest.parse(JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')))
  return {
    unbackdoor: manifest.version,
    node: process.version,
    tfjs: manifest.dependencies['@tensorflow/tfjs-node-gpu'] ?? 'unknown',
    platform: `${process.platform} ${process.arch}`,
  }
}
