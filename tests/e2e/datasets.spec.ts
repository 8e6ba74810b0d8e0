import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from './host/app.js'

/** A publisher that sends a little of everything that it is asked for, and never the rest. */
let publisher: Server
let cache = ''
const before = { ...process.env }

test.beforeAll(async () => {
  publisher = createServer((_, response) => {
    response.writeHead(200, { 'content-length': 9_912_422, etag: '"one"' })
    response.write(Buffer.alloc(1_000_000))
  })
  await new Promise<void>((resolve) => publisher.listen(0, '127.0.0.1', resolve))
  cache = await mkdtemp(join(tmpdir(), 'unbackdoor-cache-'))
  process.env['UNBACKDOOR_CACHE'] = cache
  process.env['UNBACKDOOR_DATASET_MIRROR'] = `http://127.0.0.1:${(publisher.address() as AddressInfo).port}`
})

test.afterAll(async () => {
  process.env = before
  publisher.closeAllConnections()
  publisher.close()
  await rm(cache, { recursive: true, force: true })
})

test('a dataset that is not there is got from Home, is followed, and can be left', async ({ app }) => {
  const page = await app.open()
  const panel = page.getByRole('region', { name: 'Datasets' })
  await expect(panel.getByText('Comes with the program')).toBeVisible()
  await panel.getByRole('button', { name: 'Download 11.6 MB' }).click()
  await expect(panel.getByText(/Downloading: (?!0 B)\S+ .B of 11.6 MB/)).toBeVisible()
  await panel.getByRole('button', { name: 'Cancel' }).click()
  await expect(panel.getByRole('button', { name: 'Download 11.6 MB' })).toBeVisible()
})

test('Compose says of the chosen dataset that it is not there, and a run of it is refused in words', async ({
  app,
}) => {
  const page = await app.open()
  await page.getByRole('link', { name: 'Compose', exact: true }).click()
  const dataset = page.getByRole('region', { name: 'Dataset' })
  await dataset.getByLabel('Dataset', { exact: true }).selectOption('cifar-10')
  await expect(dataset.getByText('Not on this machine yet')).toBeVisible()
  await expect(dataset.getByRole('button', { name: 'Download 170.1 MB' })).toBeVisible()
  await page.getByRole('button', { name: 'Launch' }).click()
  await expect(page.getByText('The images of CIFAR-10 are not on this machine yet.')).toBeVisible()

  await dataset.getByLabel('Dataset', { exact: true }).selectOption('image-folder')
  await expect(dataset.getByText('Nothing imported yet')).toBeVisible()
})
