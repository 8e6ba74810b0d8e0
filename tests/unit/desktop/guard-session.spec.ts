import { describe, expect, it } from 'vitest'
import { guardSession } from '../../../src-main/desktop/guard-session.js'
import { APP_ORIGIN, places } from '../../../src-main/desktop/origin.js'
import { FakeSession } from '../../helpers/fake-electron.js'

function guarded(development = false): FakeSession {
  const session = new FakeSession()
  guardSession(session, { development })
  return session
}

function request(session: FakeSession, permission: string, requestingUrl: string): boolean | null {
  let answer: boolean | null = null
  session.requestPermission?.(null, permission, (isGranted) => (answer = isGranted), { requestingUrl })
  return answer
}

function isCancelled(session: FakeSession, url: string): boolean | null {
  let answer: boolean | null = null
  session.filter?.({ url }, ({ cancel }) => (answer = cancel))
  return answer
}

describe('permissions', () => {
  const denied = [
    'media',
    'geolocation',
    'notifications',
    'clipboard-read',
    'fullscreen',
    'openExternal',
    'hid',
    'unknown',
  ]

  it.each(denied)('%s is denied, asked for or looked up', (permission) => {
    expect(request(guarded(), permission, places.home)).toBe(false)
    expect(guarded().checkPermission?.(null, permission, APP_ORIGIN)).toBe(false)
  })

  it('writing to the clipboard is allowed to the page and to nobody else', () => {
    const session = guarded()
    expect(request(session, 'clipboard-sanitized-write', places.home)).toBe(true)
    expect(session.checkPermission?.(null, 'clipboard-sanitized-write', `${APP_ORIGIN}/`)).toBe(true)
    expect(request(session, 'clipboard-sanitized-write', 'https://example.com/')).toBe(false)
    expect(session.checkPermission?.(null, 'clipboard-sanitized-write', 'https://example.com')).toBe(false)
    expect(session.checkPermission?.(null, 'clipboard-sanitized-write', '')).toBe(false)
  })

  it('devices are denied, and no dictionaries are fetched', () => {
    const session = guarded()
    expect(session.checkDevice?.()).toBe(false)
    expect(session.isSpellChecking).toBe(false)
  })
})

describe('requests', () => {
  it.each([places.home, `${APP_ORIGIN}/assets/index.js`, `blob:${APP_ORIGIN}/6f0c`])('%s goes through', (url) => {
    expect(isCancelled(guarded(), url)).toBe(false)
  })

  it.each([
    'http://localhost:5173/',
    'https://arxiv.org/',
    'ws://127.0.0.1:9229/',
    'wss://example.com/',
    'file:///etc/passwd',
    'ftp://example.com/',
    'chrome://gpu/',
    'app://other/',
    'blob:https://example.com/6f0c',
    'not an address',
  ])('%s is cancelled, also in development', (url) => {
    expect(isCancelled(guarded(), url)).toBe(true)
    expect(isCancelled(guarded(true), url)).toBe(true)
  })

  it("the developer's tools load in development only", () => {
    expect(isCancelled(guarded(true), 'devtools://devtools/bundled/devtools_app.html')).toBe(false)
    expect(isCancelled(guarded(), 'devtools://devtools/bundled/devtools_app.html')).toBe(true)
  })
})
