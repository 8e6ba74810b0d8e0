import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { takeLock } from '../../../src-main/storage/file-lock.js'
import { refusalOf } from '../../helpers/refusals.js'

describe('a lock', () => {
  let folder = ''
  let path = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lock-'))
    path = join(folder, 'deep', 'thing.lock')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const leave = (holder: object): void => {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(
      path,
      JSON.stringify({ pid: 1, host: hostname(), since: '2026-01-31T14:25:00Z', doing: 'work', ...holder }),
    )
  }

  it('is held by one and names its holder to the next, until it is released', async () => {
    const lock = takeLock(path, 'importing mnist')
    expect(await refusalOf(() => takeLock(path, 'removing mnist'))).toMatch(
      new RegExp(`^It is in use by process ${process.pid} on ${hostname()}, since .* [(]importing mnist[)][.]$`),
    )
    lock.release()
    expect(existsSync(path)).toBe(false)
    takeLock(path, 'removing mnist').release()
  })

  it('is taken over from a process that is gone', () => {
    const { pid } = spawnSync(process.execPath, ['-e', ''])
    leave({ pid })
    const lock = takeLock(path, 'mine')
    expect(readFileSync(path, 'utf8')).toContain('"doing":"mine"')
    lock.release()
  })

  it('is respected for a minute where the holder cannot be asked: on another machine, or half written', async () => {
    leave({ host: 'elsewhere', pid: 2 ** 22 + 1 })
    expect(await refusalOf(() => takeLock(path, 'mine'))).toContain('on elsewhere')
    writeFileSync(path, '{"pid":')
    expect(await refusalOf(() => takeLock(path, 'mine'))).toContain('another process')
    const old = new Date(Date.now() - 120_000)
    utimesSync(path, old, old)
    takeLock(path, 'mine').release()
    expect(existsSync(path)).toBe(false)
  })

  it('leaves a lock alone that someone else has taken meanwhile', () => {
    const lock = takeLock(path, 'mine')
    leave({ doing: 'theirs' })
    lock.release()
    expect(readFileSync(path, 'utf8')).toContain('theirs')
  })
})
