import { useActions } from '../../../composables/use-actions.js'
import { tools, type ToolId } from './tools.js'

/** What the trigger editor offers by key and from the palette, while it is open. */
export function useEditorActions(editor: {
  choose: (tool: ToolId) => void
  clear: () => void
  open: () => void
  save: () => void
  turn: (direction: 1 | -1) => void
}): void {
  const group = 'Trigger editor'
  useActions([
    ...tools.map(({ id, title, shortcut }) => ({
      id: `trigger.${id}`,
      title,
      group,
      shortcuts: [shortcut],
      run: () => editor.choose(id),
    })),
    { id: 'trigger.clear', title: 'Clear the trigger', group, shortcuts: ['delete'], run: editor.clear },
    { id: 'trigger.open', title: 'Import a PNG as trigger', group, shortcuts: ['o'], run: editor.open },
    { id: 'trigger.save', title: 'Export the trigger as PNG', group, shortcuts: ['s'], run: editor.save },
    { id: 'trigger.next', title: 'Next sample', group, shortcuts: ['n'], run: () => editor.turn(1) },
    { id: 'trigger.previous', title: 'Previous sample', group, shortcuts: ['p'], run: () => editor.turn(-1) },
  ])
}
