/** The checksum of ZIP and PNG (ISO 3309, reflected polynomial EDB88320). */
export function crc32(bytes: Uint8Array): number {
  return reflectedCrc(TABLE, bytes)
}

const TABLE = crcTable(0xedb88320)

/** The table of a reflected polynomial, for `reflectedCrc`. */
export function crcTable(polynomial: number): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = byte
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1
    return value
  })
}

export function reflectedCrc(table: Uint32Array, bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = table[(crc ^ byte) & 255]! ^ (crc >>> 8)
  return (crc ^ 0xffffffff) >>> 0
}
