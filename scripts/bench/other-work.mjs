import { cpus } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

const WATCHED_MS = 2000

/**
 * How many cores other programs keep busy now, watched while this one does nothing. The load that the system keeps is a
 * memory of a minute: a case that has just been measured would count as the work of others.
 *
 * @returns {Promise<number>} 0 to the number of cores
 */
export async function coresAtWork() {
  const before = processorTimes()
  await sleep(WATCHED_MS)
  const after = processorTimes()
  return ((after.busy - before.busy) / (after.all - before.all)) * cpus().length
}

function processorTimes() {
  let busy = 0
  let all = 0
  for (const { times } of cpus()) {
    const atWork = times.user + times.nice + times.sys + times.irq
    busy += atWork
    all += atWork + times.idle
  }
  return { busy, all }
}
