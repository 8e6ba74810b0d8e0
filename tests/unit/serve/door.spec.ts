import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDoor } from '../../../src-main/serve/door.js'
import { postToken, startTestServer, type TestServer } from '../../helpers/serve-server.js'
import { ask, askUpgrade } from '../../helpers/serve-wire.js'

describe('the door', () => {
  let server: TestServer
  beforeEach(async () => {
    server = await startTestServer()
  })
  afterEach(() => server.close())

  const isIn = async (cookie: string): Promise<boolean> =>
    (await ask(server.port, { path: '/session', headers: { cookie } })).status === 204

  it('gives a session for a token, in a cookie that scripts and other sites cannot reach', async () => {
    const answer = await postToken(server.port, server.token())
    expect(answer.status).toBe(204)
    const [cookie = '', ...flags] = answer.headers['set-cookie']?.split('; ') ?? []
    expect(cookie).toMatch(new RegExp(`^unbackdoor-${server.port}=[\\w-]{43}$`))
    expect(flags.toSorted()).toEqual(['HttpOnly', 'Path=/', 'SameSite=Strict'])
    expect(await isIn(cookie)).toBe(true)
  })

  it('takes a token once', async () => {
    const token = server.token()
    expect((await postToken(server.port, token)).status).toBe(204)
    const again = await postToken(server.port, token)
    expect(again.status).toBe(403)
    expect(again.headers['set-cookie']).toBeUndefined()
    expect(JSON.parse(again.body)).toMatchObject({ message: expect.stringContaining('used before') })
  })

  it('lets a second browser in with a second token, and keeps both', async () => {
    const [first, second] = [await server.cookie(), await server.cookie()]
    expect(first).not.toBe(second)
    expect([await isIn(first), await isIn(second)]).toEqual([true, true])
  })

  it('forgets an unused token when a new one is issued', async () => {
    const early = server.token()
    const late = server.token()
    expect((await postToken(server.port, early)).status).toBe(403)
    expect((await postToken(server.port, late)).status).toBe(204)
  })

  it.each(['x', 'A'.repeat(43), `${'A'.repeat(42)}=`])('refuses the wrong token %s', async (token) => {
    server.token()
    expect((await postToken(server.port, token)).status).toBe(403)
  })

  it.each(['', '{', '[]', '"token"', '{"token":1}', '{"token":""}', '{"token":"a","more":1}'])(
    'refuses the body %s',
    async (body) => {
      const headers = { origin: `http://127.0.0.1:${server.port}`, 'x-requested-by': 'unbackdoor' }
      const answer = await ask(server.port, { method: 'POST', path: '/session', headers, body })
      expect(answer.status).toBe(400)
      expect(answer.body).toContain('message')
    },
  )

  it('lets any number of browsers in to watch, until another link to watch is made', async () => {
    const share = server.server.newShareLink().split('#token=')[1] ?? ''
    for (let browser = 0; browser < 3; browser++) expect((await postToken(server.port, share)).status).toBe(204)
    server.server.newShareLink()
    expect((await postToken(server.port, share)).status).toBe(403)
    expect(await isIn(await server.watchCookie())).toBe(true)
  })

  it('slows guessing down', async () => {
    const right = server.token()
    for (let guess = 0; guess < 10; guess++) await postToken(server.port, `guess${guess}`)
    const answer = await postToken(server.port, right)
    expect(answer.status).toBe(429)
    expect(answer.body).toContain('Wait a minute')
  })

  it.each(['', 'unbackdoor=x', 'unbackdoor-PORT=', 'unbackdoor-PORT=wrong', 'other=1; unbackdoor-PORT=wrong'])(
    'refuses everything that matters to the cookie "%s"',
    async (cookie) => {
      const headers = cookie === '' ? {} : { cookie: cookie.replace('PORT', String(server.port)) }
      expect((await ask(server.port, { path: '/session', headers })).status).toBe(403)
      expect((await askUpgrade(server.port, headers)).status).toBe(403)
      const file = await ask(server.port, { path: '/run/20260131-142500-k3x9ab/files/a.png', headers })
      expect(file.status).toBe(403)
    },
  )

  it('says each refusal in one line of the terminal, and no secret in any', async () => {
    const token = server.token()
    await postToken(server.port, token)
    const answer = await postToken(server.port, token)
    await ask(server.port, { path: `/nothing.txt?token=${token}` })
    expect(server.said).toEqual([
      expect.stringMatching(/^Refused POST \/session \(403\): This link was used before/),
      'Refused GET /nothing.txt (404): There is nothing at this address.',
    ])
    expect(server.said.join('\n') + answer.body).not.toContain(token)
  })
})

describe('the sessions', () => {
  it('know what their holder may do, and those that work outlive any number of those that watch', () => {
    const door = createDoor(() => 0)
    const enter = (token: string): string => {
      const exchange = door.exchange(token)
      return exchange.outcome === 'open' ? exchange.session : ''
    }
    const worker = enter(door.issueToken())
    const share = door.issueShareToken()
    const watchers = Array.from({ length: 1001 }, () => enter(share))
    expect(door.accessOf(worker)).toBe('work')
    expect(door.accessOf(watchers.at(-1)!)).toBe('watch')
    expect(door.accessOf(watchers[0]!)).toBeNull()
    expect(door.accessOf('')).toBeNull()
  })
})

describe('the limit on wrong tokens', () => {
  it('ends after a minute', () => {
    let time = 0
    const door = createDoor(() => time)
    const token = door.issueToken()
    for (let guess = 0; guess < 10; guess++) expect(door.exchange('wrong').outcome).toBe('wrong')
    expect(door.exchange(token).outcome).toBe('too-many')
    time = 60_000
    expect(door.exchange(token).outcome).toBe('open')
  })
})
