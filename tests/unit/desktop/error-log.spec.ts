import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createErrorLog } from '../../../src-main/desktop/error-log.js'

describe('the error log', () => {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'error-log-'))
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
  })
  afterEach(async () => {
    vi.restoreAllMocks()
    await rm(folder, { recursive: true })
  })
  const now = () => new Date('2026-01-31T14:25:00.000Z')

  it('keeps errors in their order, each with the id that it gave', async () => {
    const file = join(folder, 'logs', 'errors.log')
    const errors = createErrorLog(file, now)
    const ids = [errors.log(new Error('first')), errors.log('second')]
    await errors.settled()
    const text = await readFile(file, 'utf8')
    expect(text).toMatch(
      new RegExp(`^2026-01-31T14:25:00.000Z \\[${ids[0]}\\] Error: first[^]*\\[${ids[1]}\\] 'second'\n$`),
    )
  })

  it('puts a file aside that has grown large', async () => {
    const file = join(folder, 'errors.log')
    await writeFile(file, 'x'.repeat(2_000_000))
    const errors = createErrorLog(file, now)
    errors.log('new')
    await errors.settled()
    expect((await stat(`${file}.old`)).size).toBe(2_000_000)
    expect((await stat(file)).size).toBeLessThan(100)
  })

  it('does without a file where none can be written', async () => {
    await writeFile(join(folder, 'occupied'), '')
    const errors = createErrorLog(join(folder, 'occupied', 'errors.log'), now)
    expect(errors.log('lost')).toMatch(/^[0-9a-f]{8}$/)
    await expect(errors.settled()).resolves.toBeUndefined()
    expect(console.error).toHaveBeenCalled()
  })
})
