import { RunEvent, SystemReport, commands, type Commands, type OutputOf } from '../../../src-shared/contract/index.js'
import { Estimate } from '../../../src-shared/model/estimate.js'
import { Catalogue } from '../../../src-shared/model/plugin-manifest.js'
import { RunRecord } from '../../../src-shared/model/run-record.js'
import { TriggerPreview } from '../../../src-shared/model/trigger-preview.js'

/** A real run as the page saw it, and what the page asked for besides. `scripts/record-run.mjs` makes it. */
export interface Recording {
  /** As it was at the end. */
  readonly record: RunRecord
  readonly events: readonly RunEvent[]
  readonly catalogue: Catalogue
  readonly system: SystemReport
  readonly datasets: OutputOf<Commands['dataset.list']>
  /** What its experiment was expected to take. */
  readonly estimate: Estimate
  /** The first poisoned images of its experiment. */
  readonly preview: TriggerPreview
}

/** The texts of the files of a recording, by name. */
export type RecordingTexts = Readonly<
  Record<'record' | 'events' | 'catalogue' | 'system' | 'datasets' | 'estimate' | 'preview', string>
>

export function parseRecording(texts: RecordingTexts): Recording {
  try {
    return {
      record: RunRecord.parse(JSON.parse(texts.record)),
      events: texts.events
        .trim()
        .split('\n')
        .map((line) => RunEvent.parse(JSON.parse(line))),
      catalogue: Catalogue.parse(JSON.parse(texts.catalogue)),
      system: SystemReport.parse(JSON.parse(texts.system)),
      datasets: commands['dataset.list'].output.parse(JSON.parse(texts.datasets)),
      estimate: Estimate.parse(JSON.parse(texts.estimate)),
      preview: TriggerPreview.parse(JSON.parse(texts.preview)),
    }
  } catch (cause) {
    throw new Error('The recording is older than the contract. Record anew: node scripts/record-run.mjs', { cause })
  }
}

/** The record as it was when the run had been put into the queue. */
export function queuedRecord({ record }: Pick<Recording, 'record'>): RunRecord {
  return {
    ...record,
    status: 'queued',
    startedAt: null,
    finishedAt: null,
    stages: [],
    engine: null,
    summary: null,
    artifacts: [],
  }
}
