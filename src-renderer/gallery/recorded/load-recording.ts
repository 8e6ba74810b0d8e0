import catalogue from '../recordings/catalogue.json?raw'
import datasets from '../recordings/datasets.json?raw'
import estimate from '../recordings/estimate.json?raw'
import preview from '../recordings/preview.json?raw'
import events from '../recordings/run/events.jsonl?raw'
import record from '../recordings/run/run.json?raw'
import system from '../recordings/system.json?raw'
import type { FileUrl } from '../../src/stores/app-client.js'
import { parseRecording } from './recording.js'

export const recording = parseRecording({ record, events, catalogue, system, datasets, estimate, preview })

const pictures = import.meta.glob<string>('../recordings/run/**/*.png', {
  eager: true,
  query: '?url',
  import: 'default',
})

/** The pictures of the recorded run, whichever replay of it asks; other files were not recorded. */
export const recordedFileUrl: FileUrl = (_runId, path) => pictures[`../recordings/run/${path}`] ?? null
