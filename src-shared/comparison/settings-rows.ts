import { isGroup, type JsonObject } from '../model/json.js'
import type { RunRecord } from '../model/run-record.js'
import type { TextTable } from '../util/table-text.js'
import { seedWords, type ComparedGroup } from './compared.js'

/** One setting, with what each experiment has for it; null where an experiment has no such setting. */
export interface SettingRow {
  readonly section: string
  /** Within the section, as in an experiment file: `trigger.size`. */
  readonly path: string
  readonly values: readonly (string | null)[]
  readonly differs: boolean
}

/** All settings of all experiments, in the order in which they occur. The first experiment is the baseline's. */
export function settingRows(groups: readonly ComparedGroup[]): SettingRow[] {
  const columns = groups.map(settingsOf)
  const keys = new Map<string, { section: string; path: string }>()
  for (const column of columns) for (const [key, { section, path }] of column) keys.set(key, { section, path })
  const order = [...new Set([...keys.values()].map(({ section }) => section))]
  return [...keys]
    .map(([key, { section, path }]) => {
      const values = columns.map((column) => column.get(key)?.value ?? null)
      return { section, path, values, differs: values.some((value) => value !== values[0]) }
    })
    .toSorted((a, b) => rank(order, a.section) - rank(order, b.section))
}

/** What decides the figures first, what the program stood on last. */
function rank(order: readonly string[], section: string): number {
  return section === PROGRAM ? order.length : order.indexOf(section)
}

const PROGRAM = 'Program'

interface Setting {
  readonly section: string
  readonly path: string
  readonly value: string
}

function settingsOf(group: ComparedGroup): Map<string, Setting> {
  const found = new Map<string, Setting>()
  const add = (section: string, path: string, value: string): void => {
    found.set(`${section}\0${path}`, { section, path, value })
  }
  const [{ state }] = group.runs
  const { dataset, model, attack, training, defender, defenses } = state.record.experiment

  add('Experiment', 'seed', seedWords(group).replace(/^seeds? /, ''))
  for (const [section, choice] of [
    ['Dataset', dataset],
    ['Model', model],
    ['Attack', attack],
  ] as const) {
    add(section, 'id', choice?.id ?? 'none')
    if (choice?.preset !== undefined) add(section, 'preset', choice.preset)
    flatten(choice?.params ?? {}, (path, value) => add(section, path, value))
  }
  flatten(training, (path, value) => add('Training', path, value))
  flatten(defender, (path, value) => add('Defender', path, value))
  const used = new Map<string, number>()
  add('Defenses', 'ids', defenses.map(({ id }) => id).join(', ') || 'none')
  for (const { id, preset, params } of defenses) {
    const number = (used.get(id) ?? 0) + 1
    used.set(id, number)
    // The same method is compared with itself, wherever it stands in the list.
    const section = number === 1 ? `Defense ${id}` : `Defense ${id}, again (${number})`
    if (preset !== undefined) add(section, 'preset', preset)
    flatten(params, (path, value) => add(section, path, value))
  }
  for (const [path, of] of program) {
    add(PROGRAM, path, [...new Set(group.runs.map((run) => of(run.state.record)))].join(' | '))
  }
  return found
}

/** What a run stood on: no setting, but it can explain a difference. */
const program: readonly (readonly [string, (record: RunRecord) => string])[] = [
  ['version', ({ versions }) => versions.unbackdoor],
  ['platform', ({ versions }) => versions.platform],
  [
    'engine',
    ({ engine }) => (engine === null ? 'not started' : `${engine.backend} ${engine.tensorflowVersion ?? ''}`.trim()),
  ],
  ['device', ({ engine }) => (engine === null ? 'not started' : engine.devices.join(', '))],
  ['threads', ({ engine }) => (engine === null ? 'not started' : String(engine.threads))],
]

/** Every value that is no object, under its path. */
function flatten(value: JsonObject, add: (path: string, value: string) => void, prefix = ''): void {
  for (const [key, inner] of Object.entries(value)) {
    const path = prefix === '' ? key : `${prefix}.${key}`
    if (isGroup(inner)) flatten(inner, add, path)
    else add(path, typeof inner === 'string' ? inner : JSON.stringify(inner))
  }
}

export function settingsText(rows: readonly SettingRow[], groups: readonly ComparedGroup[]): TextTable {
  return {
    columns: ['Section', 'Setting', ...groups.map((group) => `${group.name}, ${seedWords(group)}`)],
    rows: rows.map(({ section, path, values }) => [section, path, ...values.map((value) => value ?? '–')]),
  }
}
