import { beforeEach, describe, expect, it } from 'vitest'
import { guardContents } from '../../../src-main/desktop/guard-contents.js'
import { places } from '../../../src-main/desktop/origin.js'
import { FakeContents, fakeEvent } from '../../helpers/fake-electron.js'

describe('a guarded page', () => {
  let contents = new FakeContents()
  const opened: string[] = []
  beforeEach(() => {
    contents = new FakeContents()
    opened.length = 0
    guardContents(contents, (address) => opened.push(address))
  })

  const navigations = ['will-navigate', 'will-frame-navigate', 'will-redirect']

  it.each(navigations)('may go to its own places (%s)', (name) => {
    const event = fakeEvent({ url: places.newExperiment })
    contents.emit(name, event)
    expect(event.isPrevented).toBe(false)
  })

  it.each(navigations)('may go nowhere else (%s)', (name) => {
    for (const url of [
      'https://arxiv.org/',
      'file:///etc/passwd',
      'app://other/',
      'data:text/html,x',
      'about:blank',
      '',
    ]) {
      const event = fakeEvent({ url })
      contents.emit(name, event)
      expect(event.isPrevented, url).toBe(true)
    }
  })

  it('opens no windows; what would be one is offered to the link opener', () => {
    expect(contents.windowOpenHandler?.({ url: 'https://arxiv.org/' })).toEqual({ action: 'deny' })
    expect(contents.windowOpenHandler?.({ url: places.home })).toEqual({ action: 'deny' })
    expect(opened).toEqual(['https://arxiv.org/', places.home])
  })

  it('holds no webview', () => {
    const event = fakeEvent({})
    contents.emit('will-attach-webview', event)
    expect(event.isPrevented).toBe(true)
  })
})
