import { ref, shallowRef } from 'vue'
import { AppError, type WireError } from '../../../src-shared/contract/index.js'
import type { SaveKind } from '../../../src-shared/desktop/bridge.js'
import {
  exportRuns,
  plainExport,
  type ExportedRun,
  type ExportFormat,
  type ExportOptions,
} from '../../../src-shared/export/export-runs.js'
import type { RunId } from '../../../src-shared/model/ids.js'
import { saveFile } from '../client/save-file.js'
import { useAppClient, useFileUrl } from '../stores/app-client.js'
import { toWireError } from '../stores/wire-error.js'

const KINDS: Readonly<Record<ExportFormat, SaveKind>> = {
  html: 'report',
  card: 'table',
  csv: 'table',
  json: 'table',
  latex: 'table',
  tensorboard: 'events',
  torch: 'weights',
  safetensors: 'weights',
  'poisoned-npz': 'values',
  'poisoned-folder': 'archive',
}

/** Keeps runs as a file, the same as the command line writes. */
export function useRunExport() {
  const client = useAppClient()
  const fileUrl = useFileUrl()
  const error = shallowRef<WireError | null>(null)
  const isWriting = ref(false)

  async function open(runId: RunId): Promise<ExportedRun> {
    const { record, events } = await client.call('run.snapshot', { runId })
    return { record, events, read: (path) => read(runId, path) }
  }

  async function read(runId: RunId, path: string): Promise<Uint8Array> {
    const url = fileUrl(runId, path)
    const response = url === null ? null : await fetch(url)
    if (response?.ok === true) return new Uint8Array(await response.arrayBuffer())
    throw new AppError({ code: 'not-found', message: `${path} of run ${runId} could not be fetched.` })
  }

  return {
    error,
    isWriting,
    async save(
      [first, ...others]: readonly [RunId, ...RunId[]],
      format: ExportFormat,
      options: Partial<ExportOptions> = {},
    ): Promise<void> {
      error.value = null
      isWriting.value = true
      try {
        const runs: [ExportedRun, ...ExportedRun[]] = [await open(first), ...(await Promise.all(others.map(open)))]
        const { name, mediaType, content } = await exportRuns(client, runs, format, { ...plainExport, ...options })
        await saveFile(KINDS[format], name, new Blob([content], { type: mediaType }))
      } catch (thrown) {
        error.value = toWireError(thrown)
      } finally {
        isWriting.value = false
      }
    },
  }
}
