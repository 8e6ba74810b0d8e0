import type { SystemReport } from '../../../src-shared/contract/index.js'
import { count } from '../ui/format.js'

export type Fact = readonly [name: string, value: string]

/** What computes, on what, and where the data lies: what one wants to know before anything else. */
export function mainFacts({ engine, memory, datasetCache, workspace }: SystemReport, engineText: string): Fact[] {
  const datasets =
    datasetCache.files === 0
      ? `The digits are converted when they are first used, in ${datasetCache.folder}`
      : `${datasetCache.files} converted, ${datasetCache.totalMb.toFixed(1)} MB in ${datasetCache.folder}`
  return [
    ['Engine', engineText],
    ['Devices', engine.devices.join(', ') || 'none'],
    ['Memory', `${count(memory.freeMb)} of ${count(memory.totalMb)} MB free, engine ${count(memory.engineMb)} MB`],
    ['Datasets', datasets],
    ['Workspace', workspace],
  ]
}

/** All of it, for a report of a problem. */
export function allFacts(report: SystemReport, engineText: string, connection: string): Fact[] {
  const { version, platform, node, engine, electron } = report
  return [
    ['Unbackdoor', `${version} on ${platform}`],
    ['Node', node],
    ...mainFacts(report, engineText),
    ['Why this engine', engine.reason],
    ['Library', engine.libraryFolder ?? 'none'],
    ['Electron', electron.binary ?? `${electron.version ?? 'none'}: ${electron.reason}`],
    ['Connection', connection],
  ]
}
