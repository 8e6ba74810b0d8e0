import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const root = join(import.meta.dirname, '..', '..')
const images = join(root, 'docs', 'images')
const MAX_BYTES = 2 * 2 ** 20

it('the pictures that the README shows are there, light and dark', () => {
  const shown = [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/docs\/images\/[\w-]+[.]png/g)].map(String)
  expect(shown.length).toBeGreaterThan(0)
  expect(shown.filter((path) => !existsSync(join(root, path)))).toEqual([])
  const others = shown.map((path) => path.replace('-light.', '-dark.'))
  expect(others.filter((path) => !shown.includes(path))).toEqual([])
})

it('all pictures together stay small enough to be part of every clone', () => {
  const sizes = readdirSync(images).map((name) => statSync(join(images, name)).size)
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(MAX_BYTES)
})
