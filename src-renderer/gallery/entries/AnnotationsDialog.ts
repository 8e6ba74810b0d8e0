import { h, ref } from 'vue'
import AnnotationsDialog from '../../src/ui/AnnotationsDialog.vue'
import type { WireError } from '../../../src-shared/contract/errors.js'
import { noAnnotations, type RunAnnotations } from '../../../src-shared/model/run-annotations.js'
import { LONG, live, type GalleryEntry } from '../page/entry.js'

interface Run {
  readonly name: string
  readonly annotations: RunAnnotations
}

const dialog = (state: string, runs: readonly Run[], refusal: WireError | null = null) =>
  live(state, () => {
    const isOpen = ref(false)
    return () => [
      h('button', { type: 'button', class: 'button', onClick: () => (isOpen.value = true) }, `Open: ${state}`),
      h(AnnotationsDialog, {
        runs,
        knownTags: ['baseline', 'paper'],
        save: async () => refusal,
        open: isOpen.value,
        'onUpdate:open': (open: boolean) => (isOpen.value = open),
      }),
    ]
  })

const tagged: Run = {
  name: 'BadNets on digits',
  annotations: { ...noAnnotations, tags: ['mnist', 'paper'], note: 'The one of table 2.' },
}

export const entry: GalleryEntry = {
  states: [
    dialog('One run', [tagged]),
    dialog('One run, nothing said yet', [{ name: LONG, annotations: noAnnotations }]),
    dialog('Three runs', [tagged, tagged, { name: 'Another', annotations: { ...noAnnotations, tags: ['odd'] } }]),
    dialog('Refused', [tagged], {
      code: 'storage',
      message: 'annotations.json does not hold the tags and the note of a run in the form of this version.',
      hint: 'It was left as it is. Mend it, or move it away to begin anew.',
    }),
  ],
}
