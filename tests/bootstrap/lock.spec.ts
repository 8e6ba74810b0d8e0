// One holder at a time, whoever dies.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { withLock } from '../../scripts/bootstrap/lock.mjs'
import { scripts, start } from './workshop'

let folder: string
let lock: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'unbackdoor-lock-'))
  lock = join(folder, 'lock')
  mkdirSync(lock)
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
})

afterEach(() => {
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true })
})

const heldBy = (owner: { pid: number; host?: string; birth?: string | null }) => {
  writeFileSync(join(lock, '4'), JSON.stringify({ host: hostname(), birth: null, since: 'now', ...owner }))
}
const taken = () => withLock(lock, 'test', () => Promise.resolve('taken'))
const heldUp = () => new Promise((resolve) => setTimeout(() => resolve('held up'), 500))

test('is free again afterwards, also after an error', async () => {
  await expect(withLock(lock, 'test', () => Promise.reject(new Error('oh')))).rejects.toThrow('oh')
  expect(await taken()).toBe('taken')
})

test('waits for a process that lives', async () => {
  heldBy({ pid: process.pid })
  const waiting = taken()
  expect(await Promise.race([waiting, heldUp()])).toBe('held up')
  expect(process.stderr.write).toHaveBeenCalledTimes(1)
  writeFileSync(join(lock, '4'), '{}')
  expect(await waiting).toBe('taken')
})

test('takes over from a process that is dead', async () => {
  const { pid, ended } = start(process.execPath, ['-e', ''])
  await ended
  heldBy({ pid })
  expect(await taken()).toBe('taken')
})

test('takes over when the number of a dead process belongs to another one now', async () => {
  heldBy({ pid: process.pid, birth: '1' })
  expect(await taken()).toBe('taken')
})

test('trusts another machine as long as it gives signs of life', async () => {
  heldBy({ pid: 1, host: 'another' })
  const waiting = taken()
  expect(await Promise.race([waiting, heldUp()])).toBe('held up')
  const longAgo = new Date(Date.now() - 10 * 60_000)
  utimesSync(join(lock, '4'), longAgo, longAgo)
  expect(await waiting).toBe('taken')
})

test('never has two holders, also when they are killed', async () => {
  // Each adds a line after reading and waiting, so two at once would lose a line; every third one dies holding the lock.
  const script = `
    import { readFileSync, writeFileSync } from 'node:fs'
    import { withLock } from ${JSON.stringify(join(scripts, 'bootstrap', 'lock.mjs'))}
    const [file, lock, number] = process.argv.slice(1)
    await withLock(lock, 'test', async () => {
      const before = readFileSync(file, 'utf8')
      await new Promise((resolve) => setTimeout(resolve, 20))
      writeFileSync(file, before + number + '\\n')
      if (number % 3 === 0) process.kill(process.pid, 'SIGKILL')
    })
  `
  const file = join(folder, 'count')
  writeFileSync(file, '')
  const numbers = Array.from({ length: 12 }, (_, i) => String(i + 1))
  const args = (number: string) => ['--input-type=module', '-e', script, file, lock, number]
  await Promise.all(numbers.map((number) => start(process.execPath, args(number)).ended))
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  expect(lines.toSorted((a, b) => Number(a) - Number(b))).toEqual(numbers)
})
