import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { cifarForms, interleave, readCifarBatch, readCifarRecords } from '../../../../src-main/engine/import/cifar.js'
import { unpackGzip } from '../../../../src-main/engine/import/gzip.js'
import { readIdxImages, readIdxLabels } from '../../../../src-main/engine/import/idx.js'
import { importLimits } from '../../../../src-main/engine/import/limits.js'
import { readTar } from '../../../../src-main/engine/import/tar.js'
import { readZip } from '../../../../src-main/engine/import/zip.js'
import {
  cifarPickle,
  cifarPlanes,
  cifarRecord,
  idxImages,
  idxLabels,
  paxRecord,
  tar,
  zip,
} from '../../../helpers/archives.js'
import { refusalOf } from '../../../helpers/refusals.js'

const text = (words: string): Uint8Array => new TextEncoder().encode(words)
const joined = (...parts: Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts))

describe('IDX', () => {
  const images = idxImages(3, 2, 2, (i) => i)

  it('reads images and labels', () => {
    expect(readIdxImages(images, 'a')).toEqual({
      count: 3,
      height: 2,
      width: 2,
      pixels: Uint8Array.from([...Array(12).keys()]),
    })
    expect([...readIdxLabels(idxLabels([7, 1]), 'b')]).toEqual([7, 1])
  })

  it.each([
    ['another kind of file', idxLabels([1, 2, 3]), 'a: is cut off: its header needs 16 bytes (at byte 11).'],
    [
      'bad magic',
      images.with(3, 4),
      'a: begins with 0x00000804, where a file of images in IDX format begins with 0x00000803 (at byte 0).',
    ],
    [
      'a cut-off file',
      images.subarray(0, 20),
      'a: is cut off: 3 images of 2 x 2 need 12 bytes, 4 are there (at byte 20).',
    ],
    [
      'more bytes than promised',
      joined(images, text('xx')),
      'a: has 2 bytes more than 3 images of 2 x 2 need (at byte 28).',
    ],
    [
      '2^32 - 1 images',
      images.with(4, 255).with(5, 255).with(6, 255).with(7, 255),
      'a: is cut off: 4294967295 images of 2 x 2 need 17179869180 bytes, 12 are there (at byte 28).',
    ],
    [
      'pictures of no size',
      images.with(11, 0),
      'a: claims images of 0 x 2 pixels; at most 1024 x 1024 are read (at byte 8).',
    ],
  ])('refuses %s with file and offset', async (_what, bytes, message) => {
    expect(await refusalOf(() => readIdxImages(bytes, 'a'))).toBe(message)
  })
})

describe('gzip', () => {
  it('refuses a file that is cut off, damaged, or unpacks to more than it may', async () => {
    const packed = gzipSync(Buffer.alloc(10_000, 'abc'))
    expect(unpackGzip(packed, 'a.gz', 10_000)).toHaveLength(10_000)
    expect(await refusalOf(() => unpackGzip(packed, 'a.gz', 9_999))).toContain(
      'a.gz: unpacks to more than the 9999 bytes',
    )
    expect(await refusalOf(() => unpackGzip(packed.subarray(0, 30), 'a.gz', 10_000))).toContain('a.gz: is cut off')
    expect(await refusalOf(() => unpackGzip(packed.with(packed.length - 6, 1), 'a.gz', 10_000))).toContain('damaged')
  })
})

