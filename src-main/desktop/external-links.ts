import type { Shell } from 'electron'

/** Where papers and code live. Nothing else is worth leaving the program for. */
const HOSTS: readonly string[] = ['arxiv.org', 'doi.org', 'github.com']

export function isExternalLink(address: string): boolean {
  if (!URL.canParse(address)) return false
  const { protocol, hostname, port, username, password } = new URL(address)
  return protocol === 'https:' && HOSTS.includes(hostname) && port === '' && username === '' && password === ''
}

/** The only way out of the program. What is not on the list is dropped without a word: the page has no such links. */
export function createLinkOpener(
  shell: Pick<Shell, 'openExternal'>,
  log: (error: unknown) => void,
): (address: string) => void {
  return (address) => {
    // The parsed form is what was checked, so it is what is opened.
    if (isExternalLink(address)) shell.openExternal(new URL(address).href).catch(log)
  }
}
