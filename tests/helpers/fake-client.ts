import { createPinia, setActivePinia, type Pinia } from 'pinia'
import { createApp } from 'vue'
import type { AppClient, ConnectionState } from '../../src-renderer/src/client/create-app-client.js'
import { appClientKey, fileUrlKey } from '../../src-renderer/src/stores/app-client.js'
import type { Commands, InputOf, OutputOf, AppEvent } from '../../src-shared/contract/index.js'

export type FakeAnswers = {
  [N in keyof Commands & string]?: (
    input: InputOf<Commands[N]>,
  ) => OutputOf<Commands[N]> | Promise<OutputOf<Commands[N]>>
}

export interface FakeClient extends AppClient {
  /** Names of the commands that were called, in order. */
  readonly calls: readonly string[]
  emit(event: AppEvent): void
  setState(state: ConnectionState): void
}

/** A client without a wire: answers come from the test, events when it says so. */
export function createFakeClient(answers: FakeAnswers): FakeClient {
  const events = new Set<(event: AppEvent) => void>()
  const states = new Set<(state: ConnectionState) => void>()
  const calls: string[] = []
  let state: ConnectionState = { kind: 'open' }

  return {
    calls,
    async call(name, input) {
      calls.push(name)
      const answer = answers[name as keyof Commands & string] as ((given: unknown) => unknown) | undefined
      if (answer === undefined) throw new Error(`The test gave no answer to "${name}"`)
      return (await answer(input)) as never
    },
    onEvent(listener) {
      events.add(listener)
      return () => events.delete(listener)
    },
    onState(listener) {
      states.add(listener)
      listener(state)
      return () => states.delete(listener)
    },
    close: () => undefined,
    emit: (event) => events.forEach((listener) => listener(event)),
    setState(next) {
      state = next
      states.forEach((listener) => listener(next))
    },
  }
}

/** Stores over a client, without a page. */
export function usePiniaWith(client: AppClient): Pinia {
  const pinia = createPinia()
  const app = createApp({ render: () => null })
  app.provide(appClientKey, client)
  app.provide(fileUrlKey, () => null)
  app.use(pinia)
  setActivePinia(pinia)
  return pinia
}
