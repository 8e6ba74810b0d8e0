const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const valueOf = new Map(Array.from(ALPHABET, (letter, value) => [letter, value]))

/** Bytes as base64 with padding. Here and not from the host: the laboratory knows neither Node's Buffer nor btoa. */
export function toBase64(bytes: Uint8Array): string {
  const letters: string[] = []
  for (let i = 0; i < bytes.length; i += 3) {
    const word = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0)
    const left = bytes.length - i
    letters.push(ALPHABET[word >> 18]!, ALPHABET[(word >> 12) & 63]!)
    letters.push(left > 1 ? ALPHABET[(word >> 6) & 63]! : '=', left > 2 ? ALPHABET[word & 63]! : '=')
  }
  return letters.join('')
}

/** The bytes of valid base64; letters outside of it count as zero bits. */
export function fromBase64(text: string): Uint8Array {
  const bytes = new Uint8Array(base64ByteLength(text))
  for (let i = 0, at = 0; i < text.length; i += 4) {
    let word = 0
    for (let k = 0; k < 4; k++) word = (word << 6) | (valueOf.get(text.charAt(i + k)) ?? 0)
    for (let shift = 16; shift >= 0 && at < bytes.length; shift -= 8) bytes[at++] = (word >> shift) & 255
  }
  return bytes
}

/** How many bytes base64 with padding stands for, without reading them. */
export function base64ByteLength(text: string): number {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  return Math.max(0, Math.floor(text.length / 4) * 3 - padding)
}
