const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

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
