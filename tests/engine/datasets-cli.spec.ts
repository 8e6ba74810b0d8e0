import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { DatasetState } from '../../src-shared/model/dataset.js'
import { png, tar } from '../helpers/archives.js'
import { lastJson, runCli } from '../helpers/cli.js'

const Result = z.object({ status: z.string(), before: z.object({ cleanAccuracy: z.number() }) })

/** Two classes that differ in brightness, in an archive. */
function shades(): Uint8Array {
  const entries = ['dark', 'light'].flatMap((name, label) =>
    Array.from({ length: 60 }, (_, i) => ({
      name: `shades/${name}/${i}.png`,
      content: png(16, 16, 3, (at) => label * 150 + ((at * 7 + i * 13) % 50)),
    })),
  )
  return gzipSync(tar(entries))
}

describe('datasets on the command line', () => {
  let folder = ''
  let archive = ''
  const run = (...args: string[]) => runCli(args, undefined, { UNBACKDOOR_CACHE: folder })
  const cached = () => readdir(join(folder, 'datasets'))

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cache-'))
    archive = join(folder, 'shades.tar.gz')
    await writeFile(archive, shades())
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('imports an archive of images by name, shows it, trains on it with augmentation, and removes it', async () => {
    const imported = await run('datasets', 'import', 'image-folder', archive, '--name', 'shades', '--json')
    expect(imported).toMatchObject({ code: 0 })
    expect(DatasetState.parse(lastJson(imported.stdout)).stored).toMatchObject({
      classNames: ['dark', 'light'],
      trainImages: 96,
      testImages: 24,
      shape: { height: 16, width: 16, channels: 3 },
    })
    expect(await cached()).toEqual(['image-folder--shades.dataset'])
    expect((await run('datasets')).stdout).toMatch(
      /image-folder shades +ready +96 \+ 24 images, 16 x 16 RGB, 2 classes/,
    )

    const settings = {
      'dataset.id': 'image-folder',
      'dataset.params.name': 'shades',
      'model.params.width': '2',
      'training.epochs': '12',
      'training.batchSize': '16',
      'training.augmentation.kind': 'custom',
      'training.augmentation.horizontalFlip': 'true',
      attack: 'null',
      defenses: '[]',
    }
    const sets = Object.entries(settings).flatMap(([path, value]) => ['--set', `${path}=${value}`])
    const trained = await run('run', 'default', ...sets, '--json', '--workspace', join(folder, 'workspace'))
    expect(trained).toMatchObject({ code: 0 })
    expect(Result.parse(lastJson(trained.stdout)).before.cleanAccuracy).toBeGreaterThan(0.9)

    expect((await run('datasets', 'remove', 'image-folder', '--name', 'shades')).code).toBe(0)
    expect(await cached()).toEqual([])
  })

  it('refuses a broken archive by name and keeps nothing of it', async () => {
    const broken = join(folder, 'broken.tar.gz')
    await writeFile(broken, shades().subarray(0, 2000))
    const { code, stderr } = await run('datasets', 'import', 'image-folder', broken)
    expect(code).toBe(2)
    expect(stderr).toContain('broken.tar.gz: is cut off in the middle of its packed data')
    expect(await cached()).toEqual([])
  })

  it('refuses a run of a dataset that is not there before anything is written, and says how to get it', async () => {
    const workspace = join(folder, 'empty')
    const missing = await run('run', 'default', '--set', 'dataset.id=cifar-10', '--workspace', workspace)
    expect(missing.code).toBe(2)
    expect(missing.stderr).toContain('datasets download cifar-10')
    expect(await readdir(join(workspace, 'runs'))).toEqual([])
    const unknown = await run('run', 'default', '--set', 'dataset.id=image-folder', '--workspace', workspace)
    expect(unknown.stderr).toContain(
      'dataset.params.name: "images" is not the name of an imported folder; imported: none',
    )
  })
})
