import type { SystemReport } from '../../../src-shared/contract/index.js'
import { count } from '../ui/format.js'

export type Fact = readonly [name: string, value: string]

/** What computes, on what, and where the data lies: what one wants to know before anything else. */
export function mainFacts({ engine, memory, workspace }: SystemReport, engineText: string): Fact[] {
  return [
    ['Engine', engineText],
    ['Devices', engine.devices.join(', ') || 'none'],
    ['Memory', `${count(memory.freeMb)} of ${count(memory.totalMb)} MB free, engine ${count(memory.engineMb)} MB`],
    ['Workspace', workspace],
  ]
}

/** All of it, for a report of a problem. */
export function allFacts(report: SystemReport, engineText: string, connection: string): Fact[] {
  const { version, platform, node, engine, electron, datasetCache } = report
  return [
    ['Unbackdoor', `${version} on ${platform}`],
    ['Node', node],
    ...mainFacts(report, engineText),
    ['Datasets', `${datasetCache.files} files, ${datasetCache.totalMb.toFixed(1)} MB in ${datasetCache.folder}`],
    ['Why this engine', engine.reason],
    ['Library', engine.libraryFolder ?? 'none'],
    ['Electron', electron.binary ?? `${electron.version ?? 'none'}: ${electron.reason}`],
    ['Connection', connection],
  ]
}
