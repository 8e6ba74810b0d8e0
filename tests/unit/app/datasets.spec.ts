import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { DatasetState } from '../../../src-shared/model/dataset.js'
import { ImportOptions } from '../../../src-shared/model/dataset.js'
import { createDatasets, type Datasets } from '../../../src-main/app/datasets/datasets.js'
import { downloadFiles } from '../../../src-main/app/datasets/download.js'
import { takeLock } from '../../../src-main/storage/file-lock.js'
import { createFakeEngine } from '../../helpers/fake-engine.js'
import { png } from '../../helpers/archives.js'
import { refusalOf } from '../../helpers/refusals.js'

const options = ImportOptions.parse({})

describe('getting datasets', () => {
  let folder = ''
  let cache = ''
  let datasets: Datasets
  let paths: Record<string, string>

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'datasets-'))
    cache = join(folder, 'cache')
    paths = {}
    datasets = open(null)
  })
  afterEach(async () => {
    datasets.close()
    await rm(folder, { recursive: true })
  })

  const open = (mirror: string | null): Datasets =>
    createDatasets({
      cacheFolder: cache,
      launchEngine: () => createFakeEngine().launch(),
      openGrant: (id) => paths[id] ?? 'nowhere',
      mirror,
      log: () => 'logged',
    })
  const list = async (): Promise<DatasetState[]> => (await datasets.handlers['dataset.list']({})).datasets
  const find = async (id: string, name: string | null = null) =>
    (await list()).find((state) => state.id === id && state.name === name)
  const settled = async (id: string, name: string | null = null): Promise<DatasetState> => {
    await expect.poll(async () => (await find(id, name))?.activity, { timeout: 20_000 }).toBeNull()
    return (await find(id, name))!
  }
  const pictures = async (value = 5): Promise<string> => {
    const path = join(folder, `pictures-${value}`)
    for (const file of ['train/a/1.png', 'train/b/1.png', 'test/a/1.png', 'test/b/1.png']) {
      await mkdir(dirname(join(path, file)), { recursive: true })
      await writeFile(
        join(path, file),
        png(6, 6, 1, () => value),
      )
    }
    return path
  }
  const bring = (grant: string, name = 'images', id = 'image-folder') =>
    datasets.handlers['dataset.import']({ id, name, grant, options })
  const filesLeft = async (): Promise<string[]> => (await readdir(cache)).toSorted()

  it('lists every dataset in the order of the catalogue, with what is there', async () => {
    expect((await list()).map(({ id, presence }) => [id, presence])).toEqual([
      ['mnist-10k', 'built-in'],
      ['mnist', 'absent'],
      ['fashion-mnist', 'absent'],
      ['cifar-10', 'absent'],
      ['cifar-100', 'absent'],
      ['image-folder', 'absent'],
    ])
    expect((await find('cifar-10'))?.downloadBytes).toBe(170_052_171)
    expect(() => datasets.requirePresent('cifar-10')).toThrow('The images of CIFAR-10 are not on this machine yet.')
    expect(() => datasets.requirePresent('mnist-10k')).not.toThrow()
  })

  it('imports folders of images side by side under names, and removes one', async () => {
    paths = { one: await pictures(5), two: await pictures(9) }
    await bring('one')
    await settled('image-folder', 'images')
    await bring('two', 'second')
    expect((await settled('image-folder', 'second')).stored).toMatchObject({ classNames: ['a', 'b'], trainImages: 2 })
    expect((await list()).filter(({ id }) => id === 'image-folder').map(({ name }) => name)).toEqual([
      'images',
      'second',
    ])
    expect(await filesLeft()).toEqual(['image-folder--images.dataset', 'image-folder--second.dataset'])

    expect(await refusalOf(() => bring('one'))).toBe('There is already an imported folder "images".')
    await datasets.handlers['dataset.remove']({ id: 'image-folder', name: 'images' })
    expect(await filesLeft()).toEqual(['image-folder--second.dataset'])
    expect(
      await refusalOf(() => datasets.handlers['dataset.remove']({ id: 'image-folder', name: 'images' })),
    ).toContain('There was no')
    expect(await refusalOf(() => datasets.handlers['dataset.remove']({ id: 'mnist-10k', name: null }))).toContain(
      'come with the program',
    )
  })

  it('keeps the reason of a failed import until the next, and nothing else', async () => {
    paths = { bad: await pictures(5) }
    await writeFile(join(paths['bad']!, 'train/a/2.png'), 'no picture')
    await bring('bad')
    const failed = await settled('image-folder', 'images')
    expect(failed).toMatchObject({
      presence: 'absent',
      error: { code: 'invalid-input', message: expect.stringContaining('train/a/2.png') },
    })
    expect(await filesLeft()).toEqual([])
    await rm(join(paths['bad']!, 'train/a/2.png'))
    await bring('bad')
    expect(await settled('image-folder', 'images')).toMatchObject({ presence: 'ready', error: null })
  })

  it('refuses what another process is getting, naming it, and takes away what a killed one left', async () => {
    paths = { one: await pictures(5) }
    const lock = takeLock(join(cache, 'image-folder--images.lock'), 'importing it elsewhere')
    expect(await refusalOf(() => bring('one'))).toContain(`process ${process.pid}`)
    lock.release()
    await writeFile(join(cache, '.image-folder--images.dataset.abc.tmp'), 'half')
    await bring('one')
    await settled('image-folder', 'images')
    expect(await filesLeft()).toEqual(['image-folder--images.dataset'])
  })

  it('shows a damaged file as such, and removes it when asked', async () => {
    await mkdir(cache)
    await writeFile(join(cache, 'mnist.dataset'), 'nonsense')
    expect(await find('mnist')).toMatchObject({ presence: 'absent', error: { code: 'storage' } })
    await datasets.handlers['dataset.remove']({ id: 'mnist', name: null })
    expect(await find('mnist')).toMatchObject({ presence: 'absent', error: null })
  })

  it('takes ids that exist only', async () => {
    expect(await refusalOf(() => datasets.handlers['dataset.download']({ id: 'image-folder' }))).toContain(
      'cannot be downloaded',
    )
    expect(await refusalOf(() => bring('x', 'images', 'mnist-10k'))).toContain('cannot be imported')
  })
})

