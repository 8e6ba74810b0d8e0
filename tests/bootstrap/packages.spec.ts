// Whether node_modules is taken for what package-lock.json says, and where the cache lies.

import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { cacheFolder } from '../../scripts/bootstrap/cache.mjs'
import { whyInstall } from '../../scripts/bootstrap/packages.mjs'

describe('packages', () => {
  let root: string

  const lock = (...entries: [string, object][]) => JSON.stringify({ packages: Object.fromEntries(entries) })
  const a: [string, object] = ['node_modules/a', { version: '1.0.0', integrity: 'sha512-a' }]
  const other: [string, object] = ['node_modules/other', { version: '1.0.0', optional: true, os: ['plan9'] }]
  const wanted = (...entries: [string, object][]) =>
    writeFileSync(join(root, 'package-lock.json'), lock(['', { name: 'x' }], ...entries))
  const installed = (...entries: [string, object][]) =>
    writeFileSync(join(root, 'node_modules', '.package-lock.json'), lock(...entries))

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'unbackdoor-packages-'))
    mkdirSync(join(root, 'node_modules'))
    wanted(a, other)
  })

  afterEach(() => rmSync(root, { recursive: true }))

  test('an installation by hand counts, and packages for other systems may be missing', () => {
    installed(a)
    expect(whyInstall(root)).toBeNull()
    expect(existsSync(join(root, 'node_modules', '.unbackdoor', 'packages.json'))).toBe(true)
  })

  test('no record at all, as after an installation that was cut off', () => {
    expect(whyInstall(root)).toBe('node_modules does not match package-lock.json')
  })

  test('no node_modules', () => {
    rmSync(join(root, 'node_modules'), { recursive: true })
    expect(whyInstall(root)).toBe('node_modules is missing')
  })

  test.each([
    ['another version', [['node_modules/a', { version: '1.0.1', integrity: 'sha512-a' }]]],
    ['another content', [['node_modules/a', { version: '1.0.0', integrity: 'sha512-b' }]]],
    ['one too many', [a, ['node_modules/b', { version: '1.0.0' }]]],
    ['one too few', []],
  ] as [string, [string, object][]][])('%s', (_, entries) => {
    installed(...entries)
    expect(whyInstall(root)).toBe('node_modules does not match package-lock.json')
  })

  test('a lock that changed afterwards', () => {
    installed(a)
    expect(whyInstall(root)).toBeNull()
    wanted(a, ['node_modules/b', { version: '1.0.0' }])
    expect(whyInstall(root)).toBe('node_modules does not match package-lock.json')
  })
})

describe('the cache folder', () => {
  test.each([
    [{ UNBACKDOOR_CACHE: '/u', XDG_CACHE_HOME: '/x' }, 'linux', '/u'],
    [{ XDG_CACHE_HOME: '/x' }, 'linux', '/x/unbackdoor'],
    [{ XDG_CACHE_HOME: '' }, 'linux', join(homedir(), '.cache', 'unbackdoor')],
    [{}, 'darwin', join(homedir(), 'Library', 'Caches', 'unbackdoor')],
    [{ LOCALAPPDATA: '/l' }, 'win32', '/l/unbackdoor/cache'],
  ] as [Record<string, string>, NodeJS.Platform, string][])('%j on %s', (env, platform, path) => {
    expect(cacheFolder(env, platform)).toBe(path)
  })
})
