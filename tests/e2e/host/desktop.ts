import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { _electron, expect, type ElectronApplication } from '@playwright/test'
import { answerOpenDialog, answerSaveDialog, type SaveQuestion } from './dialogs.js'
import { pressMenuEntry } from './menu.js'
import { packageRoot } from './find-electron.js'
import type { OpenedHost } from './opened-host.js'

export interface DesktopOptions {
  readonly binary: string
  readonly workspace: string
  /** Where the program keeps what belongs to it, such as the place of its window. */
  readonly userData: string
}

export interface Desktop extends OpenedHost {
  readonly electronApp: ElectronApplication
  /** The answer to the next dialog for opening a file; null is "Cancel". */
  chooseFile(path: string | null): Promise<void>
  /** Presses an entry of the menu, by what stands there. */
  pressMenu(menu: string, entry: string): Promise<void>
}

/** The built program in a window of its own. The binary must not have its inspector taken away by a fuse. */
export async function launchDesktop({ binary, workspace, userData }: DesktopOptions): Promise<Desktop> {
  const electronApp = await _electron.launch({
    executablePath: binary,
    args: [packageRoot, `--workspace=${workspace}`, `--user-data-dir=${userData}`],
  })
  const page = await electronApp.firstWindow()
  const folder = await mkdtemp(join(tmpdir(), 'unbackdoor-saved-'))
  return {
    electronApp,
    page,
    origin: 'app://unbackdoor',
    // It comes up by itself.
    show: async () => undefined,
    async saveFile(act) {
      const asked = await electronApp.evaluateHandle(answerSaveDialog, folder)
      await act()
      await expect.poll(() => asked.evaluate(({ name }: SaveQuestion) => name)).not.toBeNull()
      const name = (await asked.evaluate((question: SaveQuestion) => question.name)) ?? ''
      const path = join(folder, basename(name))
      await expect.poll(() => readFile(path).catch(() => null)).not.toBeNull()
      return { name, bytes: await readFile(path) }
    },
    chooseFile: (path) => electronApp.evaluate(answerOpenDialog, path),
    pressMenu: (menu, entry) => electronApp.evaluate(pressMenuEntry, { menu, entry }),
    async close() {
      await electronApp.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
