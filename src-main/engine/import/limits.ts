/** What an import may cost. Files come from strangers, so each limit is checked before anything is allocated for it. */
export interface ImportLimits {
  /** Files and folders in an archive or folder. */
  readonly entries: number
  /** Of one archive, packed or unpacked. Node reads no larger file at once. */
  readonly archiveBytes: number
  /** An archive that unpacks to more than `alwaysUnpacked` bytes may be at most so many times its packed size. */
  readonly ratio: number
  readonly alwaysUnpacked: number
  /** Folders inside each other. */
  readonly depth: number
  readonly pathLength: number
  /** Of one picture file. */
  readonly imageBytes: number
  readonly imagePixels: number
  /** Of the stored dataset. */
  readonly storedBytes: number
}

const MB = 1024 * 1024

export const importLimits: ImportLimits = {
  entries: 1_000_000,
  archiveBytes: 2000 * MB,
  ratio: 250,
  alwaysUnpacked: 64 * MB,
  depth: 16,
  pathLength: 1024,
  imageBytes: 32 * MB,
  imagePixels: 16_777_216,
  storedBytes: 2000 * MB,
}

/** The most that an archive of this packed size may unpack to. */
export function unpackedLimit({ archiveBytes, ratio, alwaysUnpacked }: ImportLimits, packedBytes: number): number {
  return Math.min(archiveBytes, Math.max(alwaysUnpacked, packedBytes * ratio))
}
