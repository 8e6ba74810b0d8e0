/**
 * Tokens of the style sheet as plain colours, which is all that a canvas and a file understand: themes are resolved by the
 * browser, not by us. `scheme` is for pictures that leave the page; without it, the page's own.
 */
export function readTokens<T extends string>(
  host: HTMLElement,
  tokens: readonly T[],
  scheme?: 'light' | 'dark',
): Readonly<Record<T, string>> {
  const probe = host.ownerDocument.createElement('span')
  if (scheme !== undefined) probe.style.colorScheme = scheme
  host.after(probe)
  const resolved = tokens.map((token) => {
    probe.style.color = `var(--${token})`
    return [token, getComputedStyle(probe).color] as const
  })
  probe.remove()
  return Object.fromEntries(resolved) as Record<T, string>
}
