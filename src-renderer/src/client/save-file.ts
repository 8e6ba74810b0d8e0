import { z } from 'zod'
import { AppError, WireError } from '../../../src-shared/contract/index.js'
import type { SaveKind } from '../../../src-shared/desktop/bridge.js'

const Refused = z.object({ error: WireError })
/** Long enough for every browser to have taken the address. */
const FREE_AFTER_MS = 10_000

/**
 * Keeps bytes of the page as a file: in the window where its dialog says, if the user chooses a place; in a browser among
 * the downloads. Nothing leaves the machine of the page. Throws an `AppError` where the file cannot be written.
 */
export async function saveFile(kind: SaveKind, name: string, content: Blob): Promise<void> {
  const bridge = window.unbackdoor
  if (bridge === undefined) {
    download(content, name)
    return
  }
  const answer = await bridge.saveFile(kind, name)
  if ('error' in answer) throw new AppError(answer.error)
  if (answer.file === null) return
  const response = await fetch(`/granted/${answer.file.id}`, { method: 'PUT', body: content })
  if (!response.ok) throw new AppError(Refused.parse(await response.json()).error)
}

function download(content: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(content)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), FREE_AFTER_MS)
}
