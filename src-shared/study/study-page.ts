import { tag, text } from '../report/html.js'
import { reportPage } from '../report/page.js'
import { section, table } from '../report/parts.js'
import type { TextTable } from '../util/table-text.js'
import type { DatasetTable } from './study-table.js'

export interface StudyPage {
  readonly title: string
  readonly protocol: readonly string[]
  readonly tables: readonly DatasetTable[]
  readonly ratings: TextTable
}

/** The study as one page that opens on its own, without network, and prints. */
export function studyPage({ title, protocol, tables, ratings }: StudyPage): string {
  return reportPage(title, [
    tag('h1', {}, text(title)),
    ...tables.map(({ dataset, table: figures }) =>
      section(dataset, table(`${dataset}, in percent: mean ± standard deviation over the seeds`, figures)),
    ),
    section('Defenses by their mean rating', table('Defenses by their mean rating', ratings)),
    section('How it was measured', tag('ul', {}, ...protocol.map((sentence) => tag('li', {}, text(sentence))))),
  ])
}
