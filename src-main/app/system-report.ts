import { existsSync } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { freemem, totalmem } from 'node:os'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import type { SystemReport } from '../../src-shared/contract/commands.js'
import type { EngineHost } from './engine-host.js'
import type { AppPaths } from './paths.js'

const MB = 1024 * 1024

/** What `doctor` shows: the program and everything that it stands on. */
export async function reportSystem(version: string, paths: AppPaths, engine: EngineHost): Promise<SystemReport> {
  const { info, memoryMb } = await engine.client().call('engine.describe', {})
  return {
    version,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    workspace: resolve(paths.workspace),
    engine: info,
    memory: { totalMb: totalmem() / MB, freeMb: freemem() / MB, engineMb: memoryMb },
    datasetCache: await measureCache(paths.datasetCache),
    electron: await findElectron(paths.packageRoot),
    access: 'work',
  }
}

async function measureCache(folder: string): Promise<SystemReport['datasetCache']> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  const converted = names.filter((name) => /[.](bin|dataset)$/.test(name))
  const sizes = await Promise.all(converted.map(async (name) => (await stat(join(folder, name))).size))
  return { folder, files: converted.length, totalMb: sizes.reduce((sum, size) => sum + size, 0) / MB }
}

const PackageVersion = z.object({ version: z.string() })

/** Looks without loading the package `electron`, which would start a download. */
async function findElectron(packageRoot: string): Promise<SystemReport['electron']> {
  const folder = join(packageRoot, 'node_modules', 'electron')
  const manifest = await readFile(join(folder, 'package.json'), 'utf8').catch(() => null)
  if (manifest === null) return { version: null, binary: null, reason: 'the package electron is not installed' }
  const { version } = PackageVersion.parse(JSON.parse(manifest))
  const own = process.env['ELECTRON_OVERRIDE_DIST_PATH']
  const name = process.platform === 'win32' ? 'electron.exe' : 'electron'
  const pathFile = await readFile(join(folder, 'path.txt'), 'utf8').catch(() => name)
  const binary = own ? join(own, name) : join(folder, 'dist', pathFile.trim())
  if (existsSync(binary)) return { version, binary, reason: 'found' }
  const reason = own
    ? `ELECTRON_OVERRIDE_DIST_PATH names ${own}, where there is no ${name}`
    : 'its binary has not been downloaded; without it the program works from the command line'
  return { version, binary: null, reason }
}
