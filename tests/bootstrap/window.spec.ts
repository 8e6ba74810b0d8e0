import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findWindow } from '../../scripts/bootstrap/window.mjs'

describe('the window of npm start', () => {
  let root = ''
  let electron = ''
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'window-'))
    electron = join(root, 'node_modules', 'electron')
    mkdirSync(electron, { recursive: true })
    installer('process.exit(1)')
  })
  afterEach(() => rmSync(root, { recursive: true }))

  const installer = (code: string) => writeFileSync(join(electron, 'install.js'), code)
  const put = (folder: string) => {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'electron'), '')
    chmodSync(join(folder, 'electron'), 0o755)
  }
  const find = (change: Partial<Parameters<typeof findWindow>[0]> = {}) =>
    findWindow({ root, node: process.execPath, platform: 'linux', env: { DISPLAY: ':0' }, isRoot: false, ...change })

  it('opens where the binary is', async () => {
    put(join(electron, 'dist'))
    expect(await find()).toEqual({ binary: join(electron, 'dist', 'electron') })
  })

  it('opens another Electron that is named', async () => {
    put(join(root, 'own'))
    const env = { DISPLAY: ':0', ELECTRON_OVERRIDE_DIST_PATH: join(root, 'own') }
    expect(await find({ env })).toEqual({ binary: join(root, 'own', 'electron') })
  })

  it('does not open, and downloads nothing, without a display or as root', async () => {
    installer(`require('node:fs').writeFileSync(${JSON.stringify(join(root, 'downloaded'))}, '')`)
    expect(await find({ env: {} })).toEqual({ reason: expect.stringContaining('no display') as string })
    expect(await find({ isRoot: true })).toEqual({ reason: expect.stringContaining('root') as string })
    expect(() => rmSync(join(root, 'downloaded'))).toThrow('ENOENT')
  })

  it('downloads the binary once it is wanted', async () => {
    installer(`
      const fs = require('node:fs')
      fs.mkdirSync(__dirname + '/dist')
      fs.writeFileSync(__dirname + '/dist/electron', '')
      fs.writeFileSync(__dirname + '/path.txt', 'electron')
    `)
    expect(await find()).toEqual({ binary: join(electron, 'dist', 'electron') })
  })

  it('says why a download failed', async () => {
    installer('console.error("RequestError: no network"); process.exit(1)')
    expect(await find()).toEqual({
      reason: 'the binary of Electron could not be downloaded (RequestError: no network)',
    })
  })

  it('says that a named Electron is not there', async () => {
    const env = { DISPLAY: ':0', ELECTRON_OVERRIDE_DIST_PATH: join(root, 'nowhere') }
    expect(await find({ env })).toEqual({ reason: expect.stringContaining('nowhere') as string })
  })
})
