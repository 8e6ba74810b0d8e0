import { h } from 'vue'
import RecoveredRow from '../../../src/ui/wall/RecoveredRow.vue'
import type { RecoveredEpoch } from '../../../src/ui/wall/recovered-epoch.js'
import { recordedFileUrl, recording } from '../../recorded/load-recording.js'
import { shown, type GalleryEntry } from '../../page/entry.js'

const epochs: RecoveredEpoch[] = Array.from({ length: 30 }, (_, index) => ({
  epoch: index + 1,
  url: recordedFileUrl(recording.record.runId, `recovered/epoch-${String(index + 1).padStart(3, '0')}.png`) ?? '',
  title: `Recovered triggers, epoch ${index + 1}`,
  success: (index + 1) / 30,
}))

export const entry: GalleryEntry = {
  states: [
    shown('Thirty epochs', () => h(RecoveredRow, { epochs, name: 'thirty' })),
    shown('The first epoch, not measured', () =>
      h(RecoveredRow, { epochs: epochs.slice(0, 1).map((each) => ({ ...each, success: null })), name: 'first' }),
    ),
    shown('None', () => h(RecoveredRow, { epochs: [], name: 'none' })),
    shown('A picture that is gone', () =>
      h(RecoveredRow, {
        epochs: [{ ...epochs[0]!, url: 'data:image/png;base64,AAAA' }],
        name: 'gone',
      }),
    ),
  ],
}
