/** As the window takes them. */
const MAX_NAME = 120

/** Words as the name of a file, in every system. */
export function fileName(words: string, ending: string): string {
  const plain = words
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-|-$/g, '')
  return `${plain.slice(0, MAX_NAME - ending.length - 1) || 'unnamed'}.${ending}`
}
