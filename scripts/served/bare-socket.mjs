// A WebSocket by hand: only a bare socket can stop reading, or count what comes without looking at it.

import { once } from 'node:events'
import { connect } from 'node:net'
import { HELLO } from './connect.mjs'

/**
 * @param {string} origin
 * @returns {Record<string, string>} the headers with which a page asks for a socket
 */
export function upgradeHeaders(origin) {
  return {
    host: new URL(origin).host,
    origin,
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  }
}

/**
 * A socket of one who was let in, which has said hello.
 * @param {{ origin: string, cookie: string }} guest
 * @returns {Promise<import('node:net').Socket>}
 */
export async function openBareSocket({ origin, cookie }) {
  const { port, hostname } = new URL(origin)
  const socket = connect(Number(port), hostname)
  const headers = Object.entries({ ...upgradeHeaders(origin), cookie }).map(([name, value]) => `${name}: ${value}`)
  socket.write(`${['GET /rpc HTTP/1.1', ...headers].join('\r\n')}\r\n\r\n`)
  await once(socket, 'data')
  const hello = Buffer.from(HELLO)
  // Masked with zeros: the mask is there, and the text stays readable.
  socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | hello.length, 0, 0, 0, 0]), hello]))
  return socket
}
