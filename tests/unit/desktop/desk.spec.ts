import { describe, expect, it } from 'vitest'
import { createDesk } from '../../../src-main/desktop/desk.js'
import { createFakeElectron, FakeWindow } from '../../helpers/fake-electron-app.js'

describe('the desk', () => {
  const open = (window: FakeWindow | null, mayNotify = () => true) => {
    const fake = createFakeElectron({ userData: '/nowhere' })
    const stopped: number[] = []
    const powerSaveBlocker = { ...fake.electron.powerSaveBlocker, stop: (id: number) => stopped.push(id) > 0 }
    // A fake window stands in for a real one, as far as the desk uses it.
    const current = () => window as unknown as ReturnType<Parameters<typeof createDesk>[1]>
    return {
      desk: createDesk({ ...fake.electron, powerSaveBlocker }, current, () => undefined, mayNotify),
      fake,
      stopped,
    }
  }

  it('shows progress on the window and takes the bar away', () => {
    const window = new FakeWindow({}, 1)
    const { desk } = open(window)
    desk.showProgress(0.5)
    expect(window.progress).toBe(0.5)
    desk.showProgress(null)
    expect(window.progress).toBe(-1)
  })

  it('stays awake until told otherwise', () => {
    const { desk, stopped } = open(null)
    const letSleep = desk.keepAwake()
    expect(stopped).toEqual([])
    letSleep()
    expect(stopped).toEqual([7])
  })

  it('notifies those who are looking elsewhere', () => {
    const window = new FakeWindow({}, 1)
    const { desk, fake } = open(window)
    desk.notify('Run finished', 'well')
    window.isFocused = () => true
    desk.notify('Run finished', 'again')
    expect(fake.notifications).toEqual([{ title: 'Run finished', body: 'well' }])
  })

  it('keeps silent where that is wanted', () => {
    let isAllowed = false
    const { desk, fake } = open(null, () => isAllowed)
    desk.notify('Run finished', 'well')
    isAllowed = true
    desk.notify('Run failed', 'badly')
    expect(fake.notifications).toEqual([{ title: 'Run failed', body: 'badly' }])
  })

  it('does without a window', () => {
    const { desk, fake } = open(null)
    desk.showProgress(0.5)
    desk.notify('Run failed', 'badly')
    expect(fake.notifications).toHaveLength(1)
  })
})
