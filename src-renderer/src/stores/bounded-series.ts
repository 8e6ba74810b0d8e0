/** Adds to a series of bounded length. When it is full, every second of the older points goes, so its shape stays. */
export function appendBounded<T>(points: readonly T[], point: T, maxLength: number): T[] {
  const kept = points.length < maxLength ? points : points.filter((_, index) => index % 2 === 0)
  return [...kept, point]
}
