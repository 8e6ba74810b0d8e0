import type { CellStatus } from '../../../src-shared/model/study.js'

/** States as glyph and word, so that neither colour nor shape has to say it alone. */
export const statusLooks: Readonly<Record<CellStatus, { readonly glyph: string; readonly word: string }>> = {
  queued: { glyph: '○', word: 'Waiting' },
  running: { glyph: '▶', word: 'Running' },
  done: { glyph: '✓', word: 'Done' },
  failed: { glyph: '✕', word: 'Failed' },
  cancelled: { glyph: '■', word: 'Cancelled' },
  missing: { glyph: '–', word: 'Not started' },
}
