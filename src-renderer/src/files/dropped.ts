/** The file of a run's folder that holds its settings. */
export const RECORD = 'run.json'

/** A file, or in place of one why there is none, in words. */
export type Dropped = { readonly file: File } | { readonly problem: string }

/** A file of a folder that was chosen, with its path from that folder on. */
type FileInFolder = File & { readonly webkitRelativePath: string }

/** The record among the files of a folder. */
export function recordAmong(files: readonly FileInFolder[]): Dropped {
  const folder = files[0]?.webkitRelativePath.split('/')[0] ?? ''
  const file = files.find(({ webkitRelativePath }) => webkitRelativePath === `${folder}/${RECORD}`)
  return file === undefined ? noRecord(folder) : { file }
}

export function noRecord(folder: string): Dropped {
  return { problem: `The folder ${folder} is no run: there is no ${RECORD} in it.` }
}
