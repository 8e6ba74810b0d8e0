/** Radius of the marks on a line, in pixels: none where they would hide it, large where there is no line to see. */
export function pointRadius(pointCount: number): number {
  if (pointCount === 1) return 5
  return pointCount > 60 ? 0 : 3
}
