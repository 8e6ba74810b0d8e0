import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { AppError } from '../../src-shared/contract/errors.js'
import type { ExperimentPlan } from '../lab/experiment-plan.js'
import type { RunHost } from '../lab/run-host.js'
import { decodeSafetensors } from '../../src-shared/weights/safetensors.js'

/** The weights of the imported victim, if they are those that the experiment names. */
export async function readVictim({ victim }: ExperimentPlan, path: string | null): ReturnType<RunHost['readVictim']> {
  if (victim === null || path === null) throw new Error('The victim of this experiment is trained, not imported')
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    throw new AppError({
      code: 'data-missing',
      message: `The imported model "${victim.model}" is no longer in the workspace.`,
      hint: 'Import it again under the same name.',
    })
  })
  const found = createHash('sha256').update(bytes).digest('hex')
  if (found !== victim.sha256) {
    throw new AppError({
      code: 'conflict',
      message: `The weights of "${victim.model}" are not those that the experiment names: ${found} instead of ${victim.sha256}.`,
    })
  }
  return decodeSafetensors(bytes).tensors
}
