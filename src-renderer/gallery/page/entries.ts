import type { GalleryEntry } from './entry.js'

const modules = import.meta.glob<{ entry: GalleryEntry }>('../entries/**/*.ts', { eager: true })

/** Every entry under the name of its component within `ui`, such as `chart/ChartPanel`. */
export const entries: ReadonlyMap<string, GalleryEntry> = new Map(
  Object.entries(modules).map(([path, { entry }]) => [path.replace('../entries/', '').replace('.ts', ''), entry]),
)
