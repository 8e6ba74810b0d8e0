import { AppError, WireError } from '../../../src-shared/contract/errors.js'

type Fetch = typeof fetch

/** Takes the one-time token out of the address, so that it stays neither in the history nor in a bookmark. */
export function takeToken(page: {
  readonly location: { readonly pathname: string; readonly search: string; readonly hash: string }
  readonly history: { readonly state: unknown; replaceState(state: unknown, unused: string, url: string): void }
}): string | null {
  const { pathname, search, hash } = page.location
  const token = /^#token=([A-Za-z0-9_-]+)$/.exec(hash)?.[1]
  if (token === undefined) return null
  page.history.replaceState(page.history.state, '', pathname + search)
  return token
}

/**
 * Returns what makes sure that the server knows this browser: with the token the first time, then with the cookie that
 * the server gave for it. Rejects with an `AppError` if the server refuses, with another error if it does not answer.
 */
export function createSession(origin: string, token: string | null, request: Fetch): () => Promise<void> {
  let unused = token
  const url = `${origin}/session`

  return async () => {
    if (unused === null) {
      const refusal = await refusalOf(() => request(url, { cache: 'no-store' }))
      if (refusal !== null) throw refusal
      return
    }
    const refusal = await refusalOf(() => request(url, post({ token: unused })))
    unused = null
    // A link that was opened before still leads in where it was opened.
    if (refusal !== null && (await refusalOf(() => request(url, { cache: 'no-store' }))) !== null) throw refusal
  }
}

function post(body: unknown): RequestInit {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-requested-by': 'unbackdoor' },
    body: JSON.stringify(body),
  }
}

async function refusalOf(ask: () => Promise<Response>): Promise<AppError | null> {
  const response = await ask().catch((cause: unknown) => {
    throw new Error('The server does not answer.', { cause })
  })
  if (response.ok) return null
  if (response.status >= 500) throw new Error(`The server failed with status ${response.status}.`)
  const wire = WireError.safeParse(await response.json().catch(() => null))
  return new AppError(wire.data ?? { code: 'internal', message: `The server answered with status ${response.status}.` })
}
