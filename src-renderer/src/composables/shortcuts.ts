/** `ctrl+shift+z`, `?`: modifiers in this order, then the key as the browser names it, in small letters. */
export type Shortcut = string

export interface PressedKey {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
  readonly shiftKey: boolean
}

/** Ctrl, or Command on a Mac. */
export function shortcutOf({ key, ctrlKey, metaKey, altKey, shiftKey }: PressedKey): Shortcut {
  const name = key.toLowerCase()
  const isSymbol = name.length === 1 && name.toUpperCase() === name
  // The shift that a symbol needs on one keyboard and not on another is no part of it.
  const modifiers = [(ctrlKey || metaKey) && 'ctrl', altKey && 'alt', shiftKey && !isSymbol && 'shift'].filter(
    (each) => each !== false,
  )
  return [...modifiers, name].join('+')
}

/** Whether a shortcut would get in the way of typing. */
export function isTypingKey(shortcut: Shortcut): boolean {
  return !shortcut.startsWith('ctrl+') && !shortcut.startsWith('alt+')
}

/** `Ctrl Shift Z`, as keys to press. */
export function shortcutKeys(shortcut: Shortcut): string[] {
  return shortcut.split('+').map((key) => key.charAt(0).toUpperCase() + key.slice(1))
}
