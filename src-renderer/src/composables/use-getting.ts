import { shallowRef } from 'vue'
import type { DatasetState } from '../../../src-shared/model/dataset.js'
import { useDatasetsStore } from '../stores/datasets.js'
import { toWireError } from '../stores/wire-error.js'

/** Asks for a dataset, or that getting it ends, and keeps why that was refused. */
export function useGetting() {
  const store = useDatasetsStore()
  const refusals = shallowRef<Readonly<Record<string, string>>>({})

  async function ask({ id }: DatasetState, work: () => Promise<void>): Promise<void> {
    const { [id]: _before, ...others } = refusals.value
    refusals.value = others
    try {
      await work()
    } catch (thrown) {
      refusals.value = { ...others, [id]: toWireError(thrown).message }
    }
  }

  return {
    refusals,
    download: (state: DatasetState) => ask(state, () => store.download(state.id)),
    cancel: (state: DatasetState) => ask(state, () => store.cancel(state.id, state.name)),
  }
}
