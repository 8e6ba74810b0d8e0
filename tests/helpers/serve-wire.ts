import { connect } from 'node:net'
import { upgradeHeaders } from '../../scripts/served/bare-socket.mjs'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface Question {
  readonly method?: string
  /** Goes out as it is: no client in between that would tidy it up. */
  readonly path?: string
  /** Null leaves a header out. */
  readonly headers?: Readonly<Record<string, string | null>>
  readonly body?: string
}

/** One HTTP request, written by hand, and its answer. */
export async function ask(port: number, question: Question = {}): Promise<Answer> {
  const { method = 'GET', path = '/', body = '' } = question
  const headers: Record<string, string | null> = {
    host: `127.0.0.1:${port}`,
    connection: 'close',
    ...(body === '' ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
    ...question.headers,
  }
  const lines = Object.entries(headers).flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}`]))
  return parseAnswer(await exchange(port, [`${method} ${path} HTTP/1.1`, ...lines, '', body].join('\r\n')))
}

/** Asks for a WebSocket without keeping it: an answer other than 101 is a refusal. */
export function askUpgrade(port: number, headers: Question['headers'] = {}, path = '/rpc'): Promise<Answer> {
  return ask(port, {
    path,
    headers: { ...upgradeHeaders(`http://127.0.0.1:${port}`), ...headers },
  })
}

/** Sends bytes and collects what comes back until the other side closes or has accepted a WebSocket. */
export function exchange(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes, 'latin1'))
    let received = ''
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => {
      received += chunk
      if (received.startsWith('HTTP/1.1 101') && received.includes('\r\n\r\n')) socket.destroy()
    })
    socket.on('close', () => resolve(received))
    socket.on('error', reject)
  })
}

export function parseAnswer(text: string): Answer {
  const end = text.indexOf('\r\n\r\n')
  const [first = '', ...lines] = text.slice(0, end).split('\r\n')
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
    }),
  )
  return { status: Number(first.split(' ')[1]), headers, body: text.slice(end + 4) }
}
