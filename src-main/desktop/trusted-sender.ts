import { APP_ORIGIN, isOwnAddress } from './origin.js'

/** What Electron says about where a message comes from. */
export interface Sender {
  readonly sender: { readonly id: number }
  /** Null when the frame is gone by the time somebody asks. */
  readonly senderFrame: { readonly parent: unknown; readonly origin: string; readonly url: string } | null
}

/** The web contents that this program has opened. */
export type KnownIds = Pick<ReadonlySet<number>, 'has'>

/** Only the page itself, in a window that this program opened, showing what this program serves. */
export function isTrustedSender({ sender, senderFrame }: Sender, knownIds: KnownIds): boolean {
  return (
    senderFrame !== null &&
    senderFrame.parent === null &&
    senderFrame.origin === APP_ORIGIN &&
    isOwnAddress(senderFrame.url) &&
    knownIds.has(sender.id)
  )
}
