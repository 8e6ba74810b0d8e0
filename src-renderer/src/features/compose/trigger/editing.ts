import { inject, type InjectionKey, type Ref } from 'vue'

/** Which trigger is being edited: the path of its group in the experiment; null while the editor is closed. */
export type EditedTrigger = Ref<string | null>

export const editedTriggerKey: InjectionKey<EditedTrigger> = Symbol('trigger that is being edited')

export function useEditedTrigger(): EditedTrigger {
  const edited = inject(editedTriggerKey)
  if (edited === undefined) throw new Error('No trigger editor was provided to the form')
  return edited
}

/** The group that a field is in: `attack.params.trigger` for `attack.params.trigger.painted`. */
export function groupOf(path: string): string {
  return path.slice(0, path.lastIndexOf('.'))
}
