import AxeBuilder from '@axe-core/playwright'
import { expect, test, type Page } from '@playwright/test'
import record from '../../src-renderer/gallery/recordings/run/run.json' with { type: 'json' }
import type { ScenarioName } from '../../src-renderer/gallery/recorded/scenarios.js'
import type { RecordedWindow } from '../../src-renderer/gallery/recorded-window.js'
import { openGallery } from '../../scripts/gallery/open-gallery.mjs'
import { watch } from './host/watch.js'

const SERIOUS = ['serious', 'critical']
const RUN = `#/runs/${record.runId}`
/** What the page says on purpose where nothing answers it. */
const EXPECTED = /^console: .*data:image\/png;base64,AAAA/

/** Where each situation of the whole page looks different from the others. */
const situations: Record<Exclude<ScenarioName, 'live'>, string[]> = {
  finished: [
    RUN,
    `${RUN}?view=figures`,
    `${RUN}?view=log`,
    '#/',
    '#/compose',
    '#/runs',
    `#/compare?runs=${record.runId}`,
    '#/settings',
    '#/nowhere',
  ],
  failed: [RUN, `${RUN}?view=figures`, `${RUN}?view=log`],
  cancelled: [RUN],
  'no-runs': ['#/', '#/runs', '#/compare', '#/studies', '#/studies/new', '#/studies/paper-tiny'],
  'many-runs': ['#/', '#/runs'],
  'no-connection': ['#/', '#/compose', '#/runs', '#/settings'],
}

let gallery = ''
let close = async (): Promise<void> => {}

test.beforeAll(async () => {
  const opened = await openGallery({ port: 0, isBuilt: true })
  gallery = opened.url
  close = opened.close
})
test.afterAll(() => close())

/** Serious findings, and what is wider than its room: the window, the main part and the boxes of the gallery. */
async function faultsOf(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).exclude('iframe').analyze()
  const findings = violations
    .filter(({ impact }) => SERIOUS.includes(impact ?? ''))
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
  const tooWide = await page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll('main, .box')]
      .filter((each) => each.scrollWidth > each.clientWidth)
      .map((each) => `"${each.closest('section')?.ariaLabel ?? each.localName}" is ${each.scrollWidth} pixels wide`),
  )
  return [...findings, ...tooWide]
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, contextOptions: { reducedMotion: 'reduce' } })

    test('every component shows every state', async ({ page }) => {
      const problems = watch(page, new URL(gallery).origin)
      await page.goto(gallery)
      const places = await page
        .getByRole('navigation')
        .getByRole('link')
        .evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''))
      const components = places.filter((place) => place.startsWith('#ui/'))
      expect(components.length).toBeGreaterThan(20)
      const faults: string[] = []
      for (const place of components) {
        await page.evaluate((hash) => (location.hash = hash), place)
        await expect(page.getByRole('heading', { level: 1 })).toHaveText(place.replace('#ui/', ''))
        await expect(page.locator('.specimen').first()).toBeVisible()
        faults.push(...(await faultsOf(page)).map((fault) => `${place}: ${fault}`))
      }
      expect([...faults, ...problems.filter((problem) => !EXPECTED.test(problem))]).toEqual([])
    })

    test('the whole page stands in every situation', async ({ page }) => {
      const problems = watch(page, new URL(gallery).origin)
      const faults: string[] = []
      for (const [scenario, places] of Object.entries(situations)) {
        await page.goto(`${gallery}workbench.html?scenario=${scenario}`)
        for (const place of places) {
          await page.evaluate((hash) => (location.hash = hash), place)
          await page.waitForTimeout(200)
          faults.push(...(await faultsOf(page)).map((fault) => `${scenario} ${place}: ${fault}`))
        }
      }
      expect([...faults, ...problems]).toEqual([])
    })
  })
}

test('a run goes on as fast as it is told, and to its end', async ({ page }) => {
  await page.goto(`${gallery}workbench.html?scenario=live&speed=0`)
  const main = page.getByRole('main')
  await expect(main.getByText('Waiting', { exact: true })).toBeVisible()
  const setSpeed = (speed: number) =>
    page.evaluate((given) => (window as RecordedWindow).recordedApp?.setSpeed(given), speed)
  await setSpeed(4)
  await expect(main.getByText('Running', { exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Pause', exact: true }).click()
  await expect(main.getByText('Paused', { exact: true }).first()).toBeVisible()
  await page.getByRole('button', { name: 'Resume', exact: true }).click()
  await setSpeed(Infinity)
  await expect(main.getByText('Done', { exact: true })).toBeVisible()
  await expect(page.getByRole('img', { name: /triggered test images/ })).toBeVisible()
})

test('a matrix of many classes is walked with keys, looked at closely, and chosen from', async ({ page }) => {
  await page.goto(`${gallery}#ui/confusion/ConfusionCanvas`)
  const specimen = page.locator('.specimen').filter({ has: page.getByRole('grid', { name: 'A hundred classes' }) })
  const grid = specimen.getByRole('grid')
  const canvas = grid.locator('canvas')
  const focused = grid.locator(':focus')
  const drawn = () => canvas.evaluate((element: HTMLCanvasElement) => element.toDataURL())
  await grid.locator('[tabindex="0"]').focus()
  await page.keyboard.press('Control+End')
  await expect(focused).toHaveAccessibleName(/of class class 99 taken for class 99$/)
  await page.keyboard.press('ArrowLeft')
  await expect(focused).toHaveAccessibleName(/of class class 99 taken for class 98$/)
  const whole = await drawn()
  await page.keyboard.press('+')
  await expect(specimen.getByRole('radio', { name: 'Names' })).toBeChecked()
  await expect.poll(drawn).not.toBe(whole)
  await expect(focused).toBeInViewport()
  await page.keyboard.press('Enter')
  await expect(grid.getByRole('gridcell', { selected: true })).toHaveAccessibleName(/class 99 taken for class 98$/)

  await page.keyboard.press('-')
  await canvas.click({ position: { x: 1, y: 1 } })
  await expect(grid.getByRole('gridcell', { selected: true })).toHaveAccessibleName(
    /^\d+ samples of class class 0 taken for class 0$/,
  )
  await canvas.hover({ position: { x: 1, y: 9 } })
  await expect(specimen.getByText(/class class [12] taken for class 0 \([\d.]+ % of 20\)/)).toBeVisible()
})
