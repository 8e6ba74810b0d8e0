import { describe, expect, it } from 'vitest'
import { windowOptions } from '../../../src-main/desktop/window-options.js'
import { defaultWindowState } from '../../../src-main/desktop/window-state.js'

const look = { preload: '/x/preload.cjs', state: defaultWindowState, dark: true, development: false }

describe('windowOptions', () => {
  it('shuts the page in, and says nothing about what must stay as it is', () => {
    expect(windowOptions(look).webPreferences).toEqual({
      preload: '/x/preload.cjs',
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      spellcheck: false,
      devTools: false,
    })
  })

  it('is hidden until there is something to see, in the colour of the theme', () => {
    const { show, minWidth, minHeight, backgroundColor } = windowOptions(look)
    expect({ show, minWidth, minHeight }).toEqual({ show: false, minWidth: 1024, minHeight: 640 })
    expect(windowOptions({ ...look, dark: false }).backgroundColor).not.toBe(backgroundColor)
  })

  it('leaves the place to the system until there is one to remember', () => {
    expect(windowOptions(look)).not.toHaveProperty('x')
    const placed = windowOptions({ ...look, state: { ...defaultWindowState, position: { x: 5, y: 6 } } })
    expect(placed).toMatchObject({ x: 5, y: 6 })
  })
})
