import { randomInt } from 'node:crypto'
import { RunId } from '../../src-shared/model/ids.js'

const SECOND_MS = 1000

/**
 * Names for new runs, such as `20260131-142500-0kx9ab`: the second (UTC), the millisecond in two digits of base 36, and
 * four by chance. So they sort by the time of creation; those of the same millisecond by the order in which they were
 * asked for here.
 */
export function createRunIds(): (now: Date) => RunId {
  let lastMs = Number.NEGATIVE_INFINITY
  return (now) => {
    const nowMs = now.getTime()
    // Where the clock was set back by more, it is right now.
    const isClose = nowMs <= lastMs && lastMs - nowMs < SECOND_MS
    lastMs = isClose ? lastMs + 1 : nowMs
    const second = new Date(lastMs).toISOString().replaceAll(/[-:]/g, '').replace('T', '-').slice(0, 15)
    const millisecond = (lastMs % SECOND_MS).toString(36).padStart(2, '0')
    const tail = Array.from({ length: 4 }, () => randomInt(36).toString(36)).join('')
    return RunId.parse(`${second}-${millisecond}${tail}`)
  }
}
