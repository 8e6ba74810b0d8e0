/**
 * TensorFlow's record files (tensorflow/core/lib/io/record_writer.h): each record with its length, and both with a
 * checksum (CRC-32C, Castagnoli, rotated and shifted so that checksums of checksums stay apart).
 */
import { joinedBytes } from '../util/bytes.js'
import { crcTable, reflectedCrc } from '../util/crc32.js'

const CASTAGNOLI = crcTable(0x82f63b78)
const MASK_DELTA = 0xa282ead8
const LENGTH_BYTES = 8

export function recordFile(records: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return joinedBytes(
    records.flatMap((record) => {
      const length = new Uint8Array(LENGTH_BYTES)
      new DataView(length.buffer).setBigUint64(0, BigInt(record.length), true)
      return [length, maskedCrc(length), record, maskedCrc(record)]
    }),
  )
}

function maskedCrc(bytes: Uint8Array): Uint8Array {
  const crc = reflectedCrc(CASTAGNOLI, bytes)
  const masked = (((crc >>> 15) | (crc << 17)) + MASK_DELTA) >>> 0
  const written = new Uint8Array(4)
  new DataView(written.buffer).setUint32(0, masked, true)
  return written
}
