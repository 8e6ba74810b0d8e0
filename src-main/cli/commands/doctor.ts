import { say, printJson, printResult } from '../output.js'
import { withApp } from '../session.js'

/** What the program stands on, and what is missing. */
export function doctorCommand({ workspace, json }: { workspace: string; json: boolean }): Promise<number> {
  return withApp({ workspace, threads: null }, async (client) => {
    const report = await client.call('system.report', {})
    if (json) {
      printJson(report)
      return 0
    }
    const { engine, memory, datasetCache, electron } = report
    const lines: [string, string][] = [
      ['Unbackdoor', `${report.version} on ${report.platform}`],
      ['Node', report.node],
      ['Engine', engine.backend === 'tensorflow' ? `TensorFlow ${engine.tensorflowVersion}` : 'plain JavaScript'],
      ['Library', engine.libraryFolder ?? 'none'],
      ['Why', engine.reason],
      ['Devices', `${engine.devices.join(', ')}, ${engine.threads} threads`],
      [
        'Memory',
        `${memory.freeMb.toFixed(0)} of ${memory.totalMb.toFixed(0)} MB free, engine ${memory.engineMb.toFixed(0)} MB`,
      ],
      ['Workspace', report.workspace],
      ['Datasets', `${datasetCache.files} converted, ${datasetCache.totalMb.toFixed(1)} MB in ${datasetCache.folder}`],
      ['Electron', electron.binary ?? `${electron.version ?? 'none'}: ${electron.reason}`],
    ]
    printResult(lines.map(([name, value]) => `${name.padEnd(11)} ${value}`).join('\n'))
    if (engine.backend === 'javascript') say('Warning: without the native engine everything is many times slower.')
    return 0
  })
}
