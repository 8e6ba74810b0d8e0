import { describe, expect, it } from 'vitest'
import { isTrustedSender } from '../../../src-main/desktop/trusted-sender.js'
import { senderOf } from '../../helpers/fake-electron.js'

const known = new Set([1])

describe('isTrustedSender', () => {
  it('trusts the page in a known window', () => {
    expect(isTrustedSender(senderOf(1), known)).toBe(true)
    expect(isTrustedSender(senderOf(1, { url: 'app://unbackdoor/compose?open=1' }), known)).toBe(true)
  })

  it('does not trust a frame that is gone', () => {
    expect(isTrustedSender({ sender: { id: 1 }, senderFrame: null }, known)).toBe(false)
  })

  it('does not trust a frame inside the page', () => {
    expect(isTrustedSender(senderOf(1, { parent: {} }), known)).toBe(false)
  })

  it.each([
    { origin: 'https://example.com', url: 'https://example.com/' },
    { origin: 'null', url: 'app://unbackdoor/' },
    { origin: 'app://unbackdoor', url: 'about:blank' },
    { origin: 'app://unbackdoor', url: '' },
    { origin: 'app://unbackdoor.example', url: 'app://unbackdoor.example/' },
    { origin: 'file://', url: 'file:///tmp/index.html' },
  ])('does not trust $origin showing $url', (frame) => {
    expect(isTrustedSender(senderOf(1, frame), known)).toBe(false)
  })

  it('does not trust an unknown window', () => {
    expect(isTrustedSender(senderOf(2), known)).toBe(false)
  })
})
