import type { MenuItemConstructorOptions } from 'electron'
import { describe, expect, it } from 'vitest'
import { menuTemplate } from '../../../src-main/desktop/menu.js'

const done: string[] = []
const actions = { newExperiment: () => void done.push('new'), openExperiment: () => void done.push('open') }
const template = (development = false, isMac = false) => menuTemplate({ development, isMac, actions })

/** `File: New experiment (CmdOrCtrl+N), ...`, by label or role. */
function outline(items: MenuItemConstructorOptions[]): string[] {
  return items.map(({ label, role, submenu }) => {
    const inner = Array.isArray(submenu) ? submenu.map((item) => item.label ?? item.role ?? item.type) : []
    return `${label ?? role}: ${inner.join(', ')}`
  })
}

describe('the menu', () => {
  it('has no reload and no tools once installed', () => {
    expect(outline(template())).toEqual([
      '&File: New experiment, Open…, separator, Close',
      '&Edit: undo, redo, separator, cut, copy, paste, selectAll',
      '&View: resetZoom, zoomIn, zoomOut, separator, togglefullscreen',
      'help: about',
    ])
  })

  it('has them in development', () => {
    expect(outline(template(true))[2]).toBe(
      '&View: reload, toggleDevTools, separator, resetZoom, zoomIn, zoomOut, separator, togglefullscreen',
    )
  })

  it('begins with the menu of the program where that is the custom', () => {
    expect(outline(template(false, true))[0]).toBe('appMenu: ')
  })

  it('does what it says', () => {
    const file = template()[0]?.submenu as { label?: string; accelerator?: string; click?: () => void }[]
    file.forEach((item) => item.click?.())
    expect(done).toEqual(['new', 'open'])
    expect(file.map(({ accelerator }) => accelerator)).toEqual(['CmdOrCtrl+N', 'CmdOrCtrl+O', undefined, undefined])
  })
})
