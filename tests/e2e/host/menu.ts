import type Electron from 'electron'

/** Presses an entry of the menu, by what stands there. Carried into the main process as text, so it stands on its own. */
export function pressMenuEntry(
  { Menu }: Pick<typeof Electron, 'Menu'>,
  { menu, entry }: { readonly menu: string; readonly entry: string },
): void {
  const plain = (label: string): string => label.replace('&', '')
  const found = Menu.getApplicationMenu()
    ?.items.find(({ label }) => plain(label) === menu)
    ?.submenu?.items.find(({ label }) => plain(label) === entry)
  if (found === undefined) throw new Error(`There is no "${entry}" in the menu "${menu}"`)
  found.click()
}
