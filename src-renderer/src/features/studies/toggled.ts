/** With the entry where it was not, without it where it was; in the order in which they are offered. */
export function toggled(chosen: readonly string[], id: string, offered: readonly string[]): string[] {
  const next = chosen.includes(id) ? chosen.filter((each) => each !== id) : [...chosen, id]
  return [...offered.filter((each) => next.includes(each)), ...next.filter((each) => !offered.includes(each))]
}
