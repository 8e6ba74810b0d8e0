import { noRecord, RECORD, type Dropped } from './dropped.js'

/**
 * What was dropped or pasted: the first file, or the record in the first folder. Null if it carries neither. Has to be
 * called while the event is handled; what it carries is gone afterwards.
 */
export function droppedFile(transfer: DataTransfer): Promise<Dropped> | null {
  const item = Array.from(transfer.items).find(({ kind }) => kind === 'file')
  const entry = item?.webkitGetAsEntry() ?? null
  if (entry?.isDirectory === true) return recordIn(entry as FileSystemDirectoryEntry)
  const file = item?.getAsFile() ?? null
  return file === null ? null : Promise.resolve({ file })
}

function recordIn(folder: FileSystemDirectoryEntry): Promise<Dropped> {
  return new Promise((resolve) => {
    const none = (): void => resolve(noRecord(folder.name))
    folder.getFile(RECORD, {}, (entry) => (entry as FileSystemFileEntry).file((file) => resolve({ file }), none), none)
  })
}
