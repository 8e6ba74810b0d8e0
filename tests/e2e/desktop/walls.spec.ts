import type { DesktopBridge } from '../../../src-shared/desktop/bridge.js'
import { contentSecurityPolicy } from '../../../src-shared/security/content-security-policy.js'
import { expect, test } from '../host/desktop-app.js'

test.use({ workspace: 'prepared' })

test.beforeEach(async ({ app }) => {
  await app.open()
})

test('the page finds the bridge and nothing else of the program', async ({ page }) => {
  const found = await page.evaluate(() => {
    const { unbackdoor: bridge } = window as { unbackdoor?: DesktopBridge }
    return {
      keys: Object.keys(bridge ?? {}).toSorted(),
      isFixed: bridge !== undefined && !Reflect.set(bridge, 'send', null),
      node: ['require', 'process', 'module', 'Buffer', 'ipcRenderer', 'electron'].filter((name) => name in window),
    }
  })
  expect(found).toEqual({
    keys: ['allowNotifications', 'grantDroppedFile', 'openFile', 'platform', 'saveFile', 'send', 'subscribe'],
    isFixed: true,
    node: [],
  })
})

test('the protocol serves the page under its policy, and nothing outside of it', async ({ page }) => {
  expect(new URL(page.url()).host).toBe('unbackdoor')
  const answers = await page.evaluate(async () => {
    const ask = async (path: string) => {
      const response = await fetch(path)
      return { status: response.status, policy: response.headers.get('content-security-policy') }
    }
    return {
      index: await ask('/'),
      outside: await Promise.all(['/%2e%2e/package.json', '/..%5cpackage.json', '/nothing.js'].map(ask)),
    }
  })
  const nonce = /'nonce-([^']+)'/.exec(answers.index.policy ?? '')?.[1] ?? ''
  expect(answers.index).toEqual({ status: 200, policy: contentSecurityPolicy(nonce) })
  expect(answers.outside.map(({ status }) => status)).toEqual([404, 404, 404])
})

test('the page stays inside, and opens no other', async ({ page, desktop }) => {
  const before = page.url()
  await page.evaluate(() => {
    window.open('https://example.com/')
    location.href = 'https://example.com/'
  })
  await page.waitForTimeout(500)
  expect(page.url()).toBe(before)
  expect(await desktop.electronApp.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
})

test('no permission is given but for copying', async ({ page, app }) => {
  const states = await page.evaluate(async () => {
    const names = ['geolocation', 'notifications', 'camera', 'microphone', 'clipboard-read'] as PermissionName[]
    return Promise.all(names.map(async (name) => (await navigator.permissions.query({ name })).state))
  })
  expect(states).not.toContain('granted')
  await app.goTo('#/compose')
  await page.getByRole('button', { name: 'Copy as JSON' }).click()
  await expect(page.getByText('Copied', { exact: true })).toBeVisible()
})
