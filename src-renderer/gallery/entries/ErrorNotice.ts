import { h } from 'vue'
import { ErrorCode, errorTitles } from '../../../src-shared/contract/index.js'
import ErrorNotice from '../../src/ui/ErrorNotice.vue'
import { LONG, shown, type GalleryEntry } from '../page/entry.js'

export const entry: GalleryEntry = {
  states: [
    shown('With what to do', () =>
      h(ErrorNotice, {
        title: 'The run failed',
        error: {
          code: 'engine-crashed',
          message: 'The engine stopped in the middle of the run: it was ended by SIGKILL.',
          hint: 'Everything saved until then is in the run folder. Starting the experiment again uses a fresh engine.',
        },
        retryLabel: 'Try again',
      }),
    ),
    shown('Wrong fields', () =>
      h(ErrorNotice, {
        title: 'The experiment cannot be run',
        error: {
          code: 'invalid-input',
          message: '',
          fields: [
            { path: 'attack.params.poisonRate', value: '1.4', message: 'must be at most 1' },
            { path: 'defenses.0.params.recovery.patchSize', value: '"three"', message: 'must be a whole number' },
          ],
        },
      }),
    ),
    shown('Long text', () =>
      h(ErrorNotice, {
        title: LONG,
        error: {
          code: 'storage',
          message: LONG,
          hint: LONG,
          fields: [{ path: LONG.replaceAll(' ', '.'), value: LONG, message: LONG }],
        },
        retryLabel: 'Try again',
      }),
    ),
    ...ErrorCode.options.map((code) =>
      shown(`Code ${code}`, () => h(ErrorNotice, { title: errorTitles[code], error: { code, message: 'It was so.' } })),
    ),
  ],
}
