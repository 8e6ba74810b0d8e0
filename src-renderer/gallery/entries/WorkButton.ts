import { defineComponent, h, provide, shallowRef } from 'vue'
import { whyNotKey } from '../../src/composables/why-not.js'
import WorkButton from '../../src/ui/WorkButton.vue'
import { shown, type GalleryEntry } from '../page/entry.js'

const button = (words: string, isDisabled = false) =>
  h(WorkButton, { class: 'button', isDisabled, title: 'Ends the run at once.' }, { default: () => words })

/** As on a page that was opened to watch. */
const Watching = defineComponent(() => {
  provide(whyNotKey, shallowRef('This page was opened by a link to watch, so it can change nothing.'))
  return () => button('Cancel the run')
})

export const entry: GalleryEntry = {
  states: [
    shown('As usual', () => button('Cancel the run')),
    shown('While it is asked for', () => button('Cancelling…', true)),
    shown('On a page that watches', () => h(Watching)),
    shown('Many words', () => button('Cancel the run in progress and those that wait')),
  ],
}
