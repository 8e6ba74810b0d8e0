import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { toldWhere } from './no-room.js'

/** A file that is being written. */
export interface DiskFile {
  write(part: string | Uint8Array): Promise<void>
  /** Bytes it has. */
  size(): Promise<number>
  truncate(bytes: number): Promise<void>
  /** To the disk: from then on its bytes survive a power cut, and its name if the folder is synced too. */
  sync(): Promise<void>
  close(): Promise<void>
}

/**
 * Everything that the store asks of the file system in order to write. It is one object, so that a test can let any of it
 * fail, or write down what was asked and what a power cut would have left of that.
 */
export interface Disk {
  /** A new file. */
  create(path: string): Promise<DiskFile>
  /** To write behind what is there; made if it is not there. */
  openEnd(path: string): Promise<DiskFile>
  rename(from: string, to: string): Promise<void>
  remove(path: string): Promise<void>
  /** With those above it. Returns the topmost that was not there, null if all were. */
  makeFolder(path: string): Promise<string | null>
  /** Makes new and renamed names in a folder survive a power cut. Windows has no such call and needs none. */
  syncFolder(path: string): Promise<void>
}

export const disk: Disk = {
  create: (path) => openFile(path, 'wx'),
  openEnd: (path) => openFile(path, 'a'),
  rename: (from, to) => rename(from, to),
  remove: (path) => rm(path, { force: true }),
  makeFolder: async (path) => (await mkdir(path, { recursive: true })) ?? null,
  async syncFolder(path) {
    if (process.platform === 'win32') return
    const handle = await open(path, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  },
}

/** A folder that is there after a power cut too, with those above it. Throws `storage` where the disk is full. */
export async function makeFolder(path: string): Promise<void> {
  const first = await disk.makeFolder(path).catch((error: unknown) => {
    throw toldWhere(error, path, null)
  })
  if (first === null) return
  // The name of each new folder stands in the one above it.
  for (let folder = path; folder.length >= first.length; folder = dirname(folder)) {
    await disk.syncFolder(dirname(folder))
  }
}

async function openFile(path: string, flags: 'wx' | 'a'): Promise<DiskFile> {
  const handle = await open(path, flags)
  return {
    write: (part) => handle.writeFile(part),
    size: async () => (await handle.stat()).size,
    truncate: (bytes) => handle.truncate(bytes),
    sync: () => handle.sync(),
    close: () => handle.close(),
  }
}
