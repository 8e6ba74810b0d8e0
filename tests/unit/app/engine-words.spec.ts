import { expect, it } from 'vitest'
import { createEngineWords } from '../../../src-main/app/engine-words.js'

it('tells whole lines however they arrive, and keeps the last words', () => {
  const words = createEngineWords()
  const lines: string[] = []
  words.onLine((line) => lines.push(line))
  for (const chunk of ['one\ntw', 'o\r\n\n', Buffer.from('thr'), 'ee']) words.hear(chunk)
  expect(lines).toEqual(['one', 'two'])
  expect(words.last()).toBe('one\ntwo\r\n\nthree')
  words.hear('x'.repeat(10_000))
  expect(words.last()).toHaveLength(2_000)
})
