// A client of the contract in plain JavaScript: what a page says over its socket.

/** With the number of src-shared/contract/version.ts; the server refuses any other. */
export const HELLO = JSON.stringify({ kind: 'hello', protocol: 1 })

/**
 * @typedef {{ runId: string, seq: number, at: string, type: string } & Record<string, unknown>} RunEvent
 *
 * @typedef {object} Connection
 * @property {(name: string, input?: unknown) => Promise<any>} call
 * @property {(listener: (event: RunEvent) => void) => () => void} onEvent returns the way out
 * @property {(path: string) => Promise<Buffer>} get a file that the server has for those who were let in
 * @property {() => void} close
 */

/**
 * Uses up the link of a server.
 * @param {{ link: string, origin: string }} served
 * @returns {Promise<string>} `name=value` of the cookie that opens everything from then on
 */
export async function letIn({ link, origin }) {
  const token = new URL(link).hash.replace('#token=', '')
  const answer = await fetch(`${origin}/session`, {
    method: 'POST',
    headers: { origin, 'content-type': 'application/json', 'x-requested-by': 'unbackdoor' },
    body: JSON.stringify({ token }),
  })
  if (!answer.ok) throw new Error(`The server did not let in: ${await answer.text()}`)
  return (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
}

/**
 * @param {{ link: string, origin: string }} served the link is used up by it
 * @returns {Promise<Connection>}
 */
export async function connect({ link, origin }) {
  return connectAs({ origin, cookie: await letIn({ link, origin }) })
}

/**
 * Any number of times, for one who was let in.
 * @param {{ origin: string, cookie: string }} guest
 * @returns {Promise<Connection>}
 */
export async function connectAs({ origin, cookie }) {
  const headers = { origin, cookie }
  // The standard has no headers here, Node has.
  const socket = new WebSocket(
    `${origin.replace('http', 'ws')}/rpc`,
    /** @type {string[]} */ (/** @type {unknown} */ ({ headers })),
  )
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve)
    socket.addEventListener('error', () => reject(new Error('The server refused the socket')))
  })
  /** @type {Map<number, { resolve(output: unknown): void, reject(error: Error): void }>} */
  const pending = new Map()
  /** @type {Set<(event: RunEvent) => void>} */
  const listeners = new Set()
  let nextId = 0
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data))
    if (message.kind === 'event') for (const listener of [...listeners]) listener(message.event)
    else if (message.kind === 'result') pending.get(message.id)?.resolve(message.output)
    else pending.get(message.id)?.reject(new Error(message.error.message))
    pending.delete(message.id)
  })
  socket.send(HELLO)

  return {
    call(name, input = {}) {
      const id = nextId++
      socket.send(JSON.stringify({ kind: 'call', id, name, input }))
      return new Promise((resolve, reject) => pending.set(id, { resolve, reject }))
    },
    onEvent(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async get(path) {
      const file = await fetch(`${origin}${path}`, { headers: { cookie } })
      if (!file.ok) throw new Error(`${path}: ${file.status}`)
      return Buffer.from(await file.arrayBuffer())
    },
    close: () => socket.close(),
  }
}
