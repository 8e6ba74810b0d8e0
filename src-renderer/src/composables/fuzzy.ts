/**
 * How well `text` answers `query`: all letters of the query in order, better when they start words or follow each other.
 * Null if they do not all occur.
 */
export function fuzzyScore(text: string, query: string): number | null {
  const lower = text.toLowerCase()
  let score = 0
  let from = 0
  for (const letter of query.toLowerCase().replaceAll(/\s+/g, '')) {
    const at = lower.indexOf(letter, from)
    if (at === -1) return null
    if (at === from && from > 0) score += 3
    if (at === 0 || /[\s\-:,.(]/.test(lower.charAt(at - 1))) score += 2
    score -= Math.min(1, (at - from) / 20)
    from = at + 1
  }
  return score - text.length / 200
}

/** Those that answer the query, best first; all of them, in their order, for an empty one. */
export function fuzzyFilter<T>(items: readonly T[], query: string, textOf: (item: T) => string): T[] {
  if (query.trim() === '') return [...items]
  return items
    .flatMap((item) => {
      const score = fuzzyScore(textOf(item), query)
      return score === null ? [] : [{ item, score }]
    })
    .toSorted((a, b) => b.score - a.score)
    .map(({ item }) => item)
}
