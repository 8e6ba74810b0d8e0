import type Electron from 'electron'

/**
 * Stand-ins for dialogs of the system, which no test can reach. They are carried into the main process as text, so each
 * stands on its own.
 */
type WithDialog = Pick<typeof Electron, 'dialog'>

/** What the program asked for; null until it has. */
export interface SaveQuestion {
  name: string | null
}

/** The next dialogs for opening a file are answered with this path, or with "Cancel". */
export function answerOpenDialog({ dialog }: WithDialog, path: string | null): void {
  dialog.showOpenDialog = async () => ({ canceled: path === null, filePaths: path === null ? [] : [path] })
}

/** The next dialogs for saving a file are answered with the suggested name in this folder. */
export function answerSaveDialog({ dialog }: WithDialog, folder: string): SaveQuestion {
  const question: SaveQuestion = { name: null }
  dialog.showSaveDialog = async (...args: unknown[]) => {
    const { defaultPath = 'unnamed' } = args.at(-1) as Electron.SaveDialogOptions
    question.name = defaultPath
    return { canceled: false, filePath: `${folder}/${defaultPath}` }
  }
  return question
}

/** The next questions in a message box are answered with the button of this number; returns what was asked. */
export function answerMessageBox({ dialog }: WithDialog, button: number): { messages: string[] } {
  const asked: { messages: string[] } = { messages: [] }
  const answer = (args: unknown[]): number => {
    asked.messages.push((args.at(-1) as Electron.MessageBoxOptions).message)
    return button
  }
  dialog.showMessageBoxSync = (...args: unknown[]) => answer(args)
  dialog.showMessageBox = async (...args: unknown[]) => ({ response: answer(args), checkboxChecked: false })
  return asked
}
