export interface GridShape {
  readonly count: number
  readonly columns: number
  /** Rows that are in view at once. */
  readonly rowsInView: number
}

/** Where a key leads from a position in the grid; null where it is no key of a grid. */
export function moveInGrid(
  position: number,
  { key, ctrlKey }: { readonly key: string; readonly ctrlKey: boolean },
  { count, columns, rowsInView }: GridShape,
): number | null {
  if (count === 0) return null
  const page = Math.max(1, rowsInView - 1) * columns
  const rowStart = position - (position % columns)
  const moves: Readonly<Record<string, number>> = {
    ArrowLeft: position - 1,
    ArrowRight: position + 1,
    ArrowUp: position < columns ? position : position - columns,
    // From the row before the last one, the last row counts even where it ends earlier.
    ArrowDown: rowStart + columns >= count ? position : position + columns,
    PageUp: position < page ? position % columns : position - page,
    PageDown: position + page,
    Home: ctrlKey ? 0 : rowStart,
    End: ctrlKey ? count - 1 : rowStart + columns - 1,
  }
  const to = moves[key]
  return to === undefined ? null : Math.max(0, Math.min(count - 1, to))
}

/** Rows of which a part is between two heights, as a half-open range. */
export function rowsBetween(
  top: number,
  height: number,
  rowHeight: number,
  rowCount: number,
): { readonly from: number; readonly to: number } {
  const from = Math.max(0, Math.min(rowCount, Math.floor(top / rowHeight)))
  return { from, to: Math.max(from, Math.min(rowCount, Math.ceil((top + height) / rowHeight))) }
}

/** How far to scroll so that a row is in view as a whole, as little as possible. */
export function scrollToRow(row: number, rowHeight: number, top: number, height: number): number {
  const rowTop = row * rowHeight
  if (rowTop < top) return rowTop
  return rowTop + rowHeight > top + height ? rowTop + rowHeight - height : top
}
