/** The addresses that only this machine can reach. `localhost` means the first of them. */
export type LoopbackHost = '127.0.0.1' | '::1'

/** Where the server is, in the forms in which a browser will name it. */
export interface Site {
  readonly port: number
  readonly origin: string
  /** Host headers and origins that mean this server: its address, and `localhost`. */
  readonly hosts: ReadonlySet<string>
  readonly origins: ReadonlySet<string>
  /** Browsers keep cookies per machine name, not per port: two servers must not take each other's. */
  readonly cookieName: string
}

export function siteOf(host: LoopbackHost, port: number): Site {
  const name = host === '::1' ? '[::1]' : host
  // URL leaves out a port that is the default one, exactly as browsers do.
  const urls = [name, 'localhost'].map((each) => new URL(`http://${each}:${port}`))
  return {
    port,
    origin: urls[0]!.origin,
    hosts: new Set(urls.map((url) => url.host)),
    origins: new Set(urls.map((url) => url.origin)),
    cookieName: `unbackdoor-${port}`,
  }
}
