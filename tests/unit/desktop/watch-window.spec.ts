import { EventEmitter } from 'node:events'
import type { MessageBoxOptions } from 'electron'
import { beforeEach, describe, expect, it } from 'vitest'
import { confirmClose, offerReload } from '../../../src-main/desktop/watch-window.js'
import { FakeContents, fakeEvent } from '../../helpers/fake-electron.js'

class WatchedWindow extends EventEmitter {
  readonly webContents = new FakeContents()
  closes = 0
  close(): void {
    this.closes++
  }
}

describe('a watched window', () => {
  let window = new WatchedWindow()
  let answer = 0
  const asked: MessageBoxOptions[] = []
  const ask = (options: MessageBoxOptions): number => {
    asked.push(options)
    return answer
  }
  beforeEach(() => {
    window = new WatchedWindow()
    asked.length = 0
    answer = 0
  })

  describe('whose page has crashed', () => {
    beforeEach(() => offerReload(window, { show: async (options) => ask(options), showAndWait: ask }, () => undefined))

    it('offers to load it again, saying why and that runs go on', async () => {
      window.webContents.emit('render-process-gone', {}, { reason: 'oom' })
      await expect.poll(() => window.webContents.reloads).toBe(1)
      expect(asked[0]?.detail).toContain('oom')
      expect(asked[0]?.detail).toContain('Runs are not affected')
    })

    it('closes if the user prefers', async () => {
      answer = 1
      window.webContents.emit('render-process-gone', {}, { reason: 'crashed' })
      await expect.poll(() => window.closes).toBe(1)
      expect(window.webContents.reloads).toBe(0)
    })

    it('does not ask when the page simply ended', () => {
      window.webContents.emit('render-process-gone', {}, { reason: 'clean-exit' })
      expect(asked).toEqual([])
    })
  })

  describe('that is to be closed', () => {
    let isRunning = true
    const close = () => {
      const event = fakeEvent({})
      window.emit('close', event)
      return event.isPrevented
    }
    beforeEach(() => confirmClose(window, { show: async (options) => ask(options), showAndWait: ask }, () => isRunning))

    it('stays open if the run is to go on', () => {
      isRunning = true
      answer = 1
      expect(close()).toBe(true)
      expect(asked[0]).toMatchObject({ cancelId: 1, defaultId: 1 })
    })

    it('closes if the run may be stopped', () => {
      isRunning = true
      expect(close()).toBe(false)
    })

    it('closes without a question when there is no run', () => {
      isRunning = false
      expect(close()).toBe(false)
      expect(asked).toEqual([])
    })
  })
})
