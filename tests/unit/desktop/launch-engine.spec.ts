import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { LaunchedEngine } from '../../../src-main/app/launched-engine.js'
import { killByPid, launchEngine } from '../../../src-main/desktop/launch-engine.js'
import { FakeEngineProcess } from '../../helpers/fake-electron-process.js'

const options = { installationFile: '/x/engine.json', datasetCache: '/x/datasets', inspectionCache: '/x/inspections' }

describe('the engine as a utility process', () => {
  let child = new FakeEngineProcess()
  const killed: number[] = []
  let engine: LaunchedEngine
  beforeEach(() => {
    vi.useFakeTimers()
    killed.length = 0
    const fork = (entry: string, args: string[], forkOptions: object) =>
      (child = new FakeEngineProcess(entry, args, forkOptions))
    engine = launchEngine({ fork, killByPid: (pid) => killed.push(pid) }, '/x/engine.js', options)
  })
  afterEach(() => vi.useRealTimers())

  const endingOf = async (code: number): Promise<string> => {
    const ending = new Promise<string>((resolve) => engine.onExit(resolve))
    child.exit(code)
    await vi.advanceTimersByTimeAsync(200)
    return ending
  }

  it('is started with its options as the only argument, as every other way of starting it does', () => {
    expect(child.entry).toBe('/x/engine.js')
    expect(child.args).toEqual([JSON.stringify(options)])
    expect(child.options).toEqual({ serviceName: 'Unbackdoor engine', stdio: ['ignore', 'pipe', 'pipe'] })
  })

  it('exchanges messages', () => {
    const received: unknown[] = []
    child.emit('message', 'early')
    engine.transport.onMessage((message) => received.push(message))
    child.emit('message', { kind: 'event' })
    engine.transport.send({ kind: 'hello' })
    expect(received).toEqual(['early', { kind: 'event' }])
    expect(child.posted).toEqual([{ kind: 'hello' }])
  })

  it('says how it ended, with its last words, also those that come late', async () => {
    const reasons: string[] = []
    engine.transport.onClose((reason) => reasons.push(reason))
    child.stdout.write('loading\n')
    child.stderr.write('out of ')
    const ending = endingOf(134)
    child.stderr.write('memory\n')
    expect(await ending).toBe('it exited with code 134; its last words: loading\nout of memory')
    expect(reasons).toEqual([await ending])
    expect(await new Promise((resolve) => engine.onExit(resolve))).toBe(await ending)
  })

  it('keeps only the end of long last words', async () => {
    child.stderr.write(`${'x'.repeat(10_000)} the end`)
    await vi.advanceTimersByTimeAsync(1)
    const ending = await endingOf(1)
    expect(ending).toMatch(/the end$/)
    expect(ending.length).toBeLessThan(2_100)
  })

  it('has fatal errors among its last words', async () => {
    child.emit('error', 'FatalError', 'v8::Heap', '{}')
    expect(await endingOf(1)).toContain('FatalError at v8::Heap')
  })

  it('says nothing more than the code when there were no words', async () => {
    expect(await endingOf(0)).toBe('it exited with code 0')
  })

  it('is killed by its number after it was asked', () => {
    engine.kill()
    expect(child.kills).toBe(1)
    expect(killed).toEqual([4321])
  })

  it('is not killed again, nor written to, once it has ended', async () => {
    await endingOf(0)
    child.pid = 4321
    engine.kill()
    engine.transport.send('anyone?')
    expect(killed).toEqual([])
    expect(child.posted).toEqual([])
  })

  it('that is still being started is killed as soon as it has a number', () => {
    child.pid = undefined
    engine.kill()
    expect(killed).toEqual([])
    child.pid = 99
    child.emit('spawn')
    expect(killed).toEqual([99])
  })

  it('is left alone when it has started and nobody wants it to end', () => {
    child.emit('spawn')
    expect(child.kills).toBe(0)
  })

  it('is asked to end when the wire is closed', () => {
    engine.transport.close()
    expect(child.kills).toBe(1)
    expect(killed).toEqual([])
  })
})

describe('killByPid', () => {
  it('minds no process that is gone', () => {
    // Above the largest number that any system gives out.
    expect(() => killByPid(2 ** 30)).not.toThrow()
  })
})
