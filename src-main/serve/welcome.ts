import type { LoopbackHost, Site } from './site.js'

/** What is printed at the start. `canAsk`: whether somebody can press Enter for another link. */
export function welcome(site: Site, host: LoopbackHost, link: string, canAsk: boolean): string {
  const target = host === '::1' ? '[::1]' : host
  return [
    'Unbackdoor was started as a server, so there is no window: the page opens in a browser.',
    '',
    `  ${link}`,
    '',
    'From another machine, run this there first, then open the same link there:',
    '',
    `  ssh -L ${site.port}:${target}:${site.port} user@host`,
    '',
    `The link lets one browser in, once. ${canAsk ? 'Press Enter for a new one, ' : ''}Ctrl-C to end.`,
    '',
  ].join('\n')
}

export function anotherLink(link: string): string {
  return `A new link; an earlier one that was not used no longer works:\n\n  ${link}\n`
}
