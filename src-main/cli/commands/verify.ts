import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '../../../src-shared/contract/errors.js'
import { userCacheFolder } from '../../app/paths.js'
import { isSound } from '../../app/verify/finding.js'
import { repairWorkspace } from '../../app/verify/repair-workspace.js'
import { verifyWorkspace } from '../../app/verify/verify-workspace.js'
import { count, megabytes, plain, printJson, printResult } from '../output.js'
import { EXIT_FAILED } from './run.js'

const words = { damaged: 'Damaged', lost: 'Lost', leftover: 'Left over', note: 'Note' } as const

export interface VerifyOptions {
  readonly json: boolean
  readonly datasets: boolean
}

/** Looks at everything in a workspace. Ends with a failure where something is wrong, which is said in words. */
export async function verifyCommand(workspace: string, { json, datasets }: VerifyOptions): Promise<number> {
  requireWorkspace(workspace)
  const verification = await verifyWorkspace(workspace, {
    datasetCache: datasets ? join(userCacheFolder(), 'datasets') : null,
  })
  const sound = isSound(verification)
  if (json) printJson({ sound, ...verification })
  else {
    const { checked, findings } = verification
    for (const { kind, path, text } of findings) printResult(`${words[kind]}: ${plain(path)}: ${plain(text)}`)
    printResult(
      `${count(checked.runs)} runs, ${count(checked.events)} events, ${count(checked.artifacts)} files of ` +
        `${megabytes(checked.bytes)}, ${checked.studies} studies` +
        `${datasets ? `, ${checked.datasets} datasets` : ''}: ${sound ? 'all is sound' : 'not all is sound'}.`,
    )
    if (findings.some(({ kind }) => kind === 'lost' || kind === 'leftover')) {
      printResult('What is lost or left over is settled by: npm run -s cli -- repair WORKSPACE')
    }
  }
  return sound ? 0 : EXIT_FAILED
}

/** Settles what can be settled without losing anything, and says what. Fails where something is left that is wrong. */
export async function repairCommand(workspace: string, { json }: { json: boolean }): Promise<number> {
  requireWorkspace(workspace)
  const repair = await repairWorkspace(workspace)
  if (json) printJson(repair)
  else {
    for (const text of repair.done) printResult(plain(text))
    for (const text of repair.left) printResult(`Left alone: ${plain(text)}`)
  }
  return repair.left.length === 0 ? 0 : EXIT_FAILED
}

function requireWorkspace(workspace: string): void {
  if (existsSync(join(workspace, 'runs')) || existsSync(join(workspace, 'studies'))) return
  throw new AppError({
    code: 'not-found',
    message: `${workspace} is no workspace: it holds neither "runs" nor "studies".`,
    hint: 'Name the folder that was given as --workspace.',
  })
}
