import { h, ref } from 'vue'
import UiDialog from '../../src/ui/UiDialog.vue'
import { LONG, live, type GalleryEntry } from '../page/entry.js'

/** A dialog and the button that opens it. */
const dialog = (state: string, text: string, isWide: boolean) =>
  live(state, () => {
    const isOpen = ref(false)
    return () => [
      h('button', { type: 'button', class: 'button', onClick: () => (isOpen.value = true) }, `Open: ${state}`),
      h(
        UiDialog,
        { title: state, isWide, open: isOpen.value, 'onUpdate:open': (open: boolean) => (isOpen.value = open) },
        () => [
          h('h2', state),
          h('p', text),
          h('button', { type: 'button', class: 'button', onClick: () => (isOpen.value = false) }, 'Close'),
        ],
      ),
    ]
  })

export const entry: GalleryEntry = {
  states: [dialog('Small', 'A few words.', false), dialog('Wide and long', LONG.repeat(20), true)],
}