describe('downloading', () => {
  let folder = ''
  let server: Server
  let address = ''
  let answer: (request: IncomingMessage, response: ServerResponse) => void
  const requests: { url: string; range: string | undefined }[] = []
  const content = Buffer.from(Array.from({ length: 50_000 }, (_, i) => i % 251))
  const md5 = createHash('md5').update(content).digest('hex')

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'download-'))
    requests.length = 0
    server = createServer((request, response) => {
      requests.push({ url: request.url ?? '', range: request.headers.range })
      answer(request, response)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterEach(async () => {
    server.closeAllConnections()
    server.close()
    await rm(folder, { recursive: true })
  })

  const fetchIt = (folders = [`${address}/a`], signal = new AbortController().signal) =>
    downloadFiles({
      files: [{ name: 'x.gz', bytes: content.length, md5 }],
      folders,
      into: folder,
      signal,
      report: () => {},
    })
  const arrived = async (): Promise<string[]> => (await readdir(folder)).toSorted()
  /** Sends everything from the asked byte on, or breaks off after `limit` bytes. */
  const serveContent =
    (limit = Infinity, etag = '"one"'): typeof answer =>
    (request, response) => {
      const from = request.headers['if-range'] === etag ? Number(/\d+/.exec(request.headers.range ?? '0')![0]) : 0
      response.writeHead(from > 0 ? 206 : 200, {
        etag,
        'content-length': content.length - from,
        ...(from > 0 ? { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` } : {}),
      })
      if (limit > content.length - from) response.end(content.subarray(from))
      else response.write(content.subarray(from, from + limit), () => void breakOff(response, from + limit))
    }
  /** Not before all of it is written down: what is still on its way when a connection breaks is lost. */
  const breakOff = async (response: ServerResponse, bytes: number): Promise<void> => {
    await vi.waitFor(async () => expect((await stat(join(folder, 'x.gz.part'))).size).toBe(bytes), 10_000)
    response.destroy()
  }

  it('goes on where the connection was cut off', async () => {
    let cuts = 0
    answer = (request, response) => serveContent(cuts++ < 2 ? 20_000 : Infinity)(request, response)
    await fetchIt()
    expect(requests.map(({ range }) => range)).toEqual([undefined, 'bytes=20000-', 'bytes=40000-'])
    expect(await arrived()).toEqual(['x.gz'])
  })

  it('keeps what has arrived for the next try, and begins anew where the file is another by then', async () => {
    answer = serveContent(10_000)
    expect(await refusalOf(() => fetchIt())).toContain('the connection broke off after')
    expect(await arrived()).toEqual(['x.gz.part', 'x.gz.part.json'])
    requests.length = 0
    answer = serveContent(Infinity, '"two"')
    await fetchIt()
    expect(requests).toHaveLength(1)
    expect(await arrived()).toEqual(['x.gz'])
  })

  it('tries the next address after one that does not have the file, and says what each answered', async () => {
    answer = (request, response) => {
      if (request.url?.startsWith('/b/')) serveContent()(request, response)
      else response.writeHead(404).end()
    }
    await fetchIt([`${address}/a/`, `${address}/b`])
    expect(requests.map(({ url }) => url)).toEqual(['/a/x.gz', '/b/x.gz'])
    await rm(join(folder, 'x.gz'))
    expect(await refusalOf(() => fetchIt())).toBe(`x.gz could not be fetched. ${address}/a/x.gz: HTTP 404 Not Found.`)
    expect(await arrived()).toEqual([])
  })

  it('stops at a file that is larger than it can be, and when it is cancelled', async () => {
    answer = (_, response) => void response.writeHead(200, { 'content-length': 10 ** 10 }).write('x')
    expect(await refusalOf(() => fetchIt())).toContain('more than it can have')
    const abort = new AbortController()
    answer = (_, response) => void response.writeHead(200, { 'content-length': 1000 }).write('x', () => abort.abort())
    expect(await refusalOf(() => fetchIt(undefined, abort.signal))).toBe('The download was cancelled.')
  })

  it('fetches a dataset from a mirror, imports it, and leaves nothing of the download', async () => {
    const cache = join(folder, 'cache')
    const datasets = createDatasets({
      cacheFolder: cache,
      launchEngine: () => createFakeEngine().launch(),
      openGrant: () => '',
      mirror: `${address}/mirror/`,
      log: () => 'logged',
    })
    // Four files that are no digits: they arrive, and the import says what is wrong.
    answer = (_, response) => void response.end(gzipSync('nothing'))
    await datasets.handlers['dataset.download']({ id: 'mnist' })
    expect(await refusalOf(() => datasets.handlers['dataset.download']({ id: 'mnist' }))).toBe(
      'mnist is being got already.',
    )
    const state = async () => (await datasets.handlers['dataset.list']({})).datasets.find(({ id }) => id === 'mnist')!
    await expect.poll(async () => (await state()).activity).toBeNull()
    expect(requests.map(({ url }) => url)[0]).toBe('/mirror/mnist/train-images-idx3-ubyte.gz')
    expect((await state()).error?.message).toContain('train-images-idx3-ubyte.gz: is cut off')
    expect(await readdir(join(cache, 'downloads'))).toEqual([])
    datasets.close()
  })
})
