import { h, ref } from 'vue'
import MenuButton from '../../src/ui/MenuButton.vue'
import type { IconName } from '../../src/ui/icons.js'
import { LONG, live, type GalleryEntry, type GalleryState } from '../page/entry.js'

interface Item {
  readonly id: string
  readonly title: string
  readonly about?: string
}

const menu = (state: string, icon: IconName, items: readonly Item[]): GalleryState =>
  live(state, () => {
    const chosen = ref('nothing')
    return () =>
      h('div', { class: 'gallery-menu' }, [
        h(MenuButton, { label: 'Export', icon, items, onChoose: (id: string) => (chosen.value = id) }),
        h('p', { class: 'dim small' }, `Chosen: ${chosen.value}`),
      ])
  })

export const entry: GalleryEntry = {
  states: [
    menu('Two things to do', 'save', [
      { id: 'png', title: 'PNG', about: 'twice the size of the screen' },
      { id: 'csv', title: 'CSV', about: 'the numbers' },
    ]),
    menu('Nothing to do', 'save', []),
    menu('Long text', 'table', [
      { id: 'long', title: LONG, about: LONG },
      { id: 'short', title: 'Short' },
    ]),
  ],
}
