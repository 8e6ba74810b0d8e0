import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync, cpSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..', '..')

/** Runs the checker of `npm test` on a folder; answers whether it is content, and what it said. */
function check(folder: string): { ok: boolean; text: string } {
  const checker = join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruiser.mjs')
  const rooms = ['src-shared', 'src-main', 'src-renderer']
  const { status, stdout } = spawnSync(process.execPath, [checker, '--config', '.dependency-cruiser.cjs', ...rooms], {
    cwd: folder,
    encoding: 'utf8',
  })
  return { ok: status === 0, text: stdout }
}

/** One file that breaks each rule. If the checker stays green on one of them, the rule protects nothing. */
const breaches = [
  { file: 'src-shared/model/breach.ts', imports: 'node:fs', rule: 'src-shared-builtins' },
  { file: 'src-shared/model/breach.ts', imports: 'vue', rule: 'src-shared-packages' },
  { file: 'src-shared/model/breach.ts', imports: '../../src-main/lab/registry.js', rule: 'src-shared-rooms' },
  { file: 'src-main/lab/breach.ts', imports: 'node:fs', rule: 'src-main-lab-builtins' },
  { file: 'src-main/lab/breach.ts', imports: 'electron', rule: 'src-main-lab-packages' },
  { file: 'src-main/lab/breach.ts', imports: '../app/paths.js', rule: 'src-main-lab-rooms' },
  { file: 'src-main/lab/breach.ts', imports: '@tensorflow/tfjs', rule: 'tfjs-through-one-door' },
  { file: 'src-main/lab/breach.ts', imports: '@tensorflow/tfjs-node-gpu', rule: 'native-only-in-engine' },
  { file: 'src-main/app/breach.ts', imports: '../lab/registry.js', rule: 'src-main-app-rooms' },
  { file: 'src-main/app/breach.ts', imports: 'electron', rule: 'src-main-app-packages' },
  { file: 'src-main/engine/breach.ts', imports: '../app/paths.js', rule: 'src-main-engine-rooms' },
  { file: 'src-main/engine/breach.ts', imports: 'electron', rule: 'src-main-engine-packages' },
  { file: 'src-main/cli/breach.ts', imports: '../lab/registry.js', rule: 'src-main-cli-rooms' },
  { file: 'src-main/serve/breach.ts', imports: 'electron', rule: 'src-main-serve-packages' },
  { file: 'src-main/desktop/breach.ts', imports: '../engine/job.js', rule: 'src-main-desktop-rooms' },
  { file: 'src-main/preload/breach.ts', imports: 'zod', rule: 'src-main-preload-packages' },
  { file: 'src-main/cli/breach.ts', imports: './main.js', rule: 'entries-are-leaves' },
  { file: 'src-renderer/src/breach.ts', imports: '../../src-main/app/paths.js', rule: 'src-renderer-rooms' },
  { file: 'src-renderer/src/breach.ts', imports: 'node:fs', rule: 'src-renderer-builtins' },
  { file: 'src-renderer/src/breach.ts', imports: 'electron', rule: 'no-electron-in-renderer' },
  {
    file: 'src-renderer/src/breach.ts',
    imports: '../gallery/recorded/player.js',
    rule: 'gallery-is-not-shipped',
  },
  { file: 'src-main/lab/breach.ts', imports: './breach.js', rule: 'no-cycles' },
  { file: 'src-main/lab/breach.ts', imports: './nowhere.js', rule: 'no-unresolved' },
]

describe('the rooms', () => {
  let copy = ''
  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'boundaries-'))
    for (const name of [
      'src-shared',
      'src-main',
      'src-renderer',
      '.dependency-cruiser.cjs',
      'tsconfig.base.json',
      'package.json',
    ]) {
      cpSync(join(root, name), join(copy, name), { recursive: true })
    }
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
    for (const [index, { file, imports }] of breaches.entries()) {
      const path = join(copy, file.replace('breach', `breach-${index}`))
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, `export * from '${imports.replace('./breach.js', `./breach-${index}.js`)}'\n`)
    }
  })
  afterAll(() => rmSync(copy, { recursive: true }))

  it('are kept by the sources as they are', () => {
    const { ok, text } = check(root)
    expect(text).toContain('no dependency violations found')
    expect(ok).toBe(true)
  })

  it('are guarded: the checker goes red on every planted breach, naming the rule', () => {
    const { ok, text } = check(copy)
    expect(ok).toBe(false)
    for (const [index, { file, rule }] of breaches.entries()) {
      const breach = file.replace('breach', `breach-${index}`)
      const found = text.split('\n').some((line) => line.includes(`error ${rule}:`) && line.includes(breach))
      expect(found, `${rule} on ${breach}\n${text}`).toBe(true)
    }
  })
})
