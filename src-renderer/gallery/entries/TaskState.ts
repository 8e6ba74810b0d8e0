import { h } from 'vue'
import type { WireError } from '../../../src-shared/contract/index.js'
import TaskState from '../../src/ui/TaskState.vue'
import { shown, type GalleryEntry } from '../page/entry.js'

const words = { doing: 'Explaining the answers', failed: 'The answers could not be explained' }
const none = { isLoading: false, progress: null, error: null }
const error: WireError = { code: 'storage', message: 'repaired.safetensors is shorter than its header says.' }

export const entry: GalleryEntry = {
  states: [
    shown('Just begun', () => h(TaskState, { ...words, ...none, isLoading: true })),
    shown('Under way', () =>
      h(TaskState, { ...words, ...none, isLoading: true, progress: { done: 1200, total: 5000 } }),
    ),
    shown('Cancelled', () => h(TaskState, { ...words, ...none })),
    shown('Failed', () => h(TaskState, { ...words, ...none, error })),
  ],
}
