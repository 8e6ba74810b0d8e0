/** Each of them takes away a wall that the rest of the program relies on. */
const REFUSED = ['no-sandbox', 'disable-web-security'] as const

interface Program {
  readonly isPackaged: boolean
  readonly commandLine: { hasSwitch(name: string): boolean }
}

/** Why this program must not start as it was called, or null if it may. Development is free to do as it likes. */
export function whyRefuseToStart({ isPackaged, commandLine }: Program): string | null {
  const found = isPackaged ? REFUSED.find((name) => commandLine.hasSwitch(name)) : undefined
  if (found === undefined) return null
  return (
    `Unbackdoor does not run with --${found}, because it opens files made by strangers. Start it without; ` +
    'if the sandbox is refused by the system, install the package, which brings the permission along, ' +
    'and do not run it as root.'
  )
}
