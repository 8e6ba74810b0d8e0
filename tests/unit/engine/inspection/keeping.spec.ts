// What the engine keeps between questions about runs: answers on disk, costly things in memory, tasks under way.
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createAnswerCache } from '../../../../src-main/engine/inspection/answer-cache.js'
import { createShelf } from '../../../../src-main/engine/inspection/shelf.js'
import { createTasks } from '../../../../src-main/engine/inspection/tasks.js'
import { RunId } from '../../../../src-shared/model/ids.js'

describe('the cache of answers', () => {
  let folder = ''
  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), 'answers-')), 'cache')
  })
  afterEach(() => rm(join(folder, '..'), { recursive: true }))

  const Answer = z.object({ text: z.string() })
  const asked = { times: 0 }
  const make = (text: string) => async () => {
    asked.times += 1
    return { text }
  }

  it('computes an answer once, whoever opens it, and another where anything differs', async () => {
    asked.times = 0
    const cache = createAnswerCache(folder)
    expect(await cache.through(['a', { b: 1 }], Answer, make('one'))).toEqual({ text: 'one' })
    expect(await createAnswerCache(folder).through(['a', { b: 1 }], Answer, make('two'))).toEqual({ text: 'one' })
    expect(await cache.through(['a', { b: 2 }], Answer, make('three'))).toEqual({ text: 'three' })
    expect(asked.times).toBe(2)
  })

  it('can be read by its owner alone', async () => {
    await createAnswerCache(folder).put(['a'], { text: 'one' })
    const [name] = await readdir(folder)
    expect((await stat(folder)).mode & 0o077).toBe(0)
    expect((await stat(join(folder, name!))).mode & 0o077).toBe(0)
  })

  it('computes anew what was spoilt', async () => {
    const cache = createAnswerCache(folder)
    await cache.put(['a'], { text: 'one' })
    const [name] = await readdir(folder)
    await writeFile(join(folder, name!), (await readFile(join(folder, name!), 'utf8')).slice(0, 5))
    expect(await cache.get(['a'], Answer)).toBeNull()
    expect(await cache.through(['a'], Answer, make('again'))).toEqual({ text: 'again' })
    expect(await cache.get(['a'], Answer)).toEqual({ text: 'again' })
  })

  it('gives away what was not asked for longest, before it grows too large', async () => {
    const cache = createAnswerCache(folder, 100, 60)
    const long = { text: 'x'.repeat(20) }
    const old = new Date(0)
    await cache.put([1], long)
    for (const name of await readdir(folder)) await utimes(join(folder, name), old, old)
    await cache.put([2], long)
    await cache.put([3], long)
    await cache.put([4], long)
    expect(await cache.get([1], Answer)).toBeNull()
    expect(await cache.get([4], Answer)).toEqual(long)
    expect((await readdir(folder)).length).toBeLessThan(4)
  })
})

describe('the shelf', () => {
  const released: string[] = []
  const shelf = (maxCount: number, maxBytes = 100) =>
    createShelf<string>({ maxCount, maxBytes, release: (value) => released.push(value) })
  const store = (value: string, bytes = 1) => ({ make: async () => ({ value, bytes }) })
  beforeEach(() => {
    released.length = 0
  })

  it('makes a thing once, and lets go of the one that was not used longest', async () => {
    const kept = shelf(2)
    let made = 0
    const count = async () => {
      made += 1
      return { value: 'a', bytes: 1 }
    }
    const nothing = async () => {}
    await Promise.all([kept.use('a', count, nothing), kept.use('a', count, nothing)])
    await kept.use('b', store('b').make, nothing)
    await kept.use('a', count, nothing)
    await kept.use('c', store('c').make, nothing)
    expect(made).toBe(1)
    expect(released).toEqual(['b'])
  })

  it('lets go of nothing that is being worked with, and of it afterwards', async () => {
    const kept = shelf(5, 10)
    const work = Promise.withResolvers<void>()
    const using = kept.use('a', store('a', 8).make, () => work.promise)
    await kept.use('b', store('b', 8).make, async () => {})
    expect(released).toEqual([])
    work.resolve()
    await using
    expect(released).toEqual(['a'])
  })

  it('tries again what failed', async () => {
    const kept = shelf(2)
    const fail = async () => {
      throw new Error('broken')
    }
    await expect(kept.use('a', fail, async () => 1)).rejects.toThrow('broken')
    expect(await kept.use('a', store('a').make, async (value) => value)).toBe('a')
  })
})

describe('a task', () => {
  const runId = RunId.parse('20260131-142500-aaaaaa')

  it('tells how far it is, under the name that it was given', async () => {
    const told: object[] = []
    const tasks = createTasks((progress) => told.push(progress))
    await tasks.run(runId, 'mine', async ({ progress }) => progress(3, 3))
    await tasks.run(runId, undefined, async ({ progress }) => progress(3, 3))
    expect(told).toEqual([{ runId, task: 'mine', done: 3, total: 3 }])
  })

  it('ends at its next breath once it is cancelled, and only then', async () => {
    const tasks = createTasks(() => {})
    const breathing = tasks.run(runId, 'mine', async ({ breathe }) => {
      for (;;) await breathe()
    })
    await expect(tasks.run(runId, 'mine', async () => 1)).rejects.toThrow('under way already')
    tasks.cancel('another')
    tasks.cancel('mine')
    await expect(breathing).rejects.toMatchObject({ code: 'cancelled' })
    expect(await tasks.run(runId, 'mine', async () => 1)).toBe(1)
  })
})
