import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLinkOpener, isExternalLink } from '../../../src-main/desktop/external-links.js'

describe('isExternalLink', () => {
  it.each(['https://arxiv.org/abs/1712.05526', 'https://doi.org/10.1000/1', 'https://github.com/a/b#c'])(
    'takes %s',
    (link) => {
      expect(isExternalLink(link)).toBe(true)
    },
  )

  it.each([
    'http://arxiv.org/',
    'https://arxiv.org.example.com/',
    'https://arxiv.org@example.com/',
    'https://user:word@arxiv.org/',
    'https://example.com/?https://arxiv.org/',
    'https://arxiv.org:8443/',
    'https://evil.github.com/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'smb://arxiv.org/',
    '//arxiv.org/',
    '/etc/passwd',
    '',
  ])('refuses %s', (link) => {
    expect(isExternalLink(link)).toBe(false)
  })
})

describe('the link opener', () => {
  const opened: string[] = []
  const open = createLinkOpener({ openExternal: async (address) => void opened.push(address) }, () => undefined)

  it('opens nothing but https on the listed hosts, whatever it is given', () => {
    const scheme = fc.constantFrom('https:', 'http:', 'file:', 'app:', 'javascript:', 'HTTPS:', 'ms-word:')
    const host = fc.oneof(
      fc.constantFrom(
        'arxiv.org',
        'DOI.org',
        'github.com',
        'arxiv.org.',
        'arxiv.org\\@evil.example',
        'xn--arxv-1za.org',
      ),
      fc.string(),
    )
    const path = fc.constantFrom('', '/', '/a?b#c', '/../..', '@example.com/', ':443/', '%00')
    const address = fc.oneof(
      fc.tuple(scheme, host, path).map((parts) => `${parts[0]}//${parts[1]}${parts[2]}`),
      fc.string(),
    )
    fc.assert(
      fc.property(address, (text) => {
        opened.length = 0
        open(text)
        for (const each of opened) expect(each).toMatch(/^https:\/\/(arxiv\.org|doi\.org|github\.com)\//)
      }),
      { numRuns: 500 },
    )
  })

  it('opens the form that was checked, not the form that was written', () => {
    opened.length = 0
    open('HTTPS://GitHub.com/a/../b')
    expect(opened).toEqual(['https://github.com/b'])
  })

  it('survives a system that cannot open links', async () => {
    const logged: unknown[] = []
    const broken = createLinkOpener({ openExternal: () => Promise.reject(new Error('no browser')) }, (e) =>
      logged.push(e),
    )
    broken('https://arxiv.org/')
    await expect.poll(() => logged.length).toBe(1)
  })
})
