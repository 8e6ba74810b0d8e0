import { describe, expect, it } from 'vitest'
import { useRunStreamsStore } from '../../../src-renderer/src/stores/run-streams.js'
import { useRunsStore } from '../../../src-renderer/src/stores/runs.js'
import { AppError, type RunEvent } from '../../../src-shared/contract/index.js'
import { RunId } from '../../../src-shared/model/ids.js'
import { noAnnotations } from '../../../src-shared/model/run-annotations.js'
import { createFakeClient, usePiniaWith } from '../../helpers/fake-client.js'
import { defaultEvents, defaultListing, defaultRecord, queuedRecord } from './fixtures/fixtures.js'

const { runId } = defaultRecord
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))

function openStream(events: () => RunEvent[]) {
  const client = createFakeClient({
    'run.snapshot': async () => {
      // As over a real wire: what was true when it was asked for.
      const answer = events()
      await settle()
      return { record: queuedRecord, folder: '/runs/it', events: answer, lastSeq: answer.at(-1)?.seq ?? 0 }
    },
  })
  usePiniaWith(client)
  return { client, stream: useRunStreamsStore().follow(runId) }
}

describe('run streams', () => {
  it('miss nothing that happens while the snapshot is under way', async () => {
    const { client, stream } = openStream(() => defaultEvents.slice(0, 20))
    for (const event of defaultEvents.slice(15, 30)) client.emit(event)
    await settle()
    await settle()
    expect(stream.state.value?.lastSeq).toBe(defaultEvents[29]!.seq)
    for (const event of defaultEvents.slice(30)) client.emit(event)
    expect(stream.state.value?.record.status).toBe('done')
  })

  it('take the snapshot anew after a lost connection', async () => {
    let there = defaultEvents.slice(0, 10)
    const { client, stream } = openStream(() => there)
    await settle()
    await settle()
    client.setState({ kind: 'connecting', reason: 'gone' })
    there = [...defaultEvents]
    client.setState({ kind: 'open' })
    await settle()
    await settle()
    expect(stream.state.value?.record.status).toBe('done')
    expect(client.calls).toHaveLength(2)
  })

  it('leave other runs alone', async () => {
    const { client, stream } = openStream(() => defaultEvents.slice(0, 3))
    await settle()
    await settle()
    const before = stream.state.value
    client.emit({ ...defaultEvents[10]!, runId: '20260101-000000-aaaaaa' as typeof runId })
    expect(stream.state.value).toBe(before)
  })
})

describe('the list of runs', () => {
  it('is read anew when a run begins or ends, not for every event', async () => {
    const client = createFakeClient({ 'run.list': () => ({ runs: [], total: 0, unreadable: [], newer: [] }) })
    usePiniaWith(client)
    useRunsStore()
    for (const event of defaultEvents) client.emit(event)
    await settle()
    expect(client.calls).toHaveLength(3)
  })

  it('takes in what other windows said about a run, without reading everything anew', async () => {
    const client = createFakeClient({
      'run.list': () => ({ runs: [defaultListing], total: 1, unreadable: [], newer: [] }),
    })
    usePiniaWith(client)
    const runs = useRunsStore()
    await runs.load()
    const annotations = { ...noAnnotations, tags: ['mnist'] }
    client.emit({ type: 'run.annotated', runId, annotations })
    expect(runs.runs[0]?.annotations).toEqual(annotations)
    expect(client.calls).toHaveLength(1)
  })

  it('reads again when something was said while it was being read', async () => {
    const client = createFakeClient({
      'run.list': () => ({ runs: [defaultListing], total: 1, unreadable: [], newer: [] }),
    })
    usePiniaWith(client)
    const loading = useRunsStore().load()
    client.emit({ type: 'run.annotated', runId, annotations: noAnnotations })
    await loading
    expect(client.calls).toHaveLength(2)
  })

  it('tries all of several runs, and throws what the first refusal said', async () => {
    const asked: string[] = []
    const client = createFakeClient({
      'run.annotate': ({ runId: of }) => {
        asked.push(of)
        if (asked.length === 1) throw new AppError({ code: 'storage', message: 'Not readable.' })
        return { annotations: noAnnotations }
      },
    })
    usePiniaWith(client)
    const ids = [runId, RunId.parse('20260101-000000-aaaaaa')]
    await expect(useRunsStore().annotate(ids, { isStarred: true })).rejects.toThrow('Not readable.')
    expect(asked).toEqual(ids)
  })
})
