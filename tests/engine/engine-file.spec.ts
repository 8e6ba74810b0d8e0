import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SystemReport } from '../../src-shared/contract/commands.js'
import { runCli } from '../helpers/cli.js'
import { installationFile, noNativeEngine } from '../helpers/native.js'

const binding = join(import.meta.dirname, '../../node_modules/@tensorflow/tfjs-node-gpu/lib/napi-v8/tfjs_binding.node')

describe.skipIf(noNativeEngine !== null)(
  'a program that is pointed to an engine elsewhere, as a packaged one is',
  () => {
    let folder = ''
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'engine-file-'))
    })
    afterAll(() => rm(folder, { recursive: true }))

    const engineWith = async (addon: string): Promise<SystemReport['engine']> => {
      const file = join(folder, 'engine.json')
      const installed = JSON.parse(await readFile(installationFile, 'utf8')) as object
      await writeFile(file, JSON.stringify({ ...installed, addon }))
      const { stdout } = await runCli(['doctor', '--json', '--workspace', folder], () => {}, {
        UNBACKDOOR_ENGINE_FILE: file,
      })
      return SystemReport.parse(JSON.parse(stdout)).engine
    }

    it('takes the binding that lies there', async () => {
      expect(await engineWith(await realpath(binding))).toMatchObject({ backend: 'tensorflow' })
    })

    it('says where it has looked, and goes on without', async () => {
      const { backend, reason } = await engineWith(join(folder, 'nowhere.node'))
      expect(backend).toBe('javascript')
      expect(reason).toContain(join(folder, 'nowhere.node'))
    })
  },
)
