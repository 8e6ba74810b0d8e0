import { expect, it } from 'vitest'
import { menuTemplate } from '../../../src-main/desktop/menu.js'
import { answerMessageBox, answerOpenDialog, answerSaveDialog } from '../../e2e/host/dialogs.js'
import { pressMenuEntry } from '../../e2e/host/menu.js'

type Dialogs = Parameters<typeof answerOpenDialog>[0]

/** Dialogs that nobody answers, as on a machine without people. */
const unanswered = (): Dialogs => ({ dialog: {} as Dialogs['dialog'] })

/** Playwright carries a function to the other process as its text, so nothing around it may be needed there. */
const carried = <F extends (...args: never[]) => unknown>(stand: F): F =>
  new Function(`return (${stand.toString()})`)() as F

it('answer for opening with a path or with "Cancel"', async () => {
  const electron = unanswered()
  carried(answerOpenDialog)(electron, '/a/b.json')
  expect(await electron.dialog.showOpenDialog({})).toEqual({ canceled: false, filePaths: ['/a/b.json'] })
  carried(answerOpenDialog)(electron, null)
  expect(await electron.dialog.showOpenDialog({})).toEqual({ canceled: true, filePaths: [] })
})

it('answer for saving with the suggested name, and tell it', async () => {
  const electron = unanswered()
  const question = carried(answerSaveDialog)(electron, '/folder')
  expect(question.name).toBeNull()
  expect(await electron.dialog.showSaveDialog({ defaultPath: 'chart.png' })).toEqual({
    canceled: false,
    filePath: '/folder/chart.png',
  })
  expect(question.name).toBe('chart.png')
})

it('answer questions with a button, and tell them', async () => {
  const electron = unanswered()
  const asked = carried(answerMessageBox)(electron, 1)
  expect(electron.dialog.showMessageBoxSync({ message: 'Stop?' })).toBe(1)
  expect((await electron.dialog.showMessageBox({ message: 'Reload?' })).response).toBe(1)
  expect(asked.messages).toEqual(['Stop?', 'Reload?'])
})

it('press the entries that the menu of the program really has', () => {
  const pressed: string[] = []
  const template = menuTemplate({
    development: true,
    isMac: false,
    actions: { newExperiment: () => pressed.push('new'), openExperiment: () => pressed.push('open') },
  })
  const items = template.map(({ label = '', submenu }) => ({
    label,
    submenu: { items: (Array.isArray(submenu) ? submenu : []).map((entry) => ({ label: '', ...entry })) },
  }))
  const electron = { Menu: { getApplicationMenu: () => ({ items }) } } as unknown as Parameters<
    typeof pressMenuEntry
  >[0]
  carried(pressMenuEntry)(electron, { menu: 'File', entry: 'New experiment' })
  carried(pressMenuEntry)(electron, { menu: 'File', entry: 'Open…' })
  expect(pressed).toEqual(['new', 'open'])
  expect(() => carried(pressMenuEntry)(electron, { menu: 'File', entry: 'Explode' })).toThrow('There is no "Explode"')
})
