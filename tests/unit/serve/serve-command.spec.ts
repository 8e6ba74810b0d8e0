import { mkdtemp, rm, writeFile } from 'node:fs/promises'
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
        return { handlers: fakeHandlers, subscribe: () => () => undefined, log: () => 'id', close }
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
    expect(command.opened).toEqual([{ workspace: 'w', host: '127.0.0.1', port: 0, threads: 2 }])
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

  it.each(['0.0.0.0', '::', '192.168.1.2', 'example.org', '127.0.0.1.nip.io', '127.0.0.2', ''])(
    'refuses to listen on %j, before anything is opened',
    async (host) => {
      const command = start(['--host', host])
      expect(await command.exitCode).toBe(2)
      expect(command.said.join()).toMatch(/TLS, which is not supported/)
      expect(command.opened).toEqual([])
    },
  )

  it.each([['--port', '65536'], ['--port', 'x'], ['--port', '-1'], ['--threads', '0'], ['--nonsense'], ['extra']])(
    'refuses %s %s',
    async (...argv) => {
      const command = start(argv)
      expect(await command.exitCode).toBe(2)
      expect(command.said.join()).toContain('error: ')
    },
  )

  it('says so when the page has not been built', async () => {
    const command = start([], { folder: join(rendererFolder, 'missing') })
    expect(await command.exitCode).toBe(2)
    expect(command.said).toEqual(['The page has not been built. Run: npm run setup'])
  })
})
