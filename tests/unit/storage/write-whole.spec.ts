import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeWhole } from '../../../src-main/storage/write-whole.js'

describe('writeWhole', () => {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'write-whole-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  it('makes missing folders and replaces old content', async () => {
    const path = join(folder, 'a', 'b', 'run.json')
    await writeWhole(path, 'old')
    await writeWhole(path, 'new')
    expect(await readFile(path, 'utf8')).toBe('new')
    expect(await readdir(join(folder, 'a', 'b'))).toEqual(['run.json'])
  })

  it('leaves the old file and no temporary one when it cannot finish', async () => {
    const path = join(folder, 'run.json')
    await writeFile(path, 'old')
    const endless = { toString: () => 'x' } as unknown as string
    await expect(writeWhole(path, endless)).rejects.toThrow()
    expect(await readFile(path, 'utf8')).toBe('old')
    expect(await readdir(folder)).toEqual(['run.json'])
  })

  it('lets readers see old or new content only, whoever else writes', async () => {
    const path = join(folder, 'run.json')
    const contents = Array.from({ length: 10 }, (_, index) => String(index).repeat(50_000))
    await writeWhole(path, contents[0]!)
    const writes = Promise.all(contents.map((content) => writeWhole(path, content)))
    for (let i = 0; i < 30; i++) expect(contents).toContain(await readFile(path, 'utf8'))
    await writes
  })
})
