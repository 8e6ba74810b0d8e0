import { computed, inject, onBeforeUnmount, shallowReactive, type ComputedRef, type InjectionKey } from 'vue'
import { isTypingKey, shortcutOf, type PressedKey, type Shortcut } from './shortcuts.js'

/** Something one can do. The palette, the shortcut sheet and the keyboard all know it from here. */
export interface Action {
  readonly id: string
  readonly title: string
  /** Under which heading it is listed. */
  readonly group: string
  readonly shortcuts?: readonly Shortcut[]
  readonly isEnabled?: () => boolean
  run(): void
}

export interface ActionRegistry {
  readonly all: ComputedRef<readonly Action[]>
  /** Returns the way out. */
  add(actions: readonly Action[]): () => void
  /** Runs what belongs to the keys; false if nothing does. */
  press(key: PressedKey, isTyping: boolean): boolean
}

export const actionsKey: InjectionKey<ActionRegistry> = Symbol('actions')

export function createActionRegistry(): ActionRegistry {
  const sets = shallowReactive(new Set<readonly Action[]>())
  const all = computed(() => [...sets].flat())
  return {
    all,
    add(actions) {
      sets.add(actions)
      return () => sets.delete(actions)
    },
    press(key, isTyping) {
      const shortcut = shortcutOf(key)
      if (isTyping && isTypingKey(shortcut)) return false
      // The latest wins: what a page offers goes before what the frame offers.
      const action = all.value.findLast(
        ({ shortcuts, isEnabled }) => shortcuts?.includes(shortcut) === true && isEnabled?.() !== false,
      )
      action?.run()
      return action !== undefined
    },
  }
}

export function useActionRegistry(): ActionRegistry {
  const registry = inject(actionsKey)
  if (registry === undefined) throw new Error('No action registry was provided to the page')
  return registry
}

/** Offers actions for as long as the component is there. */
export function useActions(actions: readonly Action[]): void {
  onBeforeUnmount(useActionRegistry().add(actions))
}
