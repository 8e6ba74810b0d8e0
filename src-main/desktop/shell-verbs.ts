import { stat } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import type { OpenDialogOptions, OpenDialogReturnValue, SaveDialogOptions, SaveDialogReturnValue } from 'electron'
import { z } from 'zod'
import { invalidInput } from '../../src-shared/contract/field-errors.js'
import {
  channels,
  type FileAnswer,
  type GrantedFile,
  type OpenKind,
  type SaveKind,
} from '../../src-shared/desktop/bridge.js'
import { checkEnding, openKinds, saveKinds, type FileKind } from './file-kinds.js'
import type { Grants } from './grants.js'
import type { IpcGuard } from './ipc-guard.js'

const oneOf = <K extends string>(kinds: Readonly<Record<K, FileKind>>) => z.enum(Object.keys(kinds) as K[])

const OpenQuestion = z.strictObject({ kind: oneOf(openKinds) })
const SaveQuestion = z.strictObject({
  kind: oneOf(saveKinds),
  suggestedName: z
    .string()
    .max(120)
    .regex(/^[^\\/:*?"<>|\p{Cc}]+$/u, 'must be a plain file name'),
})
const DropQuestion = z.strictObject({ path: z.string().max(4096) })

/** Electron's dialogs, already bound to the window that they belong to. */
export interface FileDialogs {
  showOpenDialog(options: OpenDialogOptions): Promise<OpenDialogReturnValue>
  showSaveDialog(options: SaveDialogOptions): Promise<SaveDialogReturnValue>
}

export interface ShellVerbs {
  openFile(kind: OpenKind): Promise<GrantedFile | null>
}

/** What a window can do that a browser cannot. Paths stay here; the page gets grants. */
export function addShellVerbs(ipc: IpcGuard, dialogs: FileDialogs, grants: Grants): ShellVerbs {
  const openFile = async (kind: OpenKind): Promise<GrantedFile | null> => {
    const { title, name, extensions } = openKinds[kind]
    const filters = [{ name, extensions: [...extensions] }]
    const { canceled, filePaths } = await dialogs.showOpenDialog({ title, filters, properties: ['openFile'] })
    const path = canceled ? undefined : filePaths[0]
    if (path === undefined) return null
    checkEnding(path, [openKinds[kind]])
    return grants.grant('read', path)
  }

  const saveFile = async (kind: SaveKind, suggestedName: string): Promise<GrantedFile | null> => {
    const { title, name, extensions } = saveKinds[kind]
    const filters = [{ name, extensions: [...extensions] }]
    const properties: SaveDialogOptions['properties'] = ['createDirectory', 'showOverwriteConfirmation']
    const { canceled, filePath } = await dialogs.showSaveDialog({
      title,
      filters,
      defaultPath: suggestedName,
      properties,
    })
    if (canceled || filePath === '') return null
    // An ending added here would make another file of it, for whose overwriting nobody was asked.
    checkEnding(filePath, [saveKinds[kind]])
    return grants.grant('write', filePath)
  }

  ipc.handle(channels.openFile, OpenQuestion, async ({ kind }): Promise<FileAnswer> => ({ file: await openFile(kind) }))
  ipc.handle(channels.saveFile, SaveQuestion, async ({ kind, suggestedName }): Promise<FileAnswer> => ({
    file: await saveFile(kind, suggestedName),
  }))
  ipc.handle(channels.grantDroppedFile, DropQuestion, async ({ path }): Promise<FileAnswer> => {
    await checkDropped(path)
    return { file: grants.grant('read', path) }
  })
  return { openFile }
}

/** What was dropped may be a folder, or text from another program, which has no path at all. */
async function checkDropped(path: string): Promise<void> {
  const isFile = isAbsolute(path) && ((await stat(path).catch(() => null))?.isFile() ?? false)
  if (!isFile)
    throw invalidInput([{ path: 'file', value: 'what was dropped', message: 'must be a file on this machine' }])
  checkEnding(path, Object.values(openKinds))
}
