import { startServed } from '../../scripts/served/start-served.mjs'
import { expect, test } from './host/app.js'
import { openServed } from './host/served.js'
import { watch } from './host/watch.js'

test('a page that was opened to watch shows a run, and what it cannot do is closed with the reason', async ({
  chromium,
  shared,
}) => {
  const { folder, runId } = await shared.prepared()
  const served = await startServed(folder, ['--share'])
  const host = await openServed(chromium!, { ...served, link: served.shareLink ?? '' })
  const { page } = host
  const problems = watch(page, served.origin)
  try {
    await host.show()
    await expect(page.getByText('Watching only')).toBeVisible()
    const sample = page.getByRole('button', { name: 'Run the sample experiment' })
    await expect(sample).toBeDisabled()
    await expect(sample).toHaveAttribute('title', /opened by a link to watch/)
    await expect(page.getByText(/it can change nothing/)).toBeVisible()
    const goTo = (place: string): Promise<unknown> => page.goto(`${served.origin}/#/${place}`)

    await goTo('compose')
    await expect(page.getByRole('button', { name: /Launch/ })).toBeDisabled()
    await expect(page.getByText('Nothing is measured for a page that was opened to watch.')).toBeVisible()
    await goTo(`runs/${runId}`)
    await expect(page.getByRole('main').getByText('Done', { exact: true })).toBeVisible()
    for (const name of ['Star', 'Archive', 'Tags and note…']) {
      await expect(page.getByRole('main').getByRole('button', { name, exact: true })).toBeDisabled()
    }
    await goTo('runs')
    await page
      .getByRole('checkbox', { name: /Choose A first look/ })
      .first()
      .check()
    await expect(page.getByRole('button', { name: 'Tags and note…' })).toBeDisabled()
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: 'Find an action or a run' }).fill('run experiment')
    await expect(page.getByRole('option', { name: /Run experiment/ })).toHaveCount(0)
    // Nothing was asked for that would have been refused.
    expect(problems).toEqual([])
  } finally {
    await host.close()
    await served.end()
  }
})
