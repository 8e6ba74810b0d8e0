import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..', '..', '..')

function sourcesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|mts|js|mjs|vue)$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
}

const LOADS_ELECTRON =
  /(?:^|\n)\s*(?:import|export)\s(?!type\s)[^;'"]*['"]electron(?:\/[a-z]+)?['"]|(?:require|import)\(\s*['"]electron/

describe('Electron', () => {
  const sources = ['src-main', 'src-shared', 'src-renderer'].flatMap(sourcesIn)
  const textOf = (file: string): string => readFileSync(join(root, file), 'utf8')

  it('is loaded by the entry and the preload script; everybody else is handed it', () => {
    const loading = sources.filter((file) => LOADS_ELECTRON.test(textOf(file)))
    expect(loading.toSorted()).toEqual(['src-main/desktop/main.ts', 'src-main/preload/preload.ts'])
  })

  it('would be found out in any of the ways to load it', () => {
    const ways = [
      "import electron from 'electron'",
      "import { app, type App } from 'electron/main'",
      "import 'electron'",
      "export { app } from 'electron'",
      "const { app } = require('electron')",
      "const it = await import('electron')",
    ]
    expect(ways.filter((way) => !LOADS_ELECTRON.test(way))).toEqual([])
    expect(LOADS_ELECTRON.test("import type { App } from 'electron'")).toBe(false)
  })

  const doors = [
    ['openExternal(', 'src-main/desktop/external-links.ts'],
    ['ipcMain.on(', 'src-main/desktop/ipc-guard.ts'],
    ['ipcMain.handle(', 'src-main/desktop/ipc-guard.ts'],
    ['ipcRenderer.', 'src-main/preload/preload.ts'],
    ['new BrowserWindow(', 'src-main/desktop/open-window.ts'],
  ] as const
  it.each(doors)('is asked for %s in one place', (call, file) => {
    expect(sources.filter((source) => textOf(source).includes(call))).toEqual([file])
  })

  const banned = [
    'webSecurity',
    'allowRunningInsecureContent',
    'experimentalFeatures',
    'enableBlinkFeatures',
    'bypassCSP',
    'v-html',
    'innerHTML',
    'insertAdjacentHTML',
    'new Function',
    'createFromPath',
  ]
  it.each(banned)('never hears of %s', (key) => {
    expect(sources.filter((source) => textOf(source).includes(key))).toEqual([])
  })
})
