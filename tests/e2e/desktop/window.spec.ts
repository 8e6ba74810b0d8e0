import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { launchDesktop, type Desktop } from '../host/desktop.js'
import { answerMessageBox } from '../host/dialogs.js'
import { expect, runFromPalette, test as base } from '../host/desktop-app.js'
import { packageRoot } from '../host/find-electron.js'
import { emptyWorkspace } from '../host/prepared.js'

const BOUNDS = { x: 40, y: 60, width: 1100, height: 700 }
const STOP_AND_CLOSE = 0
const KEEP_RUNNING = 1

/** Starts the program, as often as a test needs, always with the same folders. */
const test = base.extend<{ launch: () => Promise<Desktop>; folders: { workspace: string; userData: string } }>({
  folders: async ({ electron: _first }, use) => {
    const [workspace, userData] = [await emptyWorkspace(), await emptyWorkspace()]
    await use({ workspace: workspace.folder, userData: userData.folder })
    await workspace.remove()
    await userData.remove()
  },
  launch: async ({ electron, folders }, use) => {
    await use(async () => {
      if (electron === null) throw new Error('There is no window to test')
      const desktop = await launchDesktop({ binary: electron, ...folders })
      await expect(desktop.page.getByText('Connected', { exact: true })).toBeVisible()
      return desktop
    })
  },
})

const size = (desktop: Desktop) =>
  desktop.electronApp.evaluate(({ BrowserWindow }) => {
    const { width, height } = BrowserWindow.getAllWindows()[0]!.getNormalBounds()
    return { width, height }
  })

test('the window comes back as large as it was left', async ({ launch }) => {
  const first = await launch()
  await first.electronApp.evaluate(
    ({ BrowserWindow }, bounds) => BrowserWindow.getAllWindows()[0]!.setBounds(bounds),
    BOUNDS,
  )
  await expect.poll(() => size(first)).toEqual({ width: BOUNDS.width, height: BOUNDS.height })
  await first.close()
  const second = await launch()
  expect(await size(second)).toEqual({ width: BOUNDS.width, height: BOUNDS.height })
  await second.close()
})

test('there is one instance: a second one brings the first to the front and ends', async ({
  electron,
  folders,
  launch,
}) => {
  const desktop = await launch()
  await desktop.electronApp.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.minimize())
  const args = [packageRoot, `--workspace=${folders.workspace}`, `--user-data-dir=${folders.userData}`]
  const second = spawn(electron ?? '', args, { stdio: 'ignore' })
  const [code] = (await once(second, 'exit')) as [number]
  expect(code).toBe(0)
  await expect
    .poll(() => desktop.electronApp.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.isMinimized()))
    .toBe(false)
  await desktop.close()
})

test('a window with a run in progress asks before it closes', async ({ launch }) => {
  const desktop = await launch()
  await runFromPalette(desktop.page, 'run experiment badnets on digits')
  await expect(desktop.page.getByRole('contentinfo')).toContainText('images/s', { timeout: 30_000 })
  const closeWindow = () =>
    desktop.electronApp.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())

  const asked = await desktop.electronApp.evaluateHandle(answerMessageBox, KEEP_RUNNING)
  await closeWindow()
  expect(await asked.evaluate(({ messages }) => messages)).toEqual(['Stop the run and close?'])
  await expect(desktop.page.getByText('Connected', { exact: true })).toBeVisible()

  await desktop.electronApp.evaluate(answerMessageBox, STOP_AND_CLOSE)
  const ended = desktop.electronApp.waitForEvent('close')
  await closeWindow()
  await ended
})
