import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { makeRun, writeRun } from '../../scripts/make-runs.mjs'
import { expect, test } from './host/app.js'

/** Three experiments with five seeds each; of the first only three, one of which is in progress. */
async function prepare(workspace: string): Promise<string[]> {
  const runs = [0, 1, 2, 5, 6, 7, 8, 9, 45, 46, 47, 48, 49].map((number) => makeRun(number))
  const [, , inProgress, hostile] = runs
  Object.assign(inProgress!.record, { status: 'running', summary: null, finishedAt: null })
  inProgress!.events = inProgress!.events.slice(0, 11)
  hostile!.record.experiment.name = '=1+1 <b>\\input{x}</b> | 50 %'
  for (const run of runs) await writeRun(workspace, run)
  await claim(workspace, inProgress!.record.runId)
  return runs.map(({ record }) => record.runId)
}

/** Says that the run is in progress in this process; one that is in no process counts as interrupted. */
async function claim(workspace: string, runId: string): Promise<void> {
  const holder = { pid: process.pid, host: hostname(), since: new Date().toISOString(), doing: 'a test' }
  await mkdir(join(workspace, 'hosts'), { recursive: true })
  await writeFile(join(workspace, 'hosts', 'test.lock'), JSON.stringify(holder))
  await writeFile(join(workspace, 'runs', runId, 'host.json'), JSON.stringify({ lock: 'test.lock' }))
}

const table = (page: Page) => page.getByRole('table', { name: 'Runs' })
const rowsOf = (page: Page) => table(page).getByRole('row')
const results = (page: Page) => page.getByRole('region', { name: 'Results, table' })

