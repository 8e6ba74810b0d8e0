import { computed, onBeforeUnmount, watch } from 'vue'
import { useRouter } from 'vue-router'
import { useActionRegistry, useActions, type Action } from '../../composables/use-actions.js'
import { useLaunch } from '../../composables/use-launch.js'
import { useCatalogueStore } from '../../stores/catalogue.js'
import { useRunsStore } from '../../stores/runs.js'
import { useStudiesStore } from '../../stores/studies.js'
import { useSettingsStore, type Theme } from '../../stores/settings.js'
import { useSystemStore } from '../../stores/system.js'

/** How many runs the palette offers by name. */
const MAX_RUNS = 200

/** What can be done from everywhere. */
export function useFrameActions({ openPalette, openSheet }: { openPalette: () => void; openSheet: () => void }): void {
  const router = useRouter()
  const settings = useSettingsStore()
  const catalogue = useCatalogueStore()
  const runs = useRunsStore()
  const studies = useStudiesStore()
  const system = useSystemStore()
  const registry = useActionRegistry()
  const { launch } = useLaunch()

  const go = (name: string, title: string): Action => ({
    id: `go.${name}`,
    title: `Go to ${title}`,
    group: 'Go to',
    run: () => void router.push({ name }),
  })
  const theme = (name: Theme, title: string): Action => ({
    id: `theme.${name}`,
    title,
    group: 'Appearance',
    run: () => {
      settings.theme = name
    },
  })

  useActions([
    { id: 'palette', title: 'Find an action or a run', group: 'General', shortcuts: ['ctrl+k'], run: openPalette },
    { id: 'shortcuts', title: 'Show keyboard shortcuts', group: 'General', shortcuts: ['?', 'ctrl+/'], run: openSheet },
    go('home', 'Home'),
    go('compose', 'Compose'),
    go('runs', 'Runs'),
    go('inspect', 'Inspect'),
    go('compare', 'Compare'),
    go('studies', 'Studies'),
    go('models', 'Models'),
    go('settings', 'Settings'),
    theme('system', 'Follow the system in dark and light'),
    theme('light', 'Use the light appearance'),
    theme('dark', 'Use the dark appearance'),
  ])

  const changing = computed<Action[]>(() => [
    ...(system.isWatching ? [] : catalogue.experiments).map(({ id, title, experiment }) => ({
      id: `run-preset.${id}`,
      title: `Run experiment: ${title}`,
      group: 'Experiments',
      run: () => void launch(experiment),
    })),
    ...(runs.running === null || system.isWatching ? [] : [cancelAction(runs.running)]),
    ...studies.studies.map(({ name, title }) => ({
      id: `open-study.${name}`,
      title: `Open study ${title}`,
      group: 'Studies',
      run: () => void router.push({ name: 'study', params: { name } }),
    })),
    ...runs.runs.slice(0, MAX_RUNS).flatMap(({ runId, name }) => [
      {
        id: `open.${runId}`,
        title: `Open run ${name} (${runId})`,
        group: 'Runs',
        run: () => void router.push({ name: 'run', params: { runId } }),
      },
      {
        id: `inspect.${runId}`,
        title: `Inspect run ${name} (${runId})`,
        group: 'Runs',
        run: () => void router.push({ name: 'inspect', params: { runId } }),
      },
    ]),
  ])

  function cancelAction({ runId, name }: NonNullable<typeof runs.running>): Action {
    return { id: 'cancel-run', title: `Cancel run ${name}`, group: 'Runs', run: () => void runs.cancel(runId) }
  }

  let remove = (): void => {}
  watch(
    changing,
    (actions) => {
      remove()
      remove = registry.add(actions)
    },
    { immediate: true },
  )
  onBeforeUnmount(() => remove())
}
