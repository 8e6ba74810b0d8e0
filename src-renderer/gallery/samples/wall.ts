import { runState } from '../../../src-shared/runs/run-state.js'
import { answersAt, countAnswers, type AnswerCounts } from '../../src/ui/wall/answers.js'
import { recordedFileUrl, recording } from '../recorded/load-recording.js'

const { record, events } = recording
const { layout, frames } = runState(record, events).wall!

export const sheetUrl = recordedFileUrl(record.runId, layout.sheet)
export const { columns } = layout
export const before = answersAt(layout, frames[0]!)
export const after = answersAt(layout, frames.at(-1)!)
export const notAsked = answersAt(layout, null)
export const counts: readonly AnswerCounts[] = frames.map((frame) => countAnswers(layout, frame))