describe('the forms of CIFAR', () => {
  const ten = cifarForms['cifar-10']
  const hundred = cifarForms['cifar-100']
  const planes = [cifarPlanes(1), cifarPlanes(2)]

  it('reads records of CIFAR-10 and the class, not the superclass, of CIFAR-100', () => {
    const one = readCifarRecords(joined(cifarRecord([3], planes[0]!), cifarRecord([9], planes[1]!)), 'b', ten)
    expect([...one.labels]).toEqual([3, 9])
    const other = readCifarRecords(cifarRecord([11, 99], planes[0]!), 'b', hundred)
    expect([...other.labels]).toEqual([99])
    const pixels = new Uint8Array(2 * 3072)
    interleave(one, pixels)
    // Pixel 0 of image 0: red, green, blue; then pixel 1; then pixel 0 of image 1.
    expect([...pixels.subarray(0, 6), ...pixels.subarray(3072, 3075)]).toEqual([1, 41, 81, 2, 42, 82, 2, 42, 82])
  })

  it('reads pickled batches to the same images', () => {
    const batch = readCifarBatch(cifarPickle('labels', [3, 9], planes), 'p', ten)
    const [fromBatch, fromRecords] = [new Uint8Array(6144), new Uint8Array(6144)]
    interleave(batch, fromBatch)
    interleave(
      readCifarRecords(joined(cifarRecord([3], planes[0]!), cifarRecord([9], planes[1]!)), 'b', ten),
      fromRecords,
    )
    expect(fromBatch).toEqual(fromRecords)
    expect([...readCifarBatch(cifarPickle('fine_labels', [3, 99], planes), 'p', hundred).labels]).toEqual([3, 99])
  })

  it('refuses what is cut off, out of range or without labels', async () => {
    const record = cifarRecord([3], planes[0]!)
    expect(await refusalOf(() => readCifarRecords(record.subarray(1), 'b', ten))).toContain(
      'b: is cut off: it has 3072 bytes',
    )
    expect(await refusalOf(() => readCifarRecords(record.with(0, 10), 'b', ten))).toBe(
      'b: image 0 is of class 10; there are 10 (at byte 0).',
    )
    expect(await refusalOf(() => readCifarBatch(cifarPickle('labels', [3, 10], planes), 'p', ten))).toContain(
      'image 1 has no class',
    )
    expect(await refusalOf(() => readCifarBatch(cifarPickle('fine_labels', [3, 9], planes), 'p', ten))).toContain(
      '"labels" is no list',
    )
  })
})

describe('tar', () => {
  const read = (bytes: Uint8Array, limits = importLimits) => readTar(bytes, 'a.tar', limits)

  it('reads files, long names by pax and by GNU, and leaves out folders', () => {
    const long = `d/${'x'.repeat(150)}`
    const files = read(
      tar([
        { name: './d/', type: '5' },
        { name: './d/a', content: text('one') },
        { name: 'pax', type: 'x', content: joined(paxRecord('mtime', '1'), paxRecord('path', long)) },
        { name: 'cut', content: text('two') },
        { name: '././@LongLink', type: 'L', content: text(`${long}2\0`) },
        { name: 'cut', content: text('three') },
      ]),
    )
    expect(files.map(({ path, read: content }) => [path, new TextDecoder().decode(content())])).toEqual([
      ['d/a', 'one'],
      [long, 'two'],
      [`${long}2`, 'three'],
    ])
  })

  it.each([
    ['a path out of the archive', [{ name: '../evil' }], 'the entry "../evil" leads out of the archive by ".."'],
    ['one that only looks like it stays', [{ name: 'a/../../evil' }], 'leads out of the archive'],
    ['an absolute path', [{ name: '/etc/passwd' }], 'the entry "/etc/passwd" has an absolute path'],
    ['a drive', [{ name: 'C:evil' }], 'names a drive'],
    ['a backslash', [{ name: 'a\\..\\evil' }], 'backslash'],
    ['a symbolic link', [{ name: 'l', type: '2', linkName: '/etc' }], 'the entry "l" is a symbolic link'],
    ['a hard link', [{ name: 'l', type: '1', linkName: 'x' }], 'the entry "l" is a hard link'],
    ['a device', [{ name: 'd', type: '3' }], 'the entry "d" is a device'],
    ['an entry twice', [{ name: 'a' }, { name: './a' }], 'holds the entry "a" twice'],
    ['a file very deep inside', [{ name: 'a/'.repeat(20) + 'b' }], 'lies deeper than 16 folders'],
  ])('refuses %s, naming it', async (_what, entries, message) => {
    expect(await refusalOf(() => read(tar(entries)))).toContain(message)
  })

  it('refuses too many entries, a wrong checksum, a size that is no number, and a cut-off file', async () => {
    const bytes = tar([{ name: 'a', content: text('one') }, { name: 'b' }])
    expect(await refusalOf(() => read(bytes, { ...importLimits, entries: 1 }))).toContain(
      'more than 1 entries (at byte 1024)',
    )
    expect(await refusalOf(() => read(bytes.with(3, 1)))).toContain('wrong checksum (at byte 0)')
    expect(await refusalOf(() => read(bytes.subarray(0, 514)))).toContain('is cut off: "a" has 3 bytes, 2 are there')
    const pax = tar([{ name: 'x', type: 'x', content: text('99 path=a\n') }, { name: 'a' }])
    expect(await refusalOf(() => read(pax))).toContain('an extended header is damaged (at byte 512)')
  })
})

