import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const renderer = join(import.meta.dirname, '..', '..', '..', 'src-renderer')

/** Paths below a folder without their ending, with forward slashes. */
function names(folder: string, ending: string): string[] {
  return readdirSync(join(renderer, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending))
    .map((path) => path.slice(0, -ending.length).replaceAll('\\', '/'))
    .toSorted()
}

it('shows every component of ui, and none that is gone', () => {
  expect(names('gallery/entries', '.ts'), 'src-renderer/gallery/entries has to mirror src-renderer/src/ui').toEqual(
    names('src/ui', '.vue'),
  )
})

it.each(names('gallery/entries', '.ts'))('the entry %s shows its own component', (name) => {
  const text = readFileSync(join(renderer, 'gallery', 'entries', `${name}.ts`), 'utf8')
  expect(text).toContain(`src/ui/${name}.vue'`)
})
