const MAX_BYTES = 8 * 1024 * 1024
const MAX_DEPTH = 64
/** What a value costs at least; it also bounds how many there can be. */
const VALUE_BYTES = 8

/**
 * Why a message is not taken, or null if it may be read. Structured cloning carries cycles, maps and any size; what is
 * said here is plain data of reasonable size. Stops counting as soon as the answer is known.
 */
export function whyRefuseMessage(message: unknown): string | null {
  const open: { readonly value: unknown; readonly depth: number }[] = [{ value: message, depth: 0 }]
  let bytes = 0
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, depth } = next
    if (depth > MAX_DEPTH) return `a message is nested more than ${MAX_DEPTH} deep`
    bytes += sizeOf(value)
    if (bytes > MAX_BYTES) return `a message is larger than ${MAX_BYTES / 1024 / 1024} MiB`
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) continue
    if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) return 'a message is not plain data'
    for (const [key, inner] of Object.entries(value)) {
      bytes += key.length
      open.push({ value: inner, depth: depth + 1 })
      if (open.length * VALUE_BYTES > MAX_BYTES) return `a message has more than ${MAX_BYTES / VALUE_BYTES} values`
    }
  }
  return null
}

function sizeOf(value: unknown): number {
  if (typeof value === 'string') return VALUE_BYTES + 2 * value.length
  return ArrayBuffer.isView(value) ? VALUE_BYTES + value.buffer.byteLength : VALUE_BYTES
}
