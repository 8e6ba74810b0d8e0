import { h } from 'vue'
import EmptyState from '../../src/ui/EmptyState.vue'
import { LONG, shown, type GalleryEntry } from '../page/entry.js'

const action = (): unknown => h('button', { type: 'button', class: 'button' }, 'Clear the filter')

export const entry: GalleryEntry = {
  states: [
    shown('With an action', () =>
      h(
        EmptyState,
        { title: 'No run matches the filter' },
        { default: () => 'Each word has to occur in the name, the state or the id.', actions: action },
      ),
    ),
    shown('Words alone', () =>
      h(EmptyState, { title: 'Nothing to trigger' }, { default: () => 'This run has no attack.' }),
    ),
    shown('Long text', () => h(EmptyState, { title: LONG }, { default: () => LONG, actions: action })),
  ],
}
