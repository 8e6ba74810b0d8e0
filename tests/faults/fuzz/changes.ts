/** Changes of valid files, as chance or an attacker would make them. */
import fc from 'fast-check'

export type Change = (bytes: Uint8Array) => Uint8Array

/** Bytes overwritten, a part cut out, a part doubled, the end cut off. Early bytes more often: headers are there. */
export const byteChange: fc.Arbitrary<Change> = fc.oneof(
  fc
    .array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 0, max: 255 })), {
      minLength: 1,
      maxLength: 8,
    })
    .map((edits): Change => (bytes) => {
      const changed = bytes.slice()
      for (const [place, value] of edits) changed[Math.floor(place ** 3 * bytes.length)] = value
      return changed
    }),
  fc.double({ min: 0, max: 1, noNaN: true }).map(
    (place): Change =>
      (bytes) =>
        bytes.subarray(0, Math.floor(place * bytes.length)),
  ),
  fc
    .tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 600 }))
    .map(([place, length]): Change => (bytes) => {
      const at = Math.floor(place * bytes.length)
      return Uint8Array.from(Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]))
    }),
  fc
    .tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 600 }))
    .map(([place, length]): Change => (bytes) => {
      const at = Math.floor(place * bytes.length)
      return Uint8Array.from(Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]))
    }),
)

/** What a program that trusts a file would stumble over. */
const hostile: readonly unknown[] = [
  null,
  -1,
  0.5,
  1e308,
  2 ** 53,
  '',
  '__proto__',
  '../../etc/passwd',
  'x'.repeat(10_000),
  [],
  {},
  JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'),
  Array.from({ length: 1000 }, () => 0),
]

/** One or several values of a JSON text replaced by hostile ones, or removed; on other files it does nothing. */
const valueChange: fc.Arbitrary<Change> = fc
  .array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(hostile.length)), { minLength: 1, maxLength: 3 })
  .map((edits): Change => (bytes) => {
    const lines = new TextDecoder().decode(bytes).split('\n').map(parse)
    const isJson = !lines.includes(undefined)
    const root: unknown = isJson ? lines : parse(new TextDecoder().decode(bytes))
    if (root === undefined) return bytes
    for (const [place, value] of edits) replaceAt(root, place, value)
    const text = isJson ? lines.map((line) => JSON.stringify(line)).join('\n') : JSON.stringify(root)
    return new TextEncoder().encode(text)
  })

/** Of a text file in JSON or lines of it. */
export const textChange: fc.Arbitrary<Change> = fc.oneof(byteChange, { arbitrary: valueChange, weight: 2 })

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function replaceAt(root: unknown, place: number, value: number): void {
  const slots: { owner: Record<string, unknown>; key: string }[] = []
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    const owner = node as Record<string, unknown>
    for (const key of Object.keys(owner)) {
      slots.push({ owner, key })
      visit(owner[key])
    }
  }
  visit(root)
  const slot = slots[Math.min(slots.length - 1, Math.floor(place * slots.length))]
  if (slot === undefined) return
  if (value < hostile.length) slot.owner[slot.key] = structuredClone(hostile[value])
  else delete slot.owner[slot.key]
}
