import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AppError } from '../../../src-shared/contract/errors.js'
import type { ArtifactRef } from '../../../src-shared/model/artifact.js'
import { Experiment } from '../../../src-shared/model/experiment.js'
import { RunId } from '../../../src-shared/model/ids.js'
import { RUN_FORMAT, RUN_VERSION, type RunRecord } from '../../../src-shared/model/run-record.js'
import { startTestServer, type TestServer } from '../../helpers/serve-server.js'
import { ask } from '../../helpers/serve-wire.js'

const runId = RunId.parse('20260131-142500-k3x9ab')

const artifacts: ArtifactRef[] = [
  ['images/trigger.png', 'image/png'],
  ['scores.json', 'application/json'],
  ['victim.safetensors', 'application/octet-stream'],
  ['report.html', 'text/html'],
  ['odd.bin', 'text/html\r\nset-cookie: a=b'],
  ['gone.png', 'image/png'],
  ['leak.txt', 'text/plain'],
].map(([path = '', mediaType = '']) => ({ path, mediaType, title: path, byteLength: 1 }))

const record: RunRecord = {
  format: RUN_FORMAT,
  version: RUN_VERSION,
  runId,
  status: 'done',
  experiment: Experiment.parse({ dataset: { id: 'a' }, model: { id: 'b' }, attack: null }),
  createdAt: '2026-01-31T14:25:00Z',
  startedAt: null,
  finishedAt: null,
  versions: { unbackdoor: '0', node: '0', tfjs: '0', platform: '0' },
  engine: null,
  stages: [],
  summary: null,
  error: null,
  artifacts,
}

describe('the files of a run', () => {
  let server: TestServer
  let headers = { cookie: '' }
  beforeAll(async () => {
    let folder = ''
    server = await startTestServer({
      handlers: {
        'run.snapshot': async (input) => {
          if (input.runId === runId) return { record, folder, events: [], lastSeq: 0 }
          throw new AppError({ code: 'not-found', message: 'There is no such run.' })
        },
      },
    })
    folder = join(server.folder, 'runs', runId)
    await mkdir(join(folder, 'images'), { recursive: true })
    for (const { path } of artifacts.slice(0, 5)) await writeFile(join(folder, path), `bytes of ${path}`)
    await writeFile(join(folder, 'run.json'), '{}')
    await symlink(join(server.folder, 'secret.txt'), join(folder, 'leak.txt'))
    headers = { cookie: await server.cookie() }
  })
  afterAll(() => server.close())

  const get = (path: string, run: string = runId) => ask(server.port, { path: `/run/${run}/files/${path}`, headers })

  it.each([
    ['images/trigger.png', 'image/png', 'inline; filename="trigger.png"'],
    ['scores.json', 'application/json', 'inline; filename="scores.json"'],
    ['victim.safetensors', 'application/octet-stream', 'attachment; filename="victim.safetensors"'],
    ['report.html', 'text/html', 'attachment; filename="report.html"'],
    ['odd.bin', 'application/octet-stream', 'attachment; filename="odd.bin"'],
  ])('serves %s as %s, %s', async (path, type, disposition) => {
    const answer = await get(path)
    expect(answer.status).toBe(200)
    expect(answer.body).toBe(`bytes of ${path}`)
    expect(answer.headers).toMatchObject({
      'content-type': type,
      'content-disposition': disposition,
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-cache',
    })
  })

  it.each(['run.json', 'images', 'images/', 'trigger.png', 'Scores.json', 'missing.png'])(
    'serves nothing that the record does not list: %s',
    async (path) => {
      const answer = await get(path)
      expect(answer.status).toBe(404)
      expect(answer.body).not.toContain('bytes of')
    },
  )

  it.each(['20260131-142500-zzzzzz', 'nonsense', '__proto__'])('knows no run %s', async (run) => {
    expect((await get('scores.json', run)).status).toBe(404)
  })

  it('says so when a listed file is gone', async () => {
    const answer = await get('gone.png')
    expect(answer.status).toBe(404)
    expect(answer.body).toContain('no longer in its folder')
  })

  it('does not follow a link out of the folder', async () => {
    const answer = await get('leak.txt')
    expect(answer.status).toBe(403)
    expect(answer.body).not.toContain('not for the web')
  })
})
