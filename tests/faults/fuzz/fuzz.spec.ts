/** Any change to a valid file is read or refused in words, never anything else: no other error, no endless loop. */
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { readerTitles } from '../../../scripts/faults/readers.mjs'
import { AppError } from '../../../src-shared/contract/errors.js'
import { isLong, tried } from '../figures.js'
import { readers, removeScratch } from './readers.js'

const INPUTS = isLong ? Number(process.env['UNBACKDOOR_FAULT_INPUTS'] ?? 100_000) : 300
const AT_ONCE = 100
/** With the test runner itself. */
const MAX_MEMORY_MB = 512

afterAll(removeScratch)

it('all of them are tried in the long form too', () => {
  expect(readerTitles).toEqual(readers.map(({ title }) => title))
})

describe.each(readers)('$title', ({ title, make, change, read, prefix, share }) => {
  it('is read as it is', async () => {
    await read(await make())
    expect(title).not.toBe('')
  })

  it(
    'is read or refused in words whatever is changed in it',
    async () => {
      const bytes = await make()
      const numRuns = Math.ceil(INPUTS * share)
      let refused = 0
      let tries = 0
      await fc.assert(
        fc.asyncProperty(change, async (changeIt) => {
          // As a program does that reads files: what was closed is freed when nothing else is to be done.
          if (++tries % AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve))
          try {
            await read(changeIt(bytes))
          } catch (error) {
            if (!(error instanceof AppError) || !error.message.startsWith(prefix)) throw error
            refused += 1
          }
        }),
        { numRuns, ...(isLong ? {} : { seed: 1 }) },
      )
      expect(title === 'events.jsonl' || title === 'the index of the runs' || refused > numRuns / 10).toBe(true)
      if (isLong) expect(process.resourceUsage().maxRSS / 1000).toBeLessThan(MAX_MEMORY_MB)
      tried('Changed files', title, numRuns)
    },
    isLong ? 1_800_000 : 60_000,
  )
})
