import { statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { AppError } from '../../src-shared/contract/errors.js'

const MB = 1_000_000

/**
 * The error of a write that found the disk full, in words: what was to be written, how much it takes (null for a folder)
 * and how much room there is. Any other error as it is.
 */
export function toldWhere(error: unknown, path: string, bytes: number | null): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error
  const wanted = bytes === null ? 'cannot be made' : `takes ${inMegabytes(bytes)}`
  const full = code === 'ENOSPC' ? 'The disk is full' : 'Your share of the disk is used up'
  return new AppError(
    {
      code: 'storage',
      message: `${full}: ${path} ${wanted}, and ${free(dirname(path))}.`,
      hint: 'Make room on that disk and try again. What was there before is there still.',
    },
    { cause: error },
  )
}

function free(folder: string): string {
  try {
    const { bavail, bsize } = statfsSync(folder)
    return `${inMegabytes(bavail * bsize)} are free`
  } catch {
    return 'it is not known how much is free'
  }
}

function inMegabytes(bytes: number): string {
  return `${(bytes / MB).toFixed(bytes < MB ? 3 : 1)} MB`
}
