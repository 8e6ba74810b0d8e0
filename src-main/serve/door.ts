import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

const MAX_WRONG_TOKENS = 10
const WINDOW_MS = 60_000

export type Exchange =
  | { readonly outcome: 'open'; readonly session: string }
  | { readonly outcome: 'wrong' }
  | { readonly outcome: 'too-many' }

export interface Door {
  /** A token that opens the door once. It takes the place of an earlier one that was not used. */
  issueToken(): string
  exchange(token: string): Exchange
  isSession(value: string): boolean
}

/**
 * Who may come in: whoever brings the token that was printed in the terminal gets a session for it, once. Only digests
 * are kept and compared, so neither time nor memory tells a secret.
 */
export function createDoor(now: () => number): Door {
  let token: Buffer | null = null
  const sessions: Buffer[] = []
  let wrongAt: number[] = []

  return {
    issueToken() {
      const fresh = secret()
      token = digest(fresh)
      return fresh
    },
    exchange(offered) {
      const time = now()
      wrongAt = wrongAt.filter((at) => time - at < WINDOW_MS)
      if (wrongAt.length >= MAX_WRONG_TOKENS) return { outcome: 'too-many' }
      if (token === null || !timingSafeEqual(token, digest(offered))) {
        wrongAt.push(time)
        return { outcome: 'wrong' }
      }
      token = null
      const session = secret()
      sessions.push(digest(session))
      return { outcome: 'open', session }
    },
    isSession(value) {
      const offered = digest(value)
      return sessions.some((session) => timingSafeEqual(session, offered))
    },
  }
}

function secret(): string {
  return randomBytes(32).toString('base64url')
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
