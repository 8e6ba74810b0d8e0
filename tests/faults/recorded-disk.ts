/**
 * Writes down what a program asks of the disk, and tells what a power cut at any moment may leave: everything that was
 * synced, and of the rest any part.
 */
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { disk, type Disk, type DiskFile } from '../../src-main/storage/disk.js'

/** What became of what was not synced when the power went. */
export interface PowerCut {
  readonly title: string
  /** Share of the bytes of a file that are behind its last sync, from 0 to 1. */
  bytesKept(file: number): number
  /** Whether a change of names in a folder, which was not synced, is there. */
  isNameKept(change: number): boolean
}

interface File {
  readonly id: number
  current: Buffer
  /** What is on the disk for certain. */
  durable: Buffer
}

interface Folder {
  /** Names for certain. */
  durable: Map<string, File | Folder>
  current: Map<string, File | Folder>
  /** Not synced, in order; each is whole or not at all, as in a journal. */
  changes: { id: number; names: [string, File | Folder | null][] }[]
}

type Operation = (state: State) => void

/** A model of the disk, on which operations are replayed. */
class State {
  readonly root: Folder = emptyFolder()
  nextId = 0

  folder(path: string): Folder {
    const found = path === '.' ? this.root : this.folder(dirname(path)).current.get(basename(path))
    if (found === undefined || !('changes' in found)) throw new Error(`No folder ${path}`)
    return found
  }

  file(path: string): File {
    const found = this.folder(dirname(path)).current.get(basename(path))
    if (found === undefined || 'changes' in found) throw new Error(`No file ${path}`)
    return found
  }

  change(folder: string, ...names: [string, File | Folder | null][]): void {
    const into = this.folder(folder)
    for (const [name, entry] of names) setEntry(into.current, name, entry)
    into.changes.push({ id: this.nextId++, names })
  }

  newFile(): File {
    return { id: this.nextId++, current: Buffer.alloc(0), durable: Buffer.alloc(0) }
  }
}

function emptyFolder(): Folder {
  return { durable: new Map(), current: new Map(), changes: [] }
}

function setEntry(names: Map<string, File | Folder>, name: string, entry: File | Folder | null): void {
  if (entry === null) names.delete(name)
  else names.set(name, entry)
}

export interface Recording {
  readonly operations: number
  /** Writes what is left if the power goes after so many operations. */
  restore(target: string, after: number, cut: PowerCut): Promise<void>
}

/** Runs `work` on a disk that writes down everything; what lies in the workspace before counts as synced. */
export async function record(workspace: string, work: () => Promise<void>): Promise<Recording> {
  const start = `${workspace}-start`
  await cp(workspace, start, { recursive: true })
  const operations: Operation[] = []
  const local = (path: string): string => path.slice(workspace.length + 1) || '.'
  const sound: Disk = { ...disk }

  const recordFile = (path: string, file: DiskFile): DiskFile => {
    // A file is renamed only after it was closed, so this stays its path.
    const at = local(path)
    return {
      async write(part) {
        await file.write(part)
        const bytes = Buffer.from(part)
        operations.push((state) => {
          const into = state.file(at)
          into.current = Buffer.concat([into.current, bytes])
        })
      },
      size: () => file.size(),
      async truncate(bytes) {
        await file.truncate(bytes)
        operations.push((state) => {
          const of = state.file(at)
          of.current = of.current.subarray(0, bytes)
        })
      },
      async sync() {
        await file.sync()
        operations.push((state) => {
          const of = state.file(at)
          of.durable = of.current
        })
      },
      close: () => file.close(),
    }
  }

  Object.assign(disk, {
    async create(path) {
      const file = await sound.create(path)
      const at = local(path)
      operations.push((state) => state.change(dirname(at), [basename(at), state.newFile()]))
      return recordFile(path, file)
    },
    async openEnd(path) {
      const file = await sound.openEnd(path)
      const at = local(path)
      operations.push((state) => {
        if (!state.folder(dirname(at)).current.has(basename(at))) {
          state.change(dirname(at), [basename(at), state.newFile()])
        }
      })
      return recordFile(path, file)
    },
    async rename(from, to) {
      await sound.rename(from, to)
      const [before, after] = [local(from), local(to)]
      operations.push((state) => {
        state.change(dirname(before), [basename(after), state.file(before)], [basename(before), null])
      })
    },
    async remove(path) {
      await sound.remove(path)
      const at = local(path)
      operations.push((state) => state.change(dirname(at), [basename(at), null]))
    },
    async makeFolder(path) {
      const first = await sound.makeFolder(path)
      if (first === null) return first
      const made: string[] = []
      for (let folder = local(path); folder.length >= local(first).length; folder = dirname(folder))
        made.unshift(folder)
      for (const folder of made) {
        operations.push((state) => state.change(dirname(folder), [basename(folder), emptyFolder()]))
      }
      return first
    },
    async syncFolder(path) {
      await sound.syncFolder(path)
      const at = local(path)
      operations.push((state) => {
        const folder = state.folder(at)
        folder.durable = new Map(folder.current)
        folder.changes = []
      })
    },
  } satisfies Disk)
  try {
    await work()
  } finally {
    Object.assign(disk, sound)
  }

  return {
    operations: operations.length,
    async restore(target, after, cut) {
      const state = new State()
      await load(state, state.root, start)
      for (const operation of operations.slice(0, after)) operation(state)
      await materialise(state.root, target, cut)
    },
  }
}

/** Reads a folder as one that is on the disk for certain. */
async function load(state: State, into: Folder, path: string): Promise<void> {
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const at = join(path, entry.name)
    if (entry.isDirectory()) {
      const folder = emptyFolder()
      await load(state, folder, at)
      into.current.set(entry.name, folder)
    } else {
      const bytes = await readFile(at)
      into.current.set(entry.name, { ...state.newFile(), current: bytes, durable: bytes })
    }
  }
  into.durable = new Map(into.current)
}

async function materialise(folder: Folder, path: string, cut: PowerCut): Promise<void> {
  await mkdir(path, { recursive: true })
  const names = new Map(folder.durable)
  for (const { id, names: changed } of folder.changes) {
    if (cut.isNameKept(id)) for (const [name, entry] of changed) setEntry(names, name, entry)
  }
  for (const [name, entry] of names) {
    const at = join(path, name)
    if ('changes' in entry) await materialise(entry, at, cut)
    else await writeFile(at, bytesAfter(entry, cut))
  }
}

function bytesAfter({ id, current, durable }: File, cut: PowerCut): Buffer {
  const share = cut.bytesKept(id)
  if (current.length < durable.length) return share < 1 ? durable : current
  return current.subarray(0, durable.length + Math.floor(share * (current.length - durable.length)))
}