test('runs that are chosen in the list are compared, and the address restores it', async ({ app }) => {
  const runIds = await prepare(app.workspace)
  const page = await app.open()
  await page.getByRole('link', { name: 'Runs', exact: true }).click()
  await page.getByLabel('Group by experiment').check()
  await page.getByRole('checkbox', { name: /Choose all 5 runs of blended against neural-cleanse/ }).click()
  await page.getByRole('checkbox', { name: 'Choose badnets against baeraser, 0, seed 1' }).click()
  await page
    .getByRole('checkbox', { name: 'Choose badnets against baeraser, 0, seed 2' })
    .click({ modifiers: ['Shift'] })
  await expect(page.getByRole('region', { name: 'Chosen runs' })).toContainText('7 runs chosen')
  await page.getByRole('button', { name: 'Compare', exact: true }).click()
  await expect(page).toHaveURL(/#\/compare\?runs=/)

  const means = results(page).getByRole('row').filter({ hasText: 'mean, n =' })
  await expect(means).toHaveCount(2)
  await expect(means.first()).toContainText('baseline')
  await expect(means.first()).toContainText(/n = 4.*\d+\.\d ± \d+\.\d/)
  await expect(means.first()).toContainText('4 of 5 runs are finished; the others do not count.')
  await expect(means.last()).toContainText(/n = 2.*\d+\.\d ± \d+\.\d.*[+−±]\d+\.\d/)

  const settings = page.getByRole('region', { name: 'Settings', exact: true })
  await expect(settings.getByRole('row', { name: /^poisonRate/ })).toContainText(/0\.1.*0\.01/)
  await expect(settings.getByRole('row', { name: /^batchSize/ })).toHaveCount(0)
  await settings.getByLabel('Show all').check()
  await expect(settings.getByRole('row', { name: /^batchSize/ })).toBeVisible()

  await page.getByRole('radio', { name: /badnets against baeraser, 0, seed 1 as the baseline/ }).check()
  await expect(means.first()).toContainText('badnets against baeraser')
  await page.getByLabel('Means over seeds').check()
  await expect(page.getByRole('img', { name: /^Clean accuracy: .*mean over 2 seeds/ })).toBeVisible()
  await page.getByLabel('Stage').selectOption({ label: 'baeraser: Unlearn triggers (2 of 7)' })
  await expect(page).toHaveURL(/stage=defense/)

  await page.reload()
  await expect(page).toHaveURL(new RegExp(`baseline=${runIds[0]}.*`))
  await expect(means.first()).toContainText('badnets against baeraser')
  await expect(settings.getByLabel('Show all')).toBeChecked()
  await expect(page.getByLabel('Stage')).toHaveValue('defense:baeraser:unlearn')

  await page.getByRole('button', { name: /Remove badnets against baeraser, 0, seed 2 from/ }).click()
  await expect(results(page).getByRole('row').filter({ hasText: 'mean, n =' })).toHaveCount(1)
  await page.goBack()
  await expect(means).toHaveCount(2)
})

test('everything on the way to a comparison can be done with keys', async ({ app }) => {
  await prepare(app.workspace)
  const page = await app.open()
  await page.keyboard.press('Control+k')
  await page.keyboard.type('go to runs')
  await page.keyboard.press('Enter')
  await expect(table(page)).toBeVisible()
  await page.getByRole('searchbox', { name: 'Filter runs' }).focus()
  await page.keyboard.type('attack:blended state:done')
  await expect(rowsOf(page)).toHaveCount(10)
  // One row at a time takes part in Tab.
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press('Tab')
    if ((await page.evaluate(() => document.activeElement?.getAttribute('data-part'))) === 'name') break
  }
  await page.keyboard.press('Space')
  await page.keyboard.press('Shift+ArrowDown')
  await page.keyboard.press('Shift+ArrowDown')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Space')
  await expect(page.getByRole('region', { name: 'Chosen runs' })).toContainText('4 runs chosen')
  await page.keyboard.press('c')
  await expect(page).toHaveURL(/#\/compare\?runs=/)
  await expect(results(page).getByRole('row').filter({ hasText: 'mean, n =' })).toHaveCount(1)

  await page.keyboard.press('a')
  const dialog = page.getByRole('dialog', { name: 'Add runs to the comparison' })
  await expect(dialog.getByRole('searchbox')).toBeFocused()
  await page.keyboard.type('badnets seed:1')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Space')
  await page.keyboard.press('Enter')
  await expect(page.getByText('5 runs of')).toBeVisible()
  await page.getByRole('region', { name: 'Results', exact: true }).getByRole('button', { name: 'Copy table' }).focus()
  await page.keyboard.press('Enter')
  await page.keyboard.press('ArrowDown')
  await expect(page.getByRole('menuitem', { name: /Markdown/ })).toBeFocused()
})

test('tags and notes are kept, found, and told to other windows', async ({ app, hostKind }) => {
  const [runId = ''] = await prepare(app.workspace)
  const file = join(app.workspace, 'runs', runId, 'annotations.json')
  const page = await app.open()
  // The desktop has a single window, in which one goes from place to place.
  const other = hostKind === 'served' ? await page.context().newPage() : page
  if (other !== page) await other.goto(`${new URL(page.url()).origin}/#/runs`)

  await app.goTo(`#/runs/${runId}`)
  await page.getByRole('button', { name: 'Tags and note…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Tags and note' })
  await dialog.getByLabel('Tags', { exact: true }).fill('figure-3 not!allowed')
  await dialog.getByRole('textbox', { name: 'Note' }).fill('The odd one out')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog.getByRole('alert')).toContainText('must be one word')
  await dialog.getByRole('button', { name: 'Remove the tag not!allowed' }).click()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog).toBeHidden()
  await expect(page.getByRole('main')).toContainText('The odd one out')
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ note: 'The odd one out' })

  if (other === page) await app.goTo('#/runs')
  await other.getByRole('searchbox', { name: 'Filter runs' }).fill('tag:figure-3')
  await expect(rowsOf(other)).toHaveCount(2)
  // It was made with a star.
  await rowsOf(other).last().getByRole('button', { name: /^Star/ }).click()
  if (other === page) await app.goTo(`#/runs/${runId}`)
  await expect(page.getByRole('button', { name: 'Star', exact: true })).toHaveAttribute('aria-pressed', 'false')
})

