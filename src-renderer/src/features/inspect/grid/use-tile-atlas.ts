import { onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue'
import type { WireError } from '../../../../../src-shared/contract/index.js'
import { useAppClient } from '../../../stores/app-client.js'
import { toWireError } from '../../../stores/wire-error.js'
import type { Inspecting } from '../inspecting.js'
import { createTileAtlas, type TileAtlas } from './tile-atlas.js'

export interface TileAtlasHandle {
  readonly atlas: ShallowRef<TileAtlas>
  readonly arrivals: ShallowRef<number>
  readonly error: ShallowRef<WireError | null>
  /** Begins anew after a refusal. */
  retry(): void
}

/** The images of the split and the view that are shown. */
export function useTileAtlas({ inspection, place, shownView, viewOf }: Inspecting): TileAtlasHandle {
  const client = useAppClient()
  const arrivals = shallowRef(0)
  const error = shallowRef<WireError | null>(null)

  function create(): TileAtlas {
    const { runId, shape } = inspection
    const { split } = place.value
    const view = viewOf(shownView.value)
    error.value = null
    return createTileAtlas(
      {
        ...shape,
        fetch: async (indices) => (await client.call('inspection.images', { runId, split, view, indices })).images,
      },
      () => (arrivals.value += 1),
      (thrown) => (error.value = toWireError(thrown)),
    )
  }

  const atlas = shallowRef(create())
  function retry(): void {
    atlas.value.end()
    atlas.value = create()
  }
  watch(() => JSON.stringify([place.value.split, viewOf(shownView.value)]), retry)
  onScopeDispose(() => atlas.value.end())
  return { atlas, arrivals, error, retry }
}
