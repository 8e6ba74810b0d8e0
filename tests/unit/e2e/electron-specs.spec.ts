import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..', '..', '..')
const NO_WINDOW = { DISPLAY: '', WAYLAND_DISPLAY: '', ELECTRON_OVERRIDE_DIST_PATH: '', REQUIRE_ELECTRON: '' }

interface Report {
  readonly passed: number
  readonly failed: readonly { readonly name: string; readonly reason: string }[]
  readonly skipped: readonly { readonly name: string; readonly reason: string }[]
}

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'electron-specs-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs Playwright itself on the specs of the window, on a machine that shows none. */
function playwright(args: readonly string[], env: Record<string, string>): string {
  const cli = join(root, 'node_modules', '@playwright', 'test', 'cli.js')
  const { stdout } = spawnSync(process.execPath, [cli, 'test', '--project=electron', ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...NO_WINDOW, ...env },
  })
  return stdout
}

function runSpecs(args: readonly string[], env: Record<string, string> = {}): Report {
  const file = join(folder, 'report.json')
  playwright(args, { ...env, UNBACKDOOR_TEST_REPORT: file })
  return JSON.parse(readFileSync(file, 'utf8')) as Report
}

// A Mac or Windows machine always shows a window.
describe.skipIf(process.platform !== 'linux')('the specs of the window, where there is none', () => {
  it('are skipped for that reason, every one of them, and nothing else is', () => {
    const listed = Number(/Total: (\d+) tests/.exec(playwright(['--list'], {}))?.[1])
    const report = runSpecs([])
    expect(listed).toBeGreaterThan(20)
    expect(report.skipped).toHaveLength(listed)
    expect(report.skipped.filter(({ reason }) => !reason.startsWith('there is no window to test: '))).toEqual([])
    expect([report.passed, report.failed]).toEqual([0, []])
    // In the other host nothing may hide in this way.
    expect(report.skipped.filter(({ name }) => !name.startsWith('electron > '))).toEqual([])
  })

  it.each([
    ['it is required', { REQUIRE_ELECTRON: '1' }, 'REQUIRE_ELECTRON is set, but there is no window'],
    ['one is named that is not there', { ELECTRON_OVERRIDE_DIST_PATH: '/nowhere' }, 'names /nowhere'],
  ])('fail when %s', (_title, env, words) => {
    const report = runSpecs(['desktop/menu.spec.ts', '--grep', 'new experiment'], env)
    expect(report.failed[0]?.reason).toContain(words)
    expect(report.skipped.filter(({ reason }) => reason.includes('no window'))).toEqual([])
  })
})
