import { readFile } from 'node:fs/promises'
import type { Rectangle } from 'electron'
import { z } from 'zod'
import { writeWhole } from '../storage/write-whole.js'

const length = z.int().min(200).max(32_767)
const coordinate = z.int().min(-32_768).max(32_767)

/** Where the window was when it was last used. `position` is null where the system is to choose. */
export const WindowState = z.strictObject({
  width: length,
  height: length,
  position: z.strictObject({ x: coordinate, y: coordinate }).nullable(),
  isMaximized: z.boolean(),
})
export type WindowState = z.infer<typeof WindowState>

export const defaultWindowState: WindowState = { width: 1440, height: 900, position: null, isMaximized: false }

/** How much of the window must be on a screen for a user to get hold of it. */
const GRIP = 100

/** The kept state, or the default where there is none that is understood: a window must open whatever is in the file. */
export async function readWindowState(file: string, log: (error: unknown) => void): Promise<WindowState> {
  try {
    return WindowState.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') log(error)
    return defaultWindowState
  }
}

export function saveWindowState(file: string, state: WindowState): Promise<void> {
  return writeWhole(file, `${JSON.stringify(state)}\n`)
}

/** Gives up a position on a screen that is no longer there. */
export function fitToScreens(state: WindowState, screens: readonly Rectangle[]): WindowState {
  const { position, width } = state
  if (position === null) return state
  const isInReach = screens.some(
    (screen) =>
      position.x + width >= screen.x + GRIP &&
      position.x <= screen.x + screen.width - GRIP &&
      position.y >= screen.y &&
      position.y <= screen.y + screen.height - GRIP,
  )
  return isInReach ? state : { ...state, position: null }
}
