import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { createServer as createTcpServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ServeArguments } from '../../../src-main/serve/arguments.js'
import { serveCommand } from '../../../src-main/serve/serve-command.js'
import { fakeHandlers } from '../../helpers/fake-app.js'
import { postToken } from '../../helpers/serve-server.js'
import { ask } from '../../helpers/serve-wire.js'

describe('the command', () => {
  let rendererFolder = ''
  beforeAll(async () => {
    rendererFolder = await mkdtemp(join(tmpdir(), 'renderer-'))
    await writeFile(join(rendererFolder, 'index.html'), '<!doctype html>')
  })
  afterAll(() => rm(rendererFolder, { recursive: true }))

  /** Starts the command around a fake application and a fake process. */
  function start(argv: string[], { folder = rendererFolder, canAsk = true } = {}) {
    const printed: string[] = []
    const said: string[] = []
    const opened: ServeArguments[] = []
    let isClosed = false
    let end!: (exitCode: number) => void
    let pressEnter = (): void => undefined
    const exitCode = serveCommand(argv, {
      rendererFolder: folder,
      openApp(given) {
        opened.push(given)
        const close = (): void => void (isClosed = true)
        const interrupt = async (): Promise<void> => undefined
        return { handlers: fakeHandlers, subscribe: () => () => undefined, log: () => 'id', interrupt, close }
      },
      print: (text) => void printed.push(text),
      say: (text) => void said.push(text),
      onEnter: canAsk ? (listener) => void (pressEnter = listener) : null,
      ended: new Promise((resolve) => {
        end = resolve
      }),
    })
    return { printed, said, opened, exitCode, end, pressEnter: () => pressEnter(), isClosed: () => isClosed }
  }

  const linkIn = (text = ''): URL => new URL(/http:\S+/.exec(text)?.[0] ?? '')

  it('prints the link, the SSH line and why there is no window, and ends with the code of the signal', async () => {
    const command = start(['--threads', '2', '--workspace', 'w'])
    await expect.poll(() => command.printed.length).toBe(1)
    const [text = ''] = command.printed
    const { port, hash } = linkIn(text)
    expect(text).toContain('was started as a server, so there is no window')
    expect(text).toContain(`ssh -L ${port}:127.0.0.1:${port} user@host`)
    expect(hash).toMatch(/^#token=[\w-]{43}$/)
    expect(command.opened).toEqual([
      { workspace: 'w', host: '127.0.0.1', names: [], port: 0, threads: 2, tls: null, share: false },
    ])
    command.end(143)
    expect(await command.exitCode).toBe(143)
    expect(command.isClosed()).toBe(true)
    await expect(ask(Number(port))).rejects.toThrow('ECONNREFUSED')
    expect(command.said).toEqual([])
  })

  it('prints a new link on Enter', async () => {
    const command = start([])
    await expect.poll(() => command.printed.length).toBe(1)
    expect(command.printed[0]).toContain('Press Enter for a new one')
    command.pressEnter()
    const links = command.printed.map(linkIn)
    const port = Number(links[0]!.port)
    const statuses = []
    for (const { hash } of links) statuses.push((await postToken(port, hash.slice('#token='.length))).status)
    expect(statuses).toEqual([403, 204])
    command.end(130)
    await command.exitCode
  })

  it('does not speak of Enter where nobody can press it', async () => {
    const command = start([], { canAsk: false })
    await expect.poll(() => command.printed.length).toBe(1)
    expect(command.printed[0]).not.toContain('Enter')
    command.end(130)
    await command.exitCode
  })

  it('says so when the port is taken', async () => {
    const other = createTcpServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as AddressInfo
    const command = start(['--port', String(port)])
    expect(await command.exitCode).toBe(2)
    expect(command.said).toEqual([expect.stringContaining(`Port ${port} of 127.0.0.1 is in use`)])
    expect(command.isClosed()).toBe(true)
    other.close()
  })

  it.each(['0.0.0.0', '::', '192.168.1.2', '127.0.0.2'])(
    'refuses to listen on %j without encryption, before anything is opened, and says what to do',
    async (host) => {
      const command = start(['--host', host])
      expect(await command.exitCode).toBe(2)
      expect(command.said.join()).toMatch(/--tls-cert.*--insecure.*ssh -L/)
      expect(command.opened).toEqual([])
    },
  )

  it.each(['example.org', '127.0.0.1.nip.io', '127.1', ''])('refuses %j, which is no address', async (host) => {
    const command = start(['--host', host])
    expect(await command.exitCode).toBe(2)
    expect(command.said.join()).toContain('must be an address of this machine')
  })

  it('listens beyond this machine where that is asked for in so many words, and says what it means', async () => {
    const command = start(['--host', '0.0.0.0', '--insecure', '--name', 'GPU.example.org'])
    await expect.poll(() => command.printed.length).toBe(1)
    expect(command.printed[0]).toContain('http://gpu.example.org:')
    expect(command.printed[0]).toContain('Nothing is encrypted')
    const { port } = linkIn(command.printed[0])
    const statusFor = async (host: string) => (await ask(Number(port), { headers: { host: `${host}:${port}` } })).status
    expect(await statusFor('gpu.example.org')).toBe(200)
    expect(await statusFor('evil.test')).toBe(403)
    command.end(130)
    await command.exitCode
  })

  it('encrypts with the files that it is given, and marks its cookie so', async () => {
    const tls = join(import.meta.dirname, '..', '..', 'helpers', 'tls')
    const files = ['--tls-cert', join(tls, 'test-only-cert.pem'), '--tls-key', join(tls, 'test-only-key.pem')]
    const command = start(['--host', '0.0.0.0', '--name', 'gpu.test', ...files])
    await expect.poll(() => command.printed.length).toBe(1)
    const link = /https:\S+/.exec(command.printed[0] ?? '')?.[0] ?? ''
    const { port, origin, hash } = new URL(link)
    expect(command.printed[0]).not.toContain('Nothing is encrypted')
    const answer = await askSecurely(Number(port), readFileSync(files[1]!), {
      method: 'POST',
      path: '/session',
      headers: { host: `gpu.test:${port}`, origin, 'x-requested-by': 'unbackdoor', 'content-type': 'application/json' },
      body: JSON.stringify({ token: hash.slice('#token='.length) }),
    })
    expect(answer.status).toBe(204)
    expect(answer.cookie).toMatch(
      new RegExp(`^__Host-unbackdoor-${port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict; Secure$`),
    )
    command.end(130)
    await command.exitCode
  })

  it('names the files that it cannot encrypt with, and opens nothing', async () => {
    const command = start(['--tls-cert', 'missing.pem', '--tls-key', 'missing.pem'])
    expect(await command.exitCode).toBe(2)
    expect(command.said.join()).toMatch(/missing.pem.*cannot be used.*no such file/)
    expect(command.opened).toEqual([])
  })

  it('prints a link to watch where one is asked for', async () => {
    const command = start(['--share'])
    await expect.poll(() => command.printed.length).toBe(1)
    const links = [...(command.printed[0] ?? '').matchAll(/http:\S+#token=(\S+)/g)].map(([, token = '']) => token)
    expect(links).toHaveLength(2)
    const { port } = linkIn(command.printed[0])
    const statuses = []
    for (const token of [links[1]!, links[1]!]) statuses.push((await postToken(Number(port), token)).status)
    expect(statuses).toEqual([204, 204])
    command.end(130)
    await command.exitCode
  })

  it.each([
    ['--port', '65536'],
    ['--port', 'x'],
    ['--port', '-1'],
    ['--threads', '0'],
    ['--nonsense'],
    ['extra'],
    ['--insecure'],
    ['--tls-cert', 'a.pem'],
    ['--name', 'http://x'],
  ])('refuses %s %s', async (...argv) => {
    const command = start(argv)
    expect(await command.exitCode).toBe(2)
    expect(command.said.join()).toContain('error: ')
  })

  it('says so when the page has not been built', async () => {
    const command = start([], { folder: join(rendererFolder, 'missing') })
    expect(await command.exitCode).toBe(2)
    expect(command.said).toEqual(['The page has not been built. Run: npm run setup'])
  })
})

interface SecureQuestion {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A request to this machine over TLS that trusts this certificate alone. */
function askSecurely(port: number, ca: Buffer, { body, ...question }: SecureQuestion) {
  return new Promise<{ status: number; cookie: string }>((resolve, reject) => {
    const asking = request({ ...question, host: '127.0.0.1', servername: 'gpu.test', port, ca }, (answer) => {
      answer.resume()
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, cookie: answer.headers['set-cookie']?.[0] ?? '' }),
      )
    })
    asking.on('error', reject)
    asking.end(body)
  })
}
