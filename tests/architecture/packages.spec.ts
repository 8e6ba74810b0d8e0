import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { isLicenceAllowed, packagesIn } from '../../scripts/supply-chain/packages.mjs'

const root = join(import.meta.dirname, '..', '..')
const Lock = z.object({
  packages: z.record(
    z.string(),
    z.object({ version: z.string().optional(), resolved: z.string().optional(), integrity: z.string().optional() }),
  ),
})
const lockfile = readFileSync(join(root, 'package-lock.json'), 'utf8')
const lock = Lock.parse(JSON.parse(lockfile))

describe('the installed packages', () => {
  it("hold one tfjs-core: two would not know each other's tensors", () => {
    const copies = Object.keys(lock.packages).filter((path) => path.endsWith('node_modules/@tensorflow/tfjs-core'))
    expect(copies).toEqual(['node_modules/@tensorflow/tfjs-core'])
  })

  it('are locked without the address of any registry, so that every mirror serves', () => {
    expect(Object.entries(lock.packages).filter(([, { resolved }]) => resolved !== undefined)).toEqual([])
  })

  it('are locked by their content', () => {
    const unlocked = Object.entries(lock.packages).filter(
      ([path, { integrity }]) => path !== '' && integrity?.startsWith('sha512-') !== true,
    )
    expect(unlocked.map(([path]) => path)).toEqual([])
  })

  it('have licences that let the program be used by anyone for anything', () => {
    const refused = packagesIn(lockfile).filter((each) => !isLicenceAllowed(each))
    expect(refused).toEqual([])
    const shipped = { path: 'x', version: '1.0.0', isShipped: true }
    expect(isLicenceAllowed({ ...shipped, licence: 'GPL-3.0' })).toBe(false)
    expect(isLicenceAllowed({ ...shipped, licence: 'MIT AND GPL-3.0' })).toBe(false)
    expect(isLicenceAllowed({ ...shipped, licence: 'MPL-2.0' })).toBe(false)
  })

  it('never run install scripts', () => {
    expect(readFileSync(join(root, '.npmrc'), 'utf8')).toContain('ignore-scripts=true')
  })
})

describe('the sources', () => {
  const files = ['src-shared', 'src-main', 'src-renderer', 'scripts', 'tests', 'docs', '.ci']
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)),
    )
    .filter((path) => /[.](ts|mjs|cjs|vue|md|css|html|json|jsonl)$/.test(path))

  it('contain no note left for later, no skipped type check and no machine path', () => {
    const marks = [/\bTO[D]O\b/, /\bFIX[M]E\b/, /@ts-(ignor[e]|expect-erro[r])/, /(^|[\s'"(=])\/(home|root)\/\w/m]
    const found = files.flatMap((path) => {
      const text = readFileSync(join(root, path), 'utf8')
      return marks.filter((mark) => mark.test(text)).map((mark) => `${path}: ${mark.source}`)
    })
    expect(found).toEqual([])
  })
})
