import type { PlannedStudy } from '../model/study.js'
import { tableText } from '../util/table-text.js'
import { studyCsv } from './study-csv.js'
import { studyPage } from './study-page.js'
import { studyRows } from './study-results.js'
import { ratingTable, studyTables } from './study-table.js'

export const STUDY_FORMATS = ['md', 'tex', 'csv', 'html'] as const
/** The endings of the files that a study can be written as. */
export type StudyFormat = (typeof STUDY_FORMATS)[number]

/** The tables of a study as the text of a file: Markdown, LaTeX, every figure in full as CSV, or a page of its own. */
export function studyFile({ plan, runs }: Pick<PlannedStudy, 'plan' | 'runs'>, format: StudyFormat): string {
  const { title, protocol } = plan
  const rows = studyRows(plan, runs)
  const tables = studyTables(rows)
  const ratings = ratingTable(rows)
  switch (format) {
    case 'md':
      return [
        `# ${title}\n`,
        ...tables.map(({ dataset, table }) => `## ${dataset}\n\n${tableText(table, 'markdown')}`),
        `## Defenses by their mean rating\n\n${tableText(ratings, 'markdown')}`,
        `## How it was measured\n\n${protocol.map((sentence) => `- ${sentence}`).join('\n')}\n`,
      ].join('\n')
    case 'tex':
      return [
        ...protocol.map((sentence) => `% ${sentence}`),
        ...tables.map(({ dataset, table }) => `% ${dataset}\n${tableText(table, 'latex')}`),
      ].join('\n')
    case 'csv':
      return studyCsv(rows)
    case 'html':
      return studyPage({ title, protocol, tables, ratings })
  }
}
