import { randomUUID } from 'node:crypto'
import { basename } from 'node:path'
import { AppError } from '../../src-shared/contract/errors.js'
import type { GrantedFile } from '../../src-shared/desktop/bridge.js'

/** More files than a user can have in hand at once; the oldest give way. */
const MAX_GRANTS = 64

export type GrantMode = 'read' | 'write'

export interface Grants {
  /** Only for paths that the user has chosen. */
  grant(mode: GrantMode, path: string): GrantedFile
  /** The path behind an id. A grant is good for one use. */
  redeem(id: string, mode: GrantMode): string
  clear(): void
}

/** The paths that the user has opened to the page, under names that say nothing and cannot be guessed. */
export function createGrants(): Grants {
  const granted = new Map<string, { readonly mode: GrantMode; readonly path: string }>()
  return {
    grant(mode, path) {
      const oldest = granted.size >= MAX_GRANTS ? granted.keys().next() : null
      if (oldest !== null && !oldest.done) granted.delete(oldest.value)
      const id = randomUUID()
      granted.set(id, { mode, path })
      return { id, name: basename(path) }
    },
    redeem(id, mode) {
      const found = granted.get(id)
      if (found === undefined || found.mode !== mode) {
        throw new AppError({
          code: 'not-found',
          message: `The permission to ${mode} this file is unknown or used up.`,
          hint: 'Choose the file again.',
        })
      }
      granted.delete(id)
      return found.path
    },
    clear: () => granted.clear(),
  }
}
