import { realpath } from 'node:fs/promises'
import { basename, join, sep } from 'node:path'
import type { AppHandlers } from '../../src-shared/contract/commands.js'
import { AppError } from '../../src-shared/contract/errors.js'
import { RunId } from '../../src-shared/model/ids.js'

/** Only the record is wanted, none of the events. */
const AFTER_ALL = Number.MAX_SAFE_INTEGER
/** What a browser may show by itself; everything else is handed over as a file to keep. */
const SHOWN = ['image/png', 'application/json']
const MEDIA_TYPE = /^[a-z]+\/[a-z0-9][a-z0-9.+-]*$/

/** A file of a run, ready to be handed to a page. */
export interface RunFile {
  /** Absolute, with links followed. */
  readonly realPath: string
  readonly mediaType: string
  /** The value of the header Content-Disposition. */
  readonly disposition: string
}

/**
 * Finds a file of a run as far as its record lists it: the path is looked up there and never used as it came. Throws
 * `not-found`, or `refused` where a link leads out of the folder, which a stranger may have made.
 */
export async function findRunFile(snapshot: AppHandlers['run.snapshot'], name: string, path: string): Promise<RunFile> {
  const runId = RunId.safeParse(name)
  if (!runId.success) throw notListed()
  const { record, folder } = await snapshot({ runId: runId.data, afterSeq: AFTER_ALL })
  const artifact = record.artifacts.find((listed) => listed.path === path)
  if (artifact === undefined) throw notListed()
  const mediaType = MEDIA_TYPE.test(artifact.mediaType) ? artifact.mediaType : 'application/octet-stream'
  return {
    realPath: await pathInside(folder, artifact.path),
    mediaType,
    disposition: `${SHOWN.includes(mediaType) ? 'inline' : 'attachment'}; filename="${basename(artifact.path)}"`,
  }
}

async function pathInside(folder: string, path: string): Promise<string> {
  try {
    const real = await realpath(join(folder, path))
    if (real.startsWith((await realpath(folder)) + sep)) return real
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause
    const message = `${path} is listed in the record of the run but is no longer in its folder.`
    throw new AppError({ code: 'not-found', message }, { cause })
  }
  throw new AppError({ code: 'refused', message: `${path} leads out of the folder of the run.` })
}

function notListed(): AppError {
  return new AppError({ code: 'not-found', message: 'No run of this workspace lists such a file.' })
}
