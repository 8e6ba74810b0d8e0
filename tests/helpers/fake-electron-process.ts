import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import type { EngineProcess } from '../../src-main/desktop/launch-engine.js'

/** A utility process that does what the test says. At its end it behaves as Electron's: listeners of output are gone. */
export class FakeEngineProcess extends EventEmitter implements EngineProcess {
  pid: number | undefined = 4321
  readonly stdout = new PassThrough()
  readonly stderr = new PassThrough()
  readonly posted: unknown[] = []
  kills = 0
  constructor(
    readonly entry = 'engine.js',
    readonly args: readonly string[] = [],
    readonly options: unknown = undefined,
  ) {
    super()
  }
  postMessage(message: unknown): void {
    this.posted.push(structuredClone(message))
  }
  kill(): boolean {
    this.kills++
    return true
  }
  exit(code: number): void {
    this.emit('exit', code)
    this.pid = undefined
    this.stdout.removeAllListeners()
    this.stderr.removeAllListeners()
  }
}
