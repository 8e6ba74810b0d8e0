import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ACCESS_NEEDED } from '../../../src-shared/contract/access.js'
import type { CommandName } from '../../../src-shared/contract/commands.js'
import { startTestServer, type TestServer } from '../../helpers/serve-server.js'
import { ask } from '../../helpers/serve-wire.js'

const RUN = { runId: '20260131-142500-k3x9ab' }
const names = Object.keys(ACCESS_NEEDED) as CommandName[]
const changing = names.filter((name) => ACCESS_NEEDED[name] === 'work')

describe('who was let in to watch', () => {
  const asked: string[] = []
  let server: TestServer
  let cookie = ''
  beforeAll(async () => {
    server = await startTestServer({
      handlers: {
        'run.stop': async () => {
          asked.push('run.stop')
          return {}
        },
      },
    })
    cookie = await server.watchCookie()
  })
  afterAll(() => server.close())

  async function answerTo(as: string, name: string, input: unknown) {
    const socket = server.socket(as)
    await once(socket, 'open')
    const answered = new Promise<MessageEvent>((resolve) => socket.addEventListener('message', resolve, { once: true }))
    socket.send('{"kind":"hello","protocol":1}')
    socket.send(JSON.stringify({ kind: 'call', id: 0, name, input }))
    const { data } = await answered
    socket.close()
    return JSON.parse(String(data)) as { kind: string; error?: { code: string; message: string } }
  }

  it('sees runs and files like anyone', async () => {
    expect(await answerTo(cookie, 'run.list', {})).toMatchObject({ kind: 'result', output: { unreadable: ['notes'] } })
    const file = await ask(server.port, { path: `/run/${RUN.runId}/files/a.png`, headers: { cookie } })
    expect(file.status).toBe(404)
  })

  it('is refused in words what changes something, before the application hears of it', async () => {
    expect(await answerTo(cookie, 'run.stop', RUN)).toMatchObject({
      kind: 'error',
      error: { code: 'refused', message: expect.stringContaining('opened to watch') },
    })
    expect(asked).toEqual([])
    expect(await answerTo(await server.cookie(), 'run.stop', RUN)).toMatchObject({ kind: 'result' })
    expect(asked).toEqual(['run.stop'])
  })

  it('can be told apart for every command that starts, ends, removes or writes', () => {
    const verbs = /[.](start|stop|cancel|pause|resume|annotate|download|import|remove)$/
    const bySound = names.filter((name) => verbs.test(name) && name !== 'inspection.cancel')
    expect(changing.toSorted()).toEqual(expect.arrayContaining(bySound))
  })
})
