import type { Transport } from '../../src-shared/rpc/transport.js'

/** An engine process as the application sees it, whoever started it and how. */
export interface LaunchedEngine {
  readonly transport: Transport
  /** Ends the process at once; native code cannot refuse. */
  kill(): void
  /** Fires with every line that the process prints by itself, such as the warnings of a native library. */
  onWords(listener: (line: string) => void): void
  /** Fires once. `ending` says for people how it ended: exit code or signal, and its last words. */
  onExit(listener: (ending: string) => void): void
}

export type LaunchEngine = () => LaunchedEngine
