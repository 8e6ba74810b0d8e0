import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contentSecurityPolicy } from '../../../src-shared/security/content-security-policy.js'
import { startTestServer, type TestServer } from '../../helpers/serve-server.js'
import { ask, askUpgrade, exchange, parseAnswer, type Answer } from '../../helpers/serve-wire.js'

let server: TestServer
let cookie = ''
beforeAll(async () => {
  server = await startTestServer()
  cookie = await server.cookie()
})
afterAll(() => server.close())

describe('the page', () => {
  it.each(['/', '/index.html', '/runs', '/runs/20260131-142500-k3x9ab/', '/assets', '/?a=b'])(
    'is at %s',
    async (path) => {
      const answer = await ask(server.port, { path })
      expect(answer.status).toBe(200)
      expect(answer.headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' })
      expect(answer.body).toContain('<title>page</title>')
    },
  )

  it('carries the nonce of its own answer, another each time', async () => {
    const nonces = [await ask(server.port), await ask(server.port)].map(({ headers, body }) => {
      const nonce = / nonce="([^"]+)"/.exec(body)?.[1] ?? ''
      expect(headers['content-security-policy']).toBe(contentSecurityPolicy(nonce))
      return nonce
    })
    expect(nonces[0]).toMatch(/^[A-Za-z0-9+/]{22}==$/)
    expect(nonces[0]).not.toBe(nonces[1])
  })

  it('keeps what has a hash in its name, and asks again for the rest', async () => {
    const script = await ask(server.port, { path: '/assets/index-D1gest.js' })
    expect(script.body).toBe('export {}')
    expect(script.headers).toMatchObject({
      'content-type': expect.stringContaining('javascript'),
      'cache-control': 'public, max-age=31536000, immutable',
    })
    const icon = await ask(server.port, { path: '/icon.svg' })
    expect(icon.headers).toMatchObject({ 'content-type': 'image/svg+xml', 'cache-control': 'no-cache' })
  })

  it('answers HEAD without a body', async () => {
    const answer = await ask(server.port, { method: 'HEAD', path: '/assets/index-D1gest.js' })
    expect([answer.status, answer.headers['content-length'], answer.body]).toEqual([200, '9', ''])
  })

  it.each(['/missing.js', '/assets/missing.js'])('has no %s', async (path) => {
    const answer = await ask(server.port, { path })
    expect(answer.status).toBe(404)
    expect(JSON.parse(answer.body)).toEqual({ code: 'not-found', message: 'There is nothing at this address.' })
  })
})

describe('paths that climb', () => {
  it.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/assets/../index.html',
    '/%2e%2e/secret.txt',
    '/%2e%2e%2fsecret.txt',
    '/..%2fsecret.txt',
    '/%252e%252e%252fsecret.txt',
    '/..%5csecret.txt',
    '/..\\secret.txt',
    '/assets/..;/..;/secret.txt',
    '/....//secret.txt',
    '//secret.txt',
    '//etc/passwd',
    '/icon.svg%00.js',
    '/%00',
    '/%zz',
    '/%',
    '/.git/config',
    '/assets/.hidden',
    '/C:/secret.txt',
    'http://127.0.0.1/secret.txt',
    '*',
    '/icon.svg/',
    `/${'a'.repeat(2000)}`,
    '/run/../secret.txt',
    '/run/20260131-142500-k3x9ab/files/../run.json',
    '/run/20260131-142500-k3x9ab/files/..%2frun.json',
    '/run/20260131-142500-k3x9ab/files//etc/passwd',
  ])('lead nowhere: %s', async (path) => {
    const answer = await ask(server.port, { path, headers: { cookie } })
    expect([403, 404]).toContain(answer.status)
    expect(answer.body).not.toContain('not for the web')
    expect(answer.body).not.toContain('<title>')
  })
})

describe('the security headers', () => {
  const expected = {
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
    'cross-origin-resource-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'permissions-policy': expect.stringContaining('camera=(), '),
  }
  const raw = async (bytes: string): Promise<Answer> => parseAnswer(await exchange(server.port, bytes))

  const answers: Record<string, () => Promise<Answer>> = {
    'the page': () => ask(server.port),
    'a file': () => ask(server.port, { path: '/icon.svg' }),
    'a missing file': () => ask(server.port, { path: '/missing.svg' }),
    'a session': () => ask(server.port, { path: '/session', headers: { cookie } }),
    'no session': () => ask(server.port, { path: '/session' }),
    'a wrong host': () => ask(server.port, { headers: { host: 'evil.test' } }),
    'a wrong method': () => ask(server.port, { method: 'PUT' }),
    'an unknown method': () => raw('EXPLODE / HTTP/1.1\r\n\r\n'),
    'a refused upgrade': () => askUpgrade(server.port),
    'an address that cannot be decoded': () => ask(server.port, { path: '/%zz' }),
    'headers that are too long': () => ask(server.port, { headers: { x: 'x'.repeat(20_000) } }),
    'what is not HTTP': () => raw('hello\r\n\r\n'),
  }

  it.each(Object.keys(answers))('are on the answer to %s', async (name) => {
    const { headers, status } = await answers[name]!()
    expect(status).toBeGreaterThan(0)
    expect(headers).toMatchObject(expected)
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self' 'nonce-[A-Za-z0-9+/]{22}=='; img-src 'self' blob: data:; connect-src 'self'; font-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'$/,
    )
  })
})
