import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { appScheme, handleProtocols } from '../../../src-main/desktop/app-protocol.js'
import { createGrants } from '../../../src-main/desktop/grants.js'
import { contentSecurityPolicy, NONCE_PLACEHOLDER } from '../../../src-shared/security/content-security-policy.js'
import { FakeProtocol } from '../../helpers/fake-electron.js'
import { fakeSnapshot, someRunId } from '../../helpers/fake-electron-run.js'

const SECRET = 'nobody may read this'

describe('the app protocol', () => {
  let folder = ''
  let root = ''
  let protocol = new FakeProtocol()
  let grants = createGrants()
  const get = (path: string, init?: RequestInit): Promise<Response> => protocol.fetch(`app://unbackdoor${path}`, init)

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'app-protocol-'))
    root = join(folder, 'renderer')
    await mkdir(join(root, 'assets'), { recursive: true })
    await writeFile(join(root, 'index.html'), `<style nonce="${NONCE_PLACEHOLDER}"></style>`)
    await writeFile(join(root, 'assets', 'index-1.js'), 'export {}')
    await writeFile(join(root, 'assets', 'run.sh'), 'exit')
    await writeFile(join(folder, 'secret.json'), SECRET)
    // A sibling whose name begins like the root.
    await mkdir(join(folder, 'renderer-old'))
    await writeFile(join(folder, 'renderer-old', 'secret.js'), SECRET)
    await mkdir(join(folder, 'run'))
    await writeFile(join(folder, 'run', 'report.json'), '{"a":1}')
    await symlink(join(folder, 'secret.json'), join(folder, 'run', 'leak.json'))
    protocol = new FakeProtocol()
    grants = createGrants()
    handleProtocols(protocol, {
      rendererFolder: root,
      snapshot: fakeSnapshot(join(folder, 'run')),
      grants,
      log: () => 'id-1',
    })
  })
  afterEach(() => rm(folder, { recursive: true }))

  it('is a proper origin and bypasses nothing', () => {
    expect(appScheme).toEqual({ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } })
  })

  it.each(['/', '/?x', '/index.html', '/assets/..'])('shows the page at %s', async (path) => {
    const response = await get(path)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(await response.text()).toContain('<style')
  })

  it('gives every answer the policy and the other headers, and the page the nonce of its own answer', async () => {
    const answers = [await get('/'), await get('/'), await get('/assets/index-1.js'), await get('/nothing.js')]
    const nonces = answers.map(
      (answer) => /'nonce-([^']+)'/.exec(answer.headers.get('content-security-policy') ?? '')?.[1],
    )
    expect(new Set(nonces).size).toBe(answers.length)
    for (const [index, answer] of answers.entries()) {
      expect(answer.headers.get('content-security-policy')).toBe(contentSecurityPolicy(nonces[index] ?? ''))
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
      expect(answer.headers.get('cross-origin-opener-policy')).toBe('same-origin')
      expect(answer.headers.get('cross-origin-embedder-policy')).toBe('require-corp')
    }
    expect(await answers[0]?.text()).toContain(`nonce="${nonces[0]}"`)
  })

  it('serves what the build made', async () => {
    const response = await get('/assets/index-1.js')
    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(await response.text()).toBe('export {}')
  })

  it.each([
    '/compose',
    '/assets',
    '/assets/missing.js',
    '/assets/run.sh',
    '/assets/index-1.js/x.js',
    `/${'x'.repeat(300)}.js`,
  ])('has nothing at %s', async (path) => {
    expect((await get(path)).status).toBe(404)
  })

  it('refuses other hosts, other methods and files under their own scheme', async () => {
    expect((await protocol.fetch('app://other/index.html')).status).toBe(403)
    expect((await get('/', { method: 'POST', body: 'x' })).status).toBe(405)
    const file = await protocol.fetch(`file://${join(folder, 'secret.json')}`)
    expect(file.status).toBe(403)
    expect(file.headers.get('content-security-policy')).toContain("default-src 'none'")
  })

  it('leads out of its folder by no path', async () => {
    await symlink(join(folder, 'secret.json'), join(root, 'link.json'))
    await symlink(folder, join(root, 'up'))
    // prettier-ignore
    const part = fc.constantFrom(
      '..', '.', '%2e%2e', '%2E%2e', '..%2f', '%2f', '%5c', '\\', '..\\', '%00', '//', '/', 'renderer', 'renderer-old',
      'up', 'link.json', 'secret.json', 'secret.js', 'assets', 'C:', '%', '%25%32%65', '....//', '?', '#',
    )
    const path = fc.array(part, { minLength: 1, maxLength: 8 }).map((parts) => `/${parts.join('/')}`)
    // prettier-ignore
    const known = [
      '/../secret.json', '/%2e%2e/secret.json', '/..%2fsecret.json', '/%2e%2e%2fsecret.json', '/..%5csecret.json',
      '/assets/..%2f..%2fsecret.json', '/..%2frenderer-old%2fsecret.js', '/link.json', '/up/secret.json', '//secret.json',
      '/run/20260131-142500-k3x9ab/files/..%2f..%2fsecret.json', `/${encodeURIComponent(join(folder, 'secret.json'))}`,
    ]
    const isSafe = async (address: string): Promise<void> => {
      const response = await get(address)
      expect(await response.text()).not.toContain(SECRET)
      expect([200, 403, 404]).toContain(response.status)
    }
    for (const address of known) await isSafe(address)
    await fc.assert(fc.asyncProperty(path, isSafe), { numRuns: 300 })
  })

  describe('files of runs', () => {
    it('are served as the record lists them', async () => {
      const response = await get(`/run/${someRunId}/files/report.json`)
      expect(response.status).toBe(200)
      expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
      expect(response.headers.get('content-disposition')).toBe('inline; filename="report.json"')
      expect(await response.json()).toEqual({ a: 1 })
    })

    it.each([
      ['not listed', `/run/${someRunId}/files/run.json`, 404],
      ['listed and gone', `/run/${someRunId}/files/gone.png`, 404],
      ['a link that leads out', `/run/${someRunId}/files/leak.json`, 403],
      ['of a run that has no such name', '/run/..%2f..%2fetc/files/passwd', 404],
    ])('are refused when %s', async (_name, path, status) => {
      const response = await get(path)
      expect(response.status).toBe(status)
      expect(await response.json()).toMatchObject({ error: { message: expect.any(String) } })
    })
  })

  describe('files that the user has chosen', () => {
    it('are read once', async () => {
      const path = join(folder, 'secret.json')
      const { id, name } = grants.grant('read', path)
      expect(name).toBe('secret.json')
      const response = await get(`/granted/${id}`)
      expect(response.headers.get('content-type')).toBe('application/octet-stream')
      expect(await response.text()).toBe(SECRET)
      expect((await get(`/granted/${id}`)).status).toBe(404)
    })

    it('are written once, and never through permission to read', async () => {
      const path = join(folder, 'table.csv')
      const read = grants.grant('read', join(folder, 'secret.json'))
      expect((await get(`/granted/${read.id}`, { method: 'PUT', body: 'gone' })).status).toBe(404)
      const { id } = grants.grant('write', path)
      expect((await get(`/granted/${id}`)).status).toBe(404)
      expect((await get(`/granted/${id}`, { method: 'PUT', body: 'a,b\n' })).status).toBe(204)
      expect((await get(`/granted/${id}`, { method: 'PUT', body: 'c,d\n' })).status).toBe(404)
      expect(await readFile(path, 'utf8')).toBe('a,b\n')
      expect(await readFile(join(folder, 'secret.json'), 'utf8')).toBe(SECRET)
    })

    it('are not touched by other methods or made-up ids', async () => {
      const { id } = grants.grant('write', join(folder, 'table.csv'))
      expect((await get(`/granted/${id}`, { method: 'DELETE' })).status).toBe(405)
      expect((await get(`/granted/${crypto.randomUUID()}`)).status).toBe(404)
    })

    it('that are gone are answered in words', async () => {
      const { id } = grants.grant('read', join(folder, 'gone.json'))
      const response = await get(`/granted/${id}`)
      expect(response.status).toBe(500)
      expect(await response.json()).toMatchObject({
        error: { code: 'storage', message: expect.stringContaining('gone.json') },
      })
    })
  })
})
