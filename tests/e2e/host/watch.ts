import type { Page } from '@playwright/test'

/** Everything that a person would find in the console, and requests to other places. */
export function watch(page: Page, origin: string): string[] {
  const problems: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.text().includes('Content Security Policy')) {
      problems.push(`console: ${message.text()}`)
    }
  })
  page.on('response', (response) => {
    if (response.status() >= 400) problems.push(`${response.status()} for ${new URL(response.url()).pathname}`)
  })
  page.on('pageerror', (error) => problems.push(`error: ${error.message}`))
  page.on('request', (request) => {
    const url = new URL(request.url())
    const isOwn = originOf(url) === origin || url.origin === origin.replace('http', 'ws')
    if (!isOwn && !['data:', 'blob:'].includes(url.protocol)) problems.push(`request to ${originOf(url)}`)
  })
  return problems
}

/** `URL` gives schemes that it does not know no origin. */
function originOf(url: URL): string {
  return url.origin === 'null' ? `${url.protocol}//${url.host}` : url.origin
}
