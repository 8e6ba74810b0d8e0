import type { IconName } from '../../../ui/icons.js'
import { filled, inkAt, painted, type Cell, type Ink, type Patch } from './patch.js'

export const tools = [
  { id: 'pencil', title: 'Pencil', icon: 'pencil', shortcut: 'b' },
  { id: 'eraser', title: 'Eraser', icon: 'eraser', shortcut: 'e' },
  { id: 'fill', title: 'Fill', icon: 'bucket', shortcut: 'f' },
  { id: 'picker', title: 'Picker', icon: 'picker', shortcut: 'i' },
] as const satisfies readonly { id: string; title: string; icon: IconName; shortcut: string }[]

export type ToolId = (typeof tools)[number]['id']

/** What a tool makes of a patch on these cells. The picker changes nothing. */
export function applied(tool: ToolId, patch: Patch, cells: readonly Cell[], ink: Ink): Patch {
  switch (tool) {
    case 'pencil':
      return painted(patch, cells, ink)
    case 'eraser':
      return painted(patch, cells, null)
    case 'fill':
      return cells.reduce((filledSoFar, cell) => filled(filledSoFar, cell, ink), patch)
    case 'picker':
      return patch
  }
}

/** `gray 128`, `red 255, green 0, blue 10`, `transparent`. */
export function inkText(ink: Ink): string {
  if (ink === null) return 'transparent'
  const names = ink.length === 1 ? ['gray'] : ['red', 'green', 'blue']
  return ink.map((value, k) => `${names[k] ?? `channel ${k + 1}`} ${value}`).join(', ')
}

export function cellText(patch: Patch, cell: Cell): string {
  return `Row ${cell.row}, column ${cell.column}: ${inkText(inkAt(patch, cell))}`
}

/** An arrow key as a step; null for any other key. */
export function arrowStep(key: string): Cell | null {
  switch (key) {
    case 'ArrowUp':
      return { row: -1, column: 0 }
    case 'ArrowDown':
      return { row: 1, column: 0 }
    case 'ArrowLeft':
      return { row: 0, column: -1 }
    case 'ArrowRight':
      return { row: 0, column: 1 }
    default:
      return null
  }
}
