import type { z } from 'zod'
import { AppError, type WireError } from '../../src-shared/contract/errors.js'
import { parseOrThrow } from '../../src-shared/contract/field-errors.js'
import { wireErrorOf } from '../../src-shared/rpc/server.js'
import type { channels } from '../../src-shared/desktop/bridge.js'
import { whyRefuseMessage } from './message-limits.js'
import { isTrustedSender, type KnownIds, type Sender } from './trusted-sender.js'

type Channel = (typeof channels)[keyof typeof channels]

/** The part of Electron's `ipcMain` that is used, and only here. */
export interface IpcMainLike {
  on(channel: string, listener: (event: Sender, message: unknown) => void): unknown
  handle(channel: string, listener: (event: Sender, question: unknown) => unknown): void
}

export interface IpcGuard {
  on(channel: Channel, listener: (senderId: number, message: unknown) => void): void
  /** Whatever goes wrong becomes an answer with an error in it: a rejection would arrive wrapped in other words. */
  handle<S extends z.ZodType, T>(
    channel: Channel,
    question: S,
    answer: (question: z.output<S>, senderId: number) => Promise<T>,
  ): void
}

/** The one door for messages from pages: who sends is checked before anything that is sent is looked at. */
export function createIpcGuard(ipcMain: IpcMainLike, knownIds: KnownIds, log: (error: unknown) => string): IpcGuard {
  const checkSender = (event: Sender, channel: Channel): void => {
    if (isTrustedSender(event, knownIds)) return
    throw new AppError({ code: 'unsupported', message: `A message on ${channel} did not come from the page.` })
  }
  return {
    on(channel, listener) {
      ipcMain.on(channel, (event, message) => {
        try {
          checkSender(event, channel)
          listener(event.sender.id, message)
        } catch (error) {
          log(error)
        }
      })
    },
    handle(channel, question, answer) {
      ipcMain.handle(channel, async (event, raw): Promise<unknown> => {
        try {
          checkSender(event, channel)
          checkLimits(raw)
          return await answer(parseOrThrow(question, raw), event.sender.id)
        } catch (error) {
          return { error: wireErrorOf(error, log) } satisfies { error: WireError }
        }
      })
    },
  }
}

function checkLimits(message: unknown): void {
  const reason = whyRefuseMessage(message)
  if (reason !== null) throw new AppError({ code: 'invalid-input', message: `The program refused it: ${reason}.` })
}
