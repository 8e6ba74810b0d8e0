import '../src/client/zod-without-eval.js'
import { createAppClient } from '../src/client/create-app-client.js'
import { createWorkbench } from '../src/workbench.js'
import { createMemoryPair } from '../../src-shared/rpc/memory-transport.js'
import type { JsonValue } from '../../src-shared/model/json.js'
import type { RecordedWindow } from './recorded-window.js'
import { recordedFileUrl, recording } from './recorded/load-recording.js'
import { createRecordedApp } from './recorded/recorded-app.js'
import { isScenario, runsOf, scenarios } from './recorded/scenarios.js'

/**
 * The whole page over the recorded application: workbench.html?scenario=live&speed=4. `speed=Infinity` is all at once.
 */
const query = new URLSearchParams(location.search)
const asked = query.get('scenario') ?? ''
const scenario = isScenario(asked) ? asked : 'live'
const speed = Number(query.get('speed') ?? 1)

const app = createRecordedApp({ recording, runs: runsOf(scenario, recording), speed: speed >= 0 ? speed : 1 })
;(window as RecordedWindow).recordedApp = app

const { isConnected, opens } = scenarios[scenario]
if (location.hash === '') location.hash = await firstPlace()

async function firstPlace(): Promise<string> {
  switch (opens) {
    case 'home':
      return '/'
    case 'runs':
      return '/runs'
    case 'first-run':
      return `/runs/${recording.record.runId}`
    case 'new-run': {
      const experiment = JSON.parse(JSON.stringify(recording.record.experiment)) as JsonValue
      const { runId } = await app.handlers['run.start']({ experiment })
      return `/runs/${runId}`
    }
  }
}

const client = createAppClient(async () => {
  if (!isConnected) throw new Error('The server does not answer.')
  const [near, far] = createMemoryPair()
  app.serve(far)
  return near
})
createWorkbench(client, recordedFileUrl).mount('#app')
