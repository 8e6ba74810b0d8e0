import { isIP } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'

export const LOOPBACK_ADDRESSES: readonly string[] = ['127.0.0.1', '::1']
/** Where a server listens on every address of the machine. */
const EVERY_ADDRESS: readonly string[] = ['0.0.0.0', '::']

/** Where the server is, in the forms in which a browser will name it. */
export interface Site {
  readonly port: number
  readonly origin: string
  readonly isSecure: boolean
  /** Host headers and origins that mean this server. */
  readonly hosts: ReadonlySet<string>
  readonly origins: ReadonlySet<string>
  /** Browsers keep cookies per machine name, not per port: two servers must not take each other's. */
  readonly cookieName: string
}

export interface SiteOptions {
  readonly port: number
  /** Whether it is reached through TLS. */
  readonly isSecure: boolean
  /** Names and addresses that lead to it; the first is the one that links are made of. */
  readonly names: readonly string[]
}

export function siteOf({ port, isSecure, names }: SiteOptions): Site {
  const scheme = isSecure ? 'https' : 'http'
  // URL leaves out a port that is the default one, exactly as browsers do.
  const urls = names.map((name) => new URL(`${scheme}://${isIP(name) === 6 ? `[${name}]` : name}:${port}`))
  return {
    port,
    origin: urls[0]!.origin,
    isSecure,
    hosts: new Set(urls.map((url) => url.host)),
    origins: new Set(urls.map((url) => url.origin)),
    cookieName: isSecure ? `__Host-unbackdoor-${port}` : `unbackdoor-${port}`,
  }
}

/**
 * The names under which browsers may ask a server at this address. A name that others give to it, as in DNS, has to be
 * said (`given`): a name that is not known here is how foreign sites get at local servers.
 */
export function namesOf(address: string, given: readonly string[]): string[] {
  if (LOOPBACK_ADDRESSES.includes(address)) return [...given, address, 'localhost']
  if (!EVERY_ADDRESS.includes(address)) return [...given, address]
  const addresses = Object.values(networkInterfaces()).flatMap((found) => found ?? [])
  const here = addresses
    .filter(({ family, internal }) => !internal && (address === '::' || family === 'IPv4'))
    // A browser's address cannot hold the zone of a link-local one.
    .filter(({ scopeid }) => scopeid === undefined || scopeid === 0)
    .map((each) => each.address)
  return [...given, hostname(), ...here, '127.0.0.1', 'localhost']
}
