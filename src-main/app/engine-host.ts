import { AppError } from '../../src-shared/contract/errors.js'
import { connect, type Client } from '../../src-shared/rpc/client.js'
import { engineCommands, EngineEvent, type EngineCommands } from '../engine-contract/index.js'
import type { LaunchedEngine, LaunchEngine } from './launched-engine.js'

/** How long an engine may take to answer a request to stop before it is killed. */
const CANCEL_DEADLINE_MS = 5_000

export interface EngineHost {
  /** The running engine; starts one if there is none. */
  client(): Client<EngineCommands, EngineEvent>
  /** Kills the engine if `settled` is still false at the deadline. */
  insist(settled: () => boolean): void
  close(): void
}

/**
 * Keeps at most one engine process alive. It starts with the first use; after a crash the next use starts a fresh one.
 */
export function createEngineHost(
  launch: LaunchEngine,
  listener: { onEvent(event: EngineEvent): void; onWords?(line: string): void; onCrash(ending: string): void },
): EngineHost {
  let current: { engine: LaunchedEngine; client: Client<EngineCommands, EngineEvent> } | null = null
  let closing = false

  const start = (): NonNullable<typeof current> => {
    const engine = launch()
    let notUnderstood: string | null = null
    const client = connect<EngineCommands, EngineEvent>(engine.transport, engineCommands, {
      parseEvent: (raw) => EngineEvent.parse(raw),
      closedError: (reason) => new AppError({ code: 'engine-crashed', message: `The engine stopped: ${reason}.` }),
      onNotUnderstood: (reason) => {
        notUnderstood = reason
        // It would go on for nobody.
        engine.kill()
      },
    })
    client.onEvent((event) => listener.onEvent(event))
    engine.onWords((line) => listener.onWords?.(line))
    const started = { engine, client }
    engine.onExit((ending) => {
      if (current === started) current = null
      if (!closing) listener.onCrash(notUnderstood ?? ending)
    })
    return started
  }

  return {
    client() {
      current ??= start()
      return current.client
    },
    insist(settled) {
      const stubborn = current
      setTimeout(() => {
        if (!settled() && current === stubborn) stubborn?.engine.kill()
      }, CANCEL_DEADLINE_MS).unref()
    },
    close() {
      closing = true
      current?.client.close()
      current?.engine.kill()
      current = null
    },
  }
}
