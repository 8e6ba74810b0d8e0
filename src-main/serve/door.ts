import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Access } from '../../src-shared/model/access.js'

const MAX_WRONG_TOKENS = 10
const WINDOW_MS = 60_000
/** A link to watch opens as often as it is tried; the oldest session that watches makes room. */
const MAX_SESSIONS = 1000

export type Exchange =
  | { readonly outcome: 'open'; readonly session: string }
  | { readonly outcome: 'wrong' }
  | { readonly outcome: 'too-many' }

export interface Door {
  /** A token that opens the door once, to work. It takes the place of an earlier one that was not used. */
  issueToken(): string
  /** A token that opens the door any number of times, to watch. */
  issueShareToken(): string
  exchange(token: string): Exchange
  /** What the holder of a session may do; null for who has none. */
  accessOf(session: string): Access | null
}

interface Session {
  readonly digest: Buffer
  readonly access: Access
}

/**
 * Who may come in: whoever brings a token that was printed in the terminal gets a session for it. Only digests are kept
 * and compared, so neither time nor memory tells a secret.
 */
export function createDoor(now: () => number): Door {
  let token: Buffer | null = null
  let shareToken: Buffer | null = null
  const sessions: Session[] = []
  let wrongAt: number[] = []

  const admit = (access: Access): Exchange => {
    const session = secret()
    if (sessions.length >= MAX_SESSIONS) {
      const oldest = sessions.findIndex((each) => each.access === 'watch')
      sessions.splice(Math.max(0, oldest), 1)
    }
    sessions.push({ digest: digest(session), access })
    return { outcome: 'open', session }
  }

  return {
    issueToken() {
      const fresh = secret()
      token = digest(fresh)
      return fresh
    },
    issueShareToken() {
      const fresh = secret()
      shareToken = digest(fresh)
      return fresh
    },
    exchange(offered) {
      const time = now()
      wrongAt = wrongAt.filter((at) => time - at < WINDOW_MS)
      if (wrongAt.length >= MAX_WRONG_TOKENS) return { outcome: 'too-many' }
      const brought = digest(offered)
      const works = token !== null && timingSafeEqual(token, brought)
      const watches = shareToken !== null && timingSafeEqual(shareToken, brought)
      if (works) {
        token = null
        return admit('work')
      }
      if (watches) return admit('watch')
      wrongAt.push(time)
      return { outcome: 'wrong' }
    },
    accessOf(value) {
      const offered = digest(value)
      // All of them, so that the time does not tell which.
      const found = sessions.filter((session) => timingSafeEqual(session.digest, offered))
      return found[0]?.access ?? null
    },
  }
}

function secret(): string {
  return randomBytes(32).toString('base64url')
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
