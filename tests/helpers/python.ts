import { spawnSync } from 'node:child_process'

/**
 * A Python that has these modules, to check with the real programs what is written for them: $UNBACKDOOR_PYTHON, or
 * python3; null where there is none.
 */
export function pythonWith(...modules: readonly string[]): string | null {
  const python = process.env['UNBACKDOOR_PYTHON'] || 'python3'
  const { status } = spawnSync(python, ['-I', '-c', modules.map((name) => `import ${name}`).join('\n')])
  return status === 0 ? python : null
}

/** What a script prints. Throws with its words where it fails. */
export function runPython(python: string, script: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(python, script, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`Python ended with ${status}: ${stderr}`)
  return stdout
}