test('what was said of a run is not written over when it cannot be read', async ({ app }) => {
  const [runId = ''] = await prepare(app.workspace)
  const file = join(app.workspace, 'runs', runId, 'annotations.json')
  await writeFile(file, '{"tags": ["torn')
  const page = await app.open()
  await app.goTo('#/runs')
  await expect(page.getByRole('main')).toContainText('The tags and the note of 1 run cannot be read')
  await page.getByRole('searchbox', { name: 'Filter runs' }).fill('badnets seed:1')
  await page.getByRole('button', { name: /^Star badnets/ }).click()
  await expect(page.getByRole('alert')).toContainText('left as it is')
  expect(await readFile(file, 'utf8')).toBe('{"tags": ["torn')
})

test('says what is missing, in words, and copies names as text', async ({ app }) => {
  const runIds = await prepare(app.workspace)
  const page = await app.open()
  const [done, , inProgress, hostile] = runIds
  const named = [hostile, inProgress, runIds.at(-1), '20200101-000000-abcdef', 'nonsense', done]
  const comparison = `#/compare?runs=${named.join(',')}&seeds=each`
  await app.goTo(comparison)
  await expect(page.getByRole('group', { name: 'Compared runs' })).toContainText('No longer there')
  await expect(page.getByRole('main')).toContainText('names what cannot be runs: nonsense')
  await expect(results(page)).toContainText('In progress: Train victim.')
  await expect(results(page)).toContainText('Failed: The loss became NaN')
  await expect(results(page)).toContainText('One seed, so there is no interval.')

  const copied = async (format: RegExp): Promise<string> => {
    await app.goTo(comparison)
    const section = page.getByRole('region', { name: 'Results', exact: true })
    await section.getByRole('button', { name: 'Copy table' }).click()
    await section.getByRole('menuitem', { name: format }).click()
    await expect(section.getByText('Copied')).toBeVisible()
    // A page may not read the clipboard, so it is pasted as a person would.
    await app.goTo(`#/runs/${done}`)
    await page.getByRole('button', { name: 'Tags and note…' }).click()
    const note = page.getByRole('textbox', { name: 'Note' })
    await note.fill('')
    await page.keyboard.press('Control+v')
    await expect(note).not.toHaveValue('')
    const text = await note.inputValue()
    await page.getByRole('button', { name: 'Cancel' }).click()
    return text
  }
  expect((await copied(/TSV/)).split('\n')[1]).toMatch(/^'=1\+1 <b>/)
  expect(await copied(/LaTeX/)).toContain(
    '\\textbackslash{}input\\{x\\}\\textless{}/b\\textgreater{} \\textbar{} 50 \\%',
  )
  expect(await copied(/Markdown/)).toContain('=1+1 &lt;b&gt;\\\\input\\{x\\}&lt;/b&gt; \\| 50 %')

  await app.goTo('#/compare')
  await expect(page.getByText('No runs to compare yet')).toBeVisible()
})

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the list and the comparison have no serious finding in ${colorScheme}`, async ({ app, page }) => {
    const runIds = await prepare(app.workspace)
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await app.open()
    const findings = async (where: string): Promise<string[]> => {
      const { violations } = await new AxeBuilder({ page }).analyze()
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => `${where} ${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
    }
    await app.goTo('#/runs?group=experiment')
    await page.getByRole('checkbox', { name: 'Choose all that are shown' }).click()
    await page.getByText('What the filter understands').click()
    expect(await findings('list')).toEqual([])
    await page.keyboard.press('t')
    await expect(page.getByRole('dialog', { name: 'Tags' })).toBeVisible()
    expect(await findings('tags')).toEqual([])
    await page.keyboard.press('Escape')
    await app.goTo(`#/compare?runs=${[...runIds, '20200101-000000-abcdef'].join(',')}&settings=all&seeds=each`)
    await expect(results(page)).toBeVisible()
    await page.waitForTimeout(300)
    expect(await findings('comparison')).toEqual([])
    await page.keyboard.press('a')
    await expect(page.getByRole('dialog', { name: 'Add runs to the comparison' })).toBeVisible()
    expect(await findings('adding')).toEqual([])
  })
}
