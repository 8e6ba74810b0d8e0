import { h } from 'vue'
import LinkTabs from '../../src/ui/LinkTabs.vue'
import { LONG, shown, type GalleryEntry } from '../page/entry.js'

const tabs = (titles: readonly string[], current: number) =>
  titles.map((title, index) => ({ title, to: `/${index}`, isCurrent: index === current }))

export const entry: GalleryEntry = {
  states: [
    shown('A few', () => h(LinkTabs, { label: 'Parts of a run', tabs: tabs(['Wall', 'Figures and files', 'Log'], 1) })),
    shown('One', () => h(LinkTabs, { label: 'One part', tabs: tabs(['Wall'], 0) })),
    shown('More than fit', () =>
      h(LinkTabs, {
        label: 'Many parts',
        tabs: tabs(
          Array.from({ length: 12 }, (_, index) => `Part number ${index + 1}`),
          3,
        ),
      }),
    ),
    shown('Long words', () => h(LinkTabs, { label: 'Long words', tabs: tabs([LONG.slice(0, 60), 'Log'], 0) })),
  ],
}
