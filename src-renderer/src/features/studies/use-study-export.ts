import { shallowRef } from 'vue'
import type { WireError } from '../../../../src-shared/contract/index.js'
import type { PlannedStudy } from '../../../../src-shared/model/study.js'
import { studyFile, type StudyFormat } from '../../../../src-shared/study/study-files.js'
import { fileName } from '../../client/file-name.js'
import { saveFile } from '../../client/save-file.js'
import { toWireError } from '../../stores/wire-error.js'

export const exportWords: Readonly<Record<StudyFormat, { readonly title: string; readonly about: string }>> = {
  md: { title: 'Markdown', about: 'notes, issues' },
  tex: { title: 'LaTeX', about: 'papers, with booktabs' },
  csv: { title: 'CSV', about: 'every figure in full' },
  html: { title: 'HTML', about: 'a page of its own' },
}

const MIME_TYPES: Readonly<Record<StudyFormat, string>> = {
  md: 'text/markdown',
  tex: 'application/x-tex',
  csv: 'text/csv',
  html: 'text/html',
}

/** Keeps the tables of a study as a file, the same as the command line writes. */
export function useStudyExport(study: () => PlannedStudy | null) {
  const error = shallowRef<WireError | null>(null)
  return {
    error,
    async save(format: StudyFormat): Promise<void> {
      const present = study()
      if (present === null) return
      const content = new Blob([studyFile(present, format)], { type: MIME_TYPES[format] })
      try {
        await saveFile(format === 'html' ? 'report' : 'table', fileName(present.plan.name, format), content)
        error.value = null
      } catch (thrown) {
        error.value = toWireError(thrown)
      }
    },
  }
}
