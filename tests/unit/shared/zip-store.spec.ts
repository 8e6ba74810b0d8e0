import { describe, expect, it } from 'vitest'
import { importLimits } from '../../../src-main/engine/import/limits.js'
import { readZip } from '../../../src-main/engine/import/zip.js'
import { zipStored } from '../../../src-shared/util/zip-store.js'

const filesIn = (archive: Uint8Array) => readZip(archive, 'a.zip', importLimits)

describe('archives that are written', () => {
  it('hold more files than 16 bits can count', async () => {
    const entries = Array.from({ length: 70_000 }, (_, index) => ({
      name: `train/${index % 3}/${index}.png`,
      content: Uint8Array.of(index & 255),
    }))
    const files = filesIn(zipStored(entries))
    expect(files).toHaveLength(70_000)
    expect(files.at(-1)!.path).toBe('train/0/69999.png')
    expect([...(await files.at(-1)!.read())]).toEqual([69_999 & 255])
  })

  it('let each content begin where it is asked to, whatever the lengths of names', () => {
    const entries = Array.from({ length: 70 }, (_, index) => ({
      name: 'n'.repeat(index + 1),
      content: Uint8Array.from([0xab, 0xcd, 0xef, index]),
    }))
    const archive = Buffer.from(zipStored(entries, { alignment: 64 }))
    for (const { content } of entries) expect(archive.indexOf(content) % 64).toBe(0)
    expect(filesIn(archive).map(({ path }) => path)).toEqual(entries.map(({ name }) => name))
  })
})
