import type { Socket } from 'node:net'
import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openBareSocket } from '../../../scripts/served/bare-socket.mjs'
import type { RunEvent } from '../../../src-shared/contract/events.js'
import { RunId } from '../../../src-shared/model/ids.js'
import { startTestServer, type TestServer } from '../../helpers/serve-server.js'
import { askUpgrade } from '../../helpers/serve-wire.js'

const MIB = 1024 * 1024
const stamp = { runId: RunId.parse('20260131-142500-k3x9ab'), at: '2026-01-31T14:25:00Z' }

const progress = (seq: number): RunEvent => ({
  type: 'run.progress',
  ...{ stage: 0, epoch: 0, epochs: 1, step: seq, steps: 1, imagesPerSecond: 1, remainingMs: null, loss: null },
  ...{ ...stamp, seq },
})
const note = (seq: number, length: number): RunEvent => ({
  ...{ type: 'run.note', level: 'info', text: 'x'.repeat(length), ...stamp, seq },
})

describe('the WebSocket', () => {
  let server: TestServer
  let cookie = ''
  beforeEach(async () => {
    server = await startTestServer()
    cookie = await server.cookie()
  })
  afterEach(() => server.close())

  /** Sends the given messages as they are; resolves when the server has closed. */
  async function closingAfter(...messages: (string | Uint8Array<ArrayBuffer>)[]) {
    const socket = server.socket(cookie)
    const answers: unknown[] = []
    socket.addEventListener('message', ({ data }) => answers.push(JSON.parse(String(data))))
    await once(socket, 'open')
    for (const message of messages) socket.send(message)
    const { code, reason } = await new Promise<CloseEvent>((resolve) => socket.addEventListener('close', resolve))
    return { code, reason, answers }
  }

  it('closes with 1009 after a message that is too large', async () => {
    const { code, answers } = await closingAfter(`"${'x'.repeat(MIB)}"`)
    expect(code).toBe(1009)
    expect(answers).toEqual([])
    expect(server.said.join()).toContain('Closed a WebSocket: ')
  })

  it.each(['', 'hello', '{', '{"kind":"nonsense"}', '{"kind":"call","id":0,"name":"run.list","input":{}}'])(
    'refuses the first message %j in words and closes',
    async (message) => {
      const { code, reason, answers } = await closingAfter(message)
      expect(answers).toEqual([{ kind: 'refused', error: expect.objectContaining({ code: 'unsupported' }) }])
      expect([code, reason]).toEqual([1008, 'A message of the page was refused.'])
      expect(server.said).toEqual(['Closed a WebSocket (1008): A message of the page was refused.'])
    },
  )

  it('refuses binary messages', async () => {
    const { answers } = await closingAfter(new TextEncoder().encode('{"kind":"hello","protocol":1}'))
    expect(answers).toMatchObject([{ kind: 'refused' }])
  })

  it('closes on a page that asks without end, and on one that pings without end', async () => {
    const hello = '{"kind":"hello","protocol":1}'
    const call = '{"kind":"call","id":0,"name":"run.list","input":{}}'
    const { code, reason } = await closingAfter(hello, ...Array.from({ length: 500 }, () => call))
    expect([code, reason]).toEqual([1008, 'The page sends too many messages.'])
    const pinging = await openReader()
    const ended = once(pinging, 'close')
    pinging.resume()
    for (let ping = 0; ping < 500; ping++) pinging.write(Buffer.from([0x89, 0x80, 0, 0, 0, 0]))
    await expect.poll(() => server.said.filter((line) => line.includes('too many messages')).length).toBe(2)
    pinging.destroy()
    await ended
  })

  it('says goodbye when the server ends, and lets go of its listeners', async () => {
    const socket = server.socket(cookie)
    await once(socket, 'open')
    socket.send('{"kind":"hello","protocol":1}')
    await expect.poll(() => server.listeners()).toBe(1)
    const closed = new Promise<CloseEvent>((resolve) => socket.addEventListener('close', resolve))
    await server.server.close()
    expect(await closed).toMatchObject({ code: 1001, reason: 'The server is ending.' })
    await expect.poll(() => server.listeners()).toBe(0)
  })

  it('ends in time although a page does not say goodbye', async () => {
    const reader = await openReader()
    reader.pause()
    const before = performance.now()
    await server.server.close()
    expect(performance.now() - before).toBeLessThan(2_000)
    reader.destroy()
  })

  it('has an end to the number of pages it talks to', async () => {
    const sockets = Array.from({ length: 256 }, () => server.socket(cookie))
    await Promise.all(sockets.map((socket) => once(socket, 'open')))
    const answer = await askUpgrade(server.port, { cookie })
    expect(answer.status).toBe(503)
    expect(answer.body).toContain('Close a page and try again')
  })

  it('drops progress for a page that reads too slowly, except the latest, and nothing else', async () => {
    const reader = await openReader()
    reader.pause()
    for (let seq = 1; seq <= 24; seq++) server.emit(note(seq, MIB))
    for (let seq = 25; seq <= 1024; seq++) server.emit(progress(seq))
    const events = await readEvents(reader, (event) => event.seq === 1024)
    expect(events.slice(0, 24).map(({ seq }) => seq)).toEqual(Array.from({ length: 24 }, (_, index) => index + 1))
    expect(events.length).toBe(25)
  })

  it('closes on a page that does not read at all, with a reason', async () => {
    const reader = await openReader()
    reader.pause()
    for (let seq = 1; seq <= 90; seq++) server.emit(note(seq, MIB))
    expect(server.said).toEqual([expect.stringMatching(/^Closed a WebSocket \(1013\): The page reads too slowly/)])
    expect(server.listeners()).toBe(0)
    reader.destroy()
  })

  /** One that can stop reading. */
  async function openReader(): Promise<Socket> {
    const socket = await openBareSocket({ origin: server.server.site.origin, cookie })
    await expect.poll(() => server.listeners()).toBe(1)
    return socket
  }

  function readEvents(socket: Socket, isLast: (event: RunEvent) => boolean): Promise<RunEvent[]> {
    const events: RunEvent[] = []
    let chunks: Buffer[] = []
    let size = 0
    return new Promise((resolve) => {
      socket.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        size += chunk.length
        if (size < frameLength(chunks[0]!)) return
        let bytes = Buffer.concat(chunks)
        for (let length = frameLength(bytes); bytes.length >= length; length = frameLength(bytes)) {
          const text = bytes.subarray(headLength(bytes), length).toString()
          events.push((JSON.parse(text) as { event: RunEvent }).event)
          bytes = bytes.subarray(length)
        }
        chunks = [bytes]
        size = bytes.length
        if (events.length > 0 && isLast(events.at(-1)!)) {
          socket.destroy()
          resolve(events)
        }
      })
      socket.resume()
    })
  }
})

/** Length of the head of an unmasked frame; endless as long as too little of it has come. */
function headLength(bytes: Buffer): number {
  if (bytes.length < 10) return Infinity
  const short = bytes[1]! & 0x7f
  return short === 127 ? 10 : short === 126 ? 4 : 2
}

function frameLength(bytes: Buffer): number {
  const head = headLength(bytes)
  if (head === Infinity) return Infinity
  if (head === 10) return head + Number(bytes.readBigUInt64BE(2))
  return head + (head === 4 ? bytes.readUInt16BE(2) : bytes[1]! & 0x7f)
}
