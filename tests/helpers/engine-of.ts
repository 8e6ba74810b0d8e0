import { spawnSync } from 'node:child_process'

/** The engine process of a program; null where it has none. */
export function engineOf(pid: number): number | null {
  // `ps` ends with 1 where there is none.
  const { stdout } = spawnSync('ps', ['-o', 'pid=,args=', '--ppid', String(pid)], { encoding: 'utf8' })
  const lines = stdout.split('\n')
  const engine = lines.find((line) => line.includes('engine.js'))
  return engine === undefined ? null : Number.parseInt(engine, 10)
}
