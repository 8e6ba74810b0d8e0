import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { DatasetState } from '../../../src-shared/model/dataset.js'
import { useDatasetsStore } from '../../../src-renderer/src/stores/datasets.js'
import { createFakeClient, usePiniaWith } from '../../helpers/fake-client.js'

const absent: DatasetState = {
  id: 'mnist',
  name: null,
  title: 'MNIST',
  presence: 'absent',
  stored: null,
  file: null,
  bytes: 0,
  downloadBytes: 100,
  activity: null,
  error: null,
}
const busy = (done: number): DatasetState => ({
  ...absent,
  activity: { phase: 'download', text: 'x', done, total: 100, unit: 'bytes' },
})

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

it('asks how far it is while something is being got, and no longer', async () => {
  const states = [absent, busy(1), busy(50), { ...absent, presence: 'ready' as const }]
  const client = createFakeClient({
    'dataset.list': () => ({ folder: 'here', datasets: [states.shift() ?? absent] }),
    'dataset.download': () => ({}),
  })
  usePiniaWith(client)
  const store = useDatasetsStore()
  await store.load()
  await vi.advanceTimersByTimeAsync(5_000)
  expect(client.calls).toEqual(['dataset.list'])

  await store.download('mnist')
  expect(store.of('mnist')[0]?.activity?.done).toBe(1)
  await vi.advanceTimersByTimeAsync(600)
  expect(store.of('mnist')[0]?.activity?.done).toBe(50)
  await vi.advanceTimersByTimeAsync(5_000)
  expect(store.of('mnist')[0]?.presence).toBe('ready')
  expect(client.calls).toEqual(['dataset.list', 'dataset.download', ...Array.from({ length: 3 }, () => 'dataset.list')])
})
