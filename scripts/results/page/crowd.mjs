import { readFileSync } from 'node:fs'
import { openBareSocket } from '../../served/bare-socket.mjs'
import { connectAs, letIn } from '../../served/connect.mjs'
import { startServed } from '../../served/start-served.mjs'
import { median, percent } from './numbers.mjs'
import { withWorkspace } from './served-page.mjs'
import { train, victimExperiment } from './victim-training.mjs'

const CLIENTS = 200
/** Of these so many have stopped reading. */
const STALLED = 10
const ROUNDS = 5
const LONG_MS = 600_000
/** What a first run makes ready is no growth. */
const SETTLING_RUNS = 2

/**
 * Two hundred sockets on the stream of a run: what they cost the training, and whether the server grows.
 * @returns {Promise<import('../page.mjs').Figure[]>}
 */
export function measureCrowd() {
  return withWorkspace(async (workspace) => {
    const served = await startServed(workspace)
    const guest = { origin: served.origin, cookie: await letIn(served) }
    const connection = await connectAs(guest)
    try {
      const experiment = await victimExperiment(connection)
      await train(connection, experiment)
      const alone = /** @type {number[]} */ ([])
      const watched = /** @type {number[]} */ ([])
      for (let round = 0; round < ROUNDS; round++) {
        alone.push(await train(connection, experiment))
        const crowd = await gather(guest)
        watched.push(await train(connection, experiment))
        crowd.leave()
      }
      const crowd = await gather(guest)
      const memory = /** @type {number[]} */ ([])
      const began = performance.now()
      while (performance.now() - began < LONG_MS) {
        await train(connection, experiment)
        memory.push(residentMb(served.pid))
      }
      const { received, stillThere } = crowd
      const [settled = Number.NaN] = memory.slice(SETTLING_RUNS)
      const last = memory.at(-1) ?? Number.NaN
      const figures = [
        { what: 'training, nobody looks on', measured: `${median(alone).toFixed(2)} s`, wanted: '' },
        {
          what: `training, ${CLIENTS} clients, of which ${STALLED} do not read`,
          measured: `${median(watched).toFixed(2)} s, ${percent(median(watched) / median(alone) - 1)} more`,
          wanted: 'less than 5 % more',
        },
        {
          what: `memory of the server over ten minutes of it (${memory.length} runs)`,
          measured: `${settled.toFixed(0)} MB to ${last.toFixed(0)} MB, at most ${Math.max(...memory).toFixed(0)} MB`,
          wanted: 'flat',
        },
        {
          what: 'clients still connected at the end, and what they have been sent',
          measured: `${stillThere()} of ${CLIENTS}, ${(received() / 2 ** 20).toFixed(0)} MiB`,
          wanted: 'all',
        },
      ]
      crowd.leave()
      return figures
    } finally {
      connection.close()
      await served.end()
    }
  })
}

/**
 * Sockets that count what comes and look at nothing, as if the pages were on other machines.
 * @param {{ origin: string, cookie: string }} guest
 */
async function gather(guest) {
  let received = 0
  let there = 0
  const sockets = await Promise.all(
    Array.from({ length: CLIENTS }, async (_, index) => {
      const socket = await openBareSocket(guest)
      there += 1
      socket.on('close', () => (there -= 1))
      socket.on('error', () => undefined)
      if (index < STALLED) socket.pause()
      else socket.on('data', (chunk) => (received += chunk.length))
      return socket
    }),
  )
  return {
    received: () => received,
    stillThere: () => there,
    leave: () => sockets.forEach((socket) => socket.destroy()),
  }
}

/** @param {number} pid */
function residentMb(pid) {
  const found = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Number(found?.[1]) / 1024
}
