import { z } from 'zod'
import { Draft } from './draft-model.js'

const KEY = 'unbackdoor.draft'
const Saved = z.object({ version: z.literal(1), draft: Draft })

/** The draft of an earlier visit; null where there is none, or where another version wrote it. */
export function readDraft(): Draft | null {
  const text = localStorage.getItem(KEY)
  if (text === null) return null
  try {
    return Saved.parse(JSON.parse(text)).draft
  } catch {
    // A draft that cannot be read is no reason to be without a form.
    return null
  }
}

export function saveDraft(draft: Draft): void {
  localStorage.setItem(KEY, JSON.stringify({ version: 1, draft } satisfies z.infer<typeof Saved>))
}
