// Which engines are tried on which machine, and what they are made of.

import { describe, expect, test } from 'vitest'
import { candidates } from '../../scripts/bootstrap/engine.mjs'
import { engineSource } from '../../scripts/bootstrap/wheels.mjs'

describe('what is tried', () => {
  test.each([
    ['linux', 'x64', true, ['gpu', 'cpu', 'js']],
    ['linux', 'x64', false, ['cpu', 'js']],
    ['linux', 'arm64', true, ['cpu', 'js']],
    ['linux', 'riscv64', false, ['js']],
    ['darwin', 'arm64', false, ['js']],
    ['win32', 'x64', true, ['js']],
  ])('on %s-%s with NVIDIA driver %s', (platform, arch, nvidia, variants) => {
    const found = candidates('auto', { platform, arch, nvidia }, engineSource)
    expect(found.map(({ variant }) => variant)).toEqual(variants)
  })

  test('an engine asked for where there is none is refused, with what can be had', () => {
    const mac = { platform: 'darwin', arch: 'arm64', nvidia: false }
    expect(() => candidates('gpu', mac, engineSource)).toThrow('There is no gpu engine for darwin-arm64.')
  })

  test('a machine without native engine says why it computes in JavaScript', () => {
    const [only] = candidates('auto', { platform: 'darwin', arch: 'arm64', nvidia: false }, engineSource)
    expect(only?.reason).toBe('there is no native engine for darwin-arm64')
  })
})

test.each([
  ['cpu', 'x64'],
  ['cpu', 'arm64'],
  ['gpu', 'x64'],
] as const)('the %s engine for %s is pinned file by file', (variant, arch) => {
  const source = engineSource(variant, 'linux', arch)
  const wheels = source?.wheels ?? []
  expect(wheels[0]?.version).toBe(source?.tensorflowVersion)
  for (const { file, version, sha256 } of wheels) {
    expect(file).toContain(`-${version}-`)
    expect(sha256).toMatch(/^[0-9a-f]{64}$/)
  }
  expect(new Set(wheels.map(({ sha256 }) => sha256)).size).toBe(wheels.length)
})
