import { h } from 'vue'
import StageRail, { type RailStage } from '../../src/ui/StageRail.vue'
import { LONG, shown, type GalleryEntry } from '../page/entry.js'

const titles = ['Load data', 'Poison training images', 'Train victim', 'Evaluate victim', 'Recover triggers']

/** Done up to the stage at `at`, which is as given; those after it wait, or were never reached. */
function stages(at: number, status: RailStage['status'], later: RailStage['status']): RailStage[] {
  return titles.map((title, index) => {
    if (index < at) return { title, status: index === 1 ? 'skipped' : 'done', elapsedMs: index === 1 ? null : 1_234 }
    return index === at ? { title, status, elapsedMs: 72_000 } : { title, status: later, elapsedMs: null }
  })
}

export const entry: GalleryEntry = {
  states: [
    shown('Waiting', () => h(StageRail, { stages: stages(-1, 'waiting', 'waiting') })),
    shown('Running', () => h(StageRail, { stages: stages(2, 'running', 'waiting') })),
    shown('Paused', () => h(StageRail, { stages: stages(2, 'paused', 'waiting') })),
    shown('Done', () => h(StageRail, { stages: stages(4, 'done', 'waiting') })),
    shown('Failed', () => h(StageRail, { stages: stages(3, 'failed', 'unreached') })),
    shown('Cancelled', () => h(StageRail, { stages: stages(2, 'cancelled', 'unreached') })),
    shown('Not planned yet', () => h(StageRail, { stages: [] })),
    shown('Twenty defenses, long titles', () =>
      h(StageRail, {
        stages: Array.from({ length: 44 }, (_, index) => ({
          title: index === 5 ? LONG : `Defense ${index}: Unlearn triggers`,
          status: 'done' as const,
          elapsedMs: 10 ** (index % 9),
        })),
      }),
    ),
  ],
}
