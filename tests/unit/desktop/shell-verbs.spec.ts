import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { OpenDialogOptions, SaveDialogOptions } from 'electron'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createGrants } from '../../../src-main/desktop/grants.js'
import { createIpcGuard } from '../../../src-main/desktop/ipc-guard.js'
import { addShellVerbs } from '../../../src-main/desktop/shell-verbs.js'
import { channels, type FileAnswer } from '../../../src-shared/desktop/bridge.js'
import { FakeIpcMain, senderOf } from '../../helpers/fake-electron.js'

describe('what a window can do beyond a browser', () => {
  let folder = ''
  let ipcMain = new FakeIpcMain()
  let grants = createGrants()
  let chosen: string | null = null
  const asked: (OpenDialogOptions | SaveDialogOptions)[] = []

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shell-verbs-'))
    ipcMain = new FakeIpcMain()
    grants = createGrants()
    chosen = null
    asked.length = 0
    const dialogs = {
      async showOpenDialog(options: OpenDialogOptions) {
        asked.push(options)
        return { canceled: chosen === null, filePaths: chosen === null ? [] : [chosen] }
      },
      async showSaveDialog(options: SaveDialogOptions) {
        asked.push(options)
        return { canceled: chosen === null, filePath: chosen ?? '' }
      },
    }
    addShellVerbs(
      createIpcGuard(ipcMain, new Set([1]), () => 'x'),
      dialogs,
      grants,
    )
  })
  afterEach(() => rm(folder, { recursive: true }))

  const ask = async (channel: string, question: unknown) =>
    (await ipcMain.invoke(channel, senderOf(1), question)) as FileAnswer
  const grantedBy = (answer: FileAnswer) =>
    'file' in answer && answer.file !== null ? answer.file : expect.fail('no file')

  it('opens a file of the kind asked for', async () => {
    chosen = '/somewhere/mine.json'
    const { id, name } = grantedBy(await ask(channels.openFile, { kind: 'experiment' }))
    expect(name).toBe('mine.json')
    expect(grants.redeem(id, 'read')).toBe(chosen)
    expect(asked).toMatchObject([{ filters: [{ extensions: ['json'] }], properties: ['openFile'] }])
  })

  it('says so when the user has chosen nothing', async () => {
    expect(await ask(channels.openFile, { kind: 'model' })).toEqual({ file: null })
    expect(await ask(channels.saveFile, { kind: 'table', suggestedName: 'a.csv' })).toEqual({ file: null })
  })

  it('saves under the name that the user has chosen', async () => {
    chosen = '/somewhere/b.TSV'
    const { id } = grantedBy(await ask(channels.saveFile, { kind: 'table', suggestedName: 'a.csv' }))
    expect(grants.redeem(id, 'write')).toBe(chosen)
    expect(asked).toMatchObject([{ defaultPath: 'a.csv' }])
  })

  it.each(['/somewhere/.bashrc', '/somewhere/table', '/somewhere/table.sh'])(
    'does not save a table as %s',
    async (path) => {
      chosen = path
      const answer = await ask(channels.saveFile, { kind: 'table', suggestedName: 'a.csv' })
      expect(answer).toMatchObject({
        error: { code: 'invalid-input', message: expect.stringContaining('.csv or .tsv') },
      })
    },
  )

  it.each(['../a.csv', '/etc/a.csv', 'C:\\a.csv', 'a\0.csv', '', 'x'.repeat(200)])(
    'suggests no name like %j',
    async (suggestedName) => {
      const answer = await ask(channels.saveFile, { kind: 'table', suggestedName })
      expect(answer).toMatchObject({ error: { code: 'invalid-input', fields: [{ path: 'suggestedName' }] } })
      expect(asked).toEqual([])
    },
  )

  it.each([
    [channels.openFile, { kind: 'anything' }],
    [channels.openFile, { kind: 'experiment', path: '/etc/passwd' }],
    [channels.saveFile, { kind: 'experiment' }],
    [channels.grantDroppedFile, { path: 7 }],
    [channels.grantDroppedFile, null],
  ])('%s refuses %j', async (channel, question) => {
    expect(await ask(channel, question)).toMatchObject({ error: { code: 'invalid-input' } })
  })

  it('grants a dropped file that it can open', async () => {
    const path = join(folder, 'model.safetensors')
    await writeFile(path, '')
    const { id, name } = grantedBy(await ask(channels.grantDroppedFile, { path }))
    expect(name).toBe('model.safetensors')
    expect(grants.redeem(id, 'read')).toBe(path)
  })

  it('refuses what is dropped and is no such file', async () => {
    await mkdir(join(folder, 'folder.json'))
    await writeFile(join(folder, 'notes.txt'), '')
    for (const path of ['', 'relative.json', join(folder, 'gone.json'), join(folder, 'folder.json')]) {
      expect(await ask(channels.grantDroppedFile, { path })).toMatchObject({
        error: { message: expect.stringContaining('a file on this machine') },
      })
    }
    expect(await ask(channels.grantDroppedFile, { path: join(folder, 'notes.txt') })).toMatchObject({
      error: { message: expect.stringContaining('.json or .pt') },
    })
  })
})
