import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { namesOf, siteOf } from '../../../src-main/serve/site.js'
import { postToken, startTestServer, type TestServer } from '../../helpers/serve-server.js'
import { ask, askUpgrade } from '../../helpers/serve-wire.js'

describe('the guard', () => {
  let server: TestServer
  let cookie = ''
  beforeAll(async () => {
    server = await startTestServer()
    cookie = await server.cookie()
  })
  afterAll(() => server.close())

  const filled = (text: string): string => text.replace('PORT', String(server.port))

  it.each(['127.0.0.1:PORT', 'localhost:PORT'])('answers to %s', async (host) => {
    const headers = { host: filled(host), origin: `http://${filled(host)}`, cookie }
    expect((await ask(server.port, { headers })).status).toBe(200)
    expect((await askUpgrade(server.port, headers)).status).toBe(101)
  })

  it.each([
    'evil.test',
    'evil.test:PORT',
    '127.0.0.1',
    '127.0.0.1:1',
    '127.0.0.1:PORT.',
    'localhost.:PORT',
    '127.0.0.1.nip.io:PORT',
    '[::1]:PORT',
    '[::ffff:127.0.0.1]:PORT',
    '2130706433:PORT',
    '127.1:PORT',
    '0.0.0.0:PORT',
    'user@127.0.0.1:PORT',
    '',
  ])('refuses the Host "%s" on HTTP and on the upgrade, in words', async (host) => {
    const headers = { host: filled(host), cookie }
    const answer = await ask(server.port, { headers })
    expect(answer.status).toBe(403)
    expect(JSON.parse(answer.body)).toMatchObject({ message: expect.stringContaining('The Host header is') })
    expect((await askUpgrade(server.port, headers)).status).toBe(403)
  })

  it('refuses a request without Host', async () => {
    const answer = await ask(server.port, { headers: { host: null } })
    expect(answer.status).toBe(403)
    expect(answer.body).toContain('The Host header is missing')
  })

  it.each(['http://evil.test', 'https://127.0.0.1:PORT', 'http://127.0.0.1:1', 'http://127.0.0.1', 'null', ''])(
    'refuses the Origin "%s" on POST and on the upgrade',
    async (origin) => {
      const headers = { origin: filled(origin) }
      const posted = await postToken(server.port, server.token(), headers)
      expect(posted.status).toBe(403)
      expect(posted.headers['set-cookie']).toBeUndefined()
      expect(JSON.parse(posted.body)).toMatchObject({ message: expect.stringContaining('The Origin header is') })
      expect((await askUpgrade(server.port, { ...headers, cookie })).status).toBe(403)
    },
  )

  it.each([null, '', 'XMLHttpRequest'])('refuses a POST whose x-requested-by is %j', async (value) => {
    const answer = await postToken(server.port, server.token(), { 'x-requested-by': value })
    expect(answer.status).toBe(403)
    expect(answer.body).toContain('x-requested-by')
  })

  it('refuses a missing Origin on POST and on the upgrade', async () => {
    expect((await postToken(server.port, server.token(), { origin: null })).status).toBe(403)
    expect((await askUpgrade(server.port, { origin: null, cookie })).status).toBe(403)
  })

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'])(
    'refuses the body of a form, %s',
    async (type) => {
      expect((await postToken(server.port, server.token(), { 'content-type': type })).status).toBe(415)
    },
  )

  it.each(['PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE'])('refuses %s', async (method) => {
    expect((await ask(server.port, { method })).status).toBe(405)
  })

  it('upgrades at one address only', async () => {
    expect((await askUpgrade(server.port, { cookie }, '/')).status).toBe(404)
    expect((await askUpgrade(server.port, { cookie }, '/session')).status).toBe(404)
    expect((await askUpgrade(server.port, { cookie }, '/%zz')).status).toBe(404)
    expect((await ask(server.port, { path: '/rpc', headers: { cookie } })).status).toBe(426)
  })

  it('refuses a body that is too large', async () => {
    const answer = await postToken(server.port, 'x'.repeat(2 * 1024 * 1024))
    expect(answer.status).toBe(413)
    expect(answer.body).toContain('too large')
  })

  it('lets nothing foreign reach the terminal as it came', async () => {
    await ask(server.port, { headers: { host: 'evil\u009b31m\u001b]0;\u0007x' } })
    const last = server.said.at(-1) ?? ''
    expect(last).toMatch(/^[\u0020-\u007e…]+$/)
  })
})

describe('the limit on requests', () => {
  it('refuses more than one address may send, in words, and no page in use comes near it', async () => {
    const server = await startTestServer({ maxRequestsPerMinute: 5 })
    for (let request = 0; request < 5; request++) expect((await ask(server.port)).status).toBe(200)
    const answer = await ask(server.port)
    expect(answer.status).toBe(429)
    expect(JSON.parse(answer.body)).toMatchObject({
      code: 'busy',
      message: expect.stringContaining('Too many requests'),
    })
    expect(answer.headers['content-security-policy']).toBeDefined()
    await server.close()
  })
})

describe('the site', () => {
  const siteAt = (address: string, port: number) => siteOf({ port, isSecure: false, names: namesOf(address, []) })

  it('is named as browsers name it', () => {
    expect([...siteAt('127.0.0.1', 80).hosts]).toEqual(['127.0.0.1', 'localhost'])
    expect([...siteAt('::1', 8080).origins]).toEqual(['http://[::1]:8080', 'http://localhost:8080'])
  })

  it('has the names that were given to it first, and none that were not', () => {
    const names = namesOf('192.0.2.7', ['gpu.example.org'])
    const site = siteOf({ port: 443, isSecure: true, names })
    expect(site.origin).toBe('https://gpu.example.org')
    expect([...site.hosts]).toEqual(['gpu.example.org', '192.0.2.7'])
    expect(site.cookieName).toBe('__Host-unbackdoor-443')
    expect(namesOf('0.0.0.0', [])).toContain('127.0.0.1')
  })
})
