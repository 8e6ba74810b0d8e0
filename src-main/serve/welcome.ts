import { LOOPBACK_ADDRESSES, type Site } from './site.js'

export interface WelcomeLinks {
  /** Lets one browser in, once. */
  readonly link: string
  /** Lets any number of browsers watch; null where that was not asked for. */
  readonly shareLink: string | null
  /** Whether somebody can press Enter for another link. */
  readonly canAsk: boolean
}

/** What is printed at the start. */
export function welcome(
  site: Site,
  { host }: { readonly host: string },
  { link, shareLink, canAsk }: WelcomeLinks,
): string {
  const another = canAsk ? 'Press Enter for a new one, ' : ''
  return [
    'Unbackdoor was started as a server, so there is no window: the page opens in a browser.',
    '',
    `  ${link}`,
    '',
    ...(LOOPBACK_ADDRESSES.includes(host) ? throughSsh(site, host) : openToOthers(site)),
    ...(shareLink === null
      ? []
      : ['For others, who can watch and change nothing, as often as they like:', '', `  ${shareLink}`, '']),
    `The ${shareLink === null ? '' : 'first '}link lets one browser in, once. ${another}Ctrl-C to end.`,
    '',
  ].join('\n')
}

function throughSsh({ port }: Site, host: string): string[] {
  return [
    'From another machine, run this there first, then open the same link there:',
    '',
    `  ssh -L ${port}:${host === '::1' ? '[::1]' : host}:${port} user@host`,
    '',
  ]
}

function openToOthers({ hosts, isSecure }: Site): string[] {
  return [
    `It answers other machines that ask for ${[...hosts].join(', ')}; --name adds a name.`,
    ...(isSecure ? [] : ['Nothing is encrypted: whoever can listen in the network can come in as well.']),
    '',
  ]
}

export function anotherLink(link: string): string {
  return `A new link; an earlier one that was not used no longer works:\n\n  ${link}\n`
}