describe('zip', () => {
  const read = (bytes: Uint8Array, limits = importLimits) => readZip(bytes, 'a.zip', limits)

  it('reads stored and packed files and leaves out folders', () => {
    const files = read(
      zip([
        { name: 'd/', isStored: true },
        { name: 'd/a', content: text('one one one') },
        { name: 'b', content: text('two'), isStored: true },
      ]),
    )
    expect(files.map(({ path, read: content }) => [path, new TextDecoder().decode(content())])).toEqual([
      ['d/a', 'one one one'],
      ['b', 'two'],
    ])
  })

  it.each([
    ['a path out of the archive', [{ name: '../evil' }], 'the entry "../evil" leads out of the archive'],
    ['a symbolic link', [{ name: 'l', content: text('/etc'), unixMode: 0o120777 }], 'the entry "l" is a symbolic link'],
    ['an encrypted file', [{ name: 'a', flags: 1 }], 'the entry "a" is encrypted'],
    ['an unknown method', [{ name: 'a', method: 12 }], 'unknown method 12'],
    [
      'two names for one file',
      [{ name: 'a', claims: { localName: '..' } }],
      'the entry "a" has another name in its own header',
    ],
    ['an entry twice', [{ name: 'a' }, { name: 'a' }], 'the entry "a" is there twice'],
    ['a bomb', [{ name: 'a', claims: { unpacked: 4_000_000_000 } }], 'makes the archive unpack to more than'],
  ])('refuses %s, naming it', async (_what, entries, message) => {
    expect(await refusalOf(() => read(zip(entries)))).toContain(message)
  })

  it('refuses content that is not what was promised', async () => {
    const [longer] = read(zip([{ name: 'a', content: text('three'), claims: { unpacked: 3 } }]))
    expect(await refusalOf(() => longer!.read())).toContain('the entry "a" cannot be unpacked')
    const [shorter] = read(zip([{ name: 'a', content: text('three'), claims: { unpacked: 9 } }]))
    expect(await refusalOf(() => shorter!.read())).toContain('unpacks to 5 bytes where 9 were promised')
    const [other] = read(zip([{ name: 'a', content: text('three'), claims: { crc: 1 } }]))
    expect(await refusalOf(() => other!.read())).toContain('wrong checksum')
  })

  it('refuses an archive without its end, and entries that share their bytes', async () => {
    const bytes = zip([{ name: 'a', content: text('one') }])
    expect(await refusalOf(() => read(bytes.subarray(0, bytes.length - 4)))).toContain('is cut off')
    const two = zip([{ name: 'a', content: Buffer.alloc(1000, 1), isStored: true }, { name: 'b' }])
    const view = new DataView(two.buffer)
    const second = two.findLastIndex((_, i) => view.byteLength - i >= 4 && view.getUint32(i, true) === 0x02014b50)
    // The second claims all bytes of the first as well.
    view.setUint16(second + 10, 0, true)
    view.setUint32(second + 20, 1000, true)
    view.setUint32(second + 24, 1000, true)
    expect(await refusalOf(() => read(two))).toContain('the entry "b"')
  })
})
