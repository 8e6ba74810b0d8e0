import { isTerminal, type RunEvent, type TerminalFact } from '../../src-shared/contract/events.js'
import type { RunId } from '../../src-shared/model/ids.js'
import { runShare } from './run-share.js'

/** What the desktop shows of a run outside the page. */
export interface Desk {
  /** 0 to 1, or null to take the bar away. */
  showProgress(share: number | null): void
  /** Returns the way out. */
  keepAwake(): () => void
  notify(title: string, body: string): void
}

export interface RunPresence {
  follow(event: RunEvent): void
  isRunning(): boolean
}

/** While a run is under way the machine stays awake and the taskbar shows how far it is; at its end it says so. */
export function createRunPresence(desk: Desk): RunPresence {
  const stages = new Map<RunId, number>()
  let letSleep: (() => void) | null = null

  return {
    isRunning: () => stages.size > 0,
    follow(event) {
      const { runId } = event
      if (isTerminal(event)) {
        stages.delete(runId)
        const words = describeEnd(event)
        if (words !== null) desk.notify(words.title, words.body)
        if (stages.size > 0) return
        letSleep?.()
        letSleep = null
        desk.showProgress(null)
        return
      }
      // A run that waits for its turn is under way as well; how many stages it has is known once it is planned.
      const stageCount = event.type === 'run.planned' ? event.stages.length : (stages.get(runId) ?? 0)
      stages.set(runId, stageCount)
      letSleep ??= desk.keepAwake()
      const share = runShare(event, stageCount)
      if (share !== null) desk.showProgress(share)
    },
  }
}

/** Null for a run that was cancelled: whoever did it knows. */
function describeEnd(fact: TerminalFact): { title: string; body: string } | null {
  switch (fact.type) {
    case 'run.cancelled':
      return null
    case 'run.failed':
      return { title: 'Run failed', body: fact.error.message }
    case 'run.finished': {
      const { before, defenses } = fact.summary
      const after = defenses.at(-1)?.after ?? null
      const rate = (value: number | null): string => (value === null ? 'none' : `${(100 * value).toFixed(1)} %`)
      const change = (name: 'cleanAccuracy' | 'attackSuccessRate'): string =>
        after === null ? rate(before[name]) : `${rate(before[name])} → ${rate(after[name])}`
      return {
        title: 'Run finished',
        body: `Clean accuracy ${change('cleanAccuracy')}, attack success ${change('attackSuccessRate')}`,
      }
    }
  }
}
