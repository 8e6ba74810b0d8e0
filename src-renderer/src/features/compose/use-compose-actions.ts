import { useRouter } from 'vue-router'
import { useActions } from '../../composables/use-actions.js'
import { useCatalogueStore } from '../../stores/catalogue.js'
import { commandLine } from '../../stores/command-line.js'
import { useDraftStore } from '../../stores/draft.js'
import { draftPresets } from '../../stores/draft-model.js'
import { useSystemStore } from '../../stores/system.js'

/** What can be done with the draft, by button, by key and from the palette. */
export function useComposeActions({ openFile, openFolder }: { openFile: () => void; openFolder: () => void }) {
  const draft = useDraftStore()
  const catalogue = useCatalogueStore()
  const system = useSystemStore()
  const router = useRouter()

  async function launch(): Promise<void> {
    const runId = await draft.launch()
    if (runId !== null) await router.push({ name: 'run', params: { runId } })
  }

  /** Complete where it is valid, so that it means the same whatever the defaults become. */
  function copyJson(): string {
    return `${JSON.stringify(draft.checked ?? draft.asExperiment(), null, 2)}\n`
  }

  function copyCommandLine(): string {
    return commandLine(draft.asExperiment(), draftPresets(catalogue.experiments, catalogue.plugins))
  }

  const copy = (text: () => string) => () => void navigator.clipboard.writeText(text())
  const group = 'Compose'
  useActions([
    {
      id: 'compose.launch',
      title: 'Launch the experiment',
      group,
      shortcuts: ['ctrl+enter'],
      isEnabled: () => !system.isWatching,
      run: () => void launch(),
    },
    {
      id: 'compose.undo',
      title: 'Undo',
      group,
      shortcuts: ['ctrl+z'],
      isEnabled: () => draft.canUndo,
      run: draft.undo,
    },
    {
      id: 'compose.redo',
      title: 'Redo',
      group,
      shortcuts: ['ctrl+shift+z', 'ctrl+y'],
      isEnabled: () => draft.canRedo,
      run: draft.redo,
    },
    { id: 'compose.json', title: 'Copy the experiment as JSON', group, run: copy(copyJson) },
    { id: 'compose.cli', title: 'Copy the experiment as a command line', group, run: copy(copyCommandLine) },
    { id: 'compose.file', title: 'Load an experiment or a trigger from a file', group, run: openFile },
    { id: 'compose.folder', title: 'Load the settings of a run folder', group, run: openFolder },
    ...catalogue.experiments.map(({ id, title, experiment }) => ({
      id: `compose.preset.${id}`,
      title: `Start from: ${title}`,
      group,
      run: () => draft.load(experiment),
    })),
  ])
  return { launch, undo: draft.undo, redo: draft.redo, copyJson, copyCommandLine }
}
