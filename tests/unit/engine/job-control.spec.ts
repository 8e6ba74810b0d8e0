import { describe, expect, it } from 'vitest'
import { createJobControl } from '../../../src-main/engine/job-control.js'

function controlled() {
  let time = 0
  const control = createJobControl(() => time)
  return { control, pass: (ms: number) => (time += ms) }
}

/** Whether the promise has settled once everything that was due has run. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false
  void promise.then(() => (settled = true))
  await new Promise((resolve) => setTimeout(resolve, 5))
  return settled
}

describe('job control', () => {
  it('holds the job at its next breath while it is paused, and its clock too', async () => {
    const { control, pass } = controlled()
    pass(100)
    expect(control.pause()).toBe(true)
    expect(control.pause()).toBe(false)
    const breath = control.breathe()
    pass(5_000)
    expect(await isSettled(breath)).toBe(false)
    expect(control.now()).toBe(100)
    expect(control.resume()).toBe(true)
    expect(control.resume()).toBe(false)
    expect(await isSettled(breath)).toBe(true)
    pass(10)
    expect(control.now()).toBe(110)
  })

  it('adds up several pauses', () => {
    const { control, pass } = controlled()
    for (let i = 0; i < 3; i++) {
      pass(10)
      control.pause()
      pass(1_000)
      control.resume()
    }
    expect(control.now()).toBe(30)
  })

  it.each(['cancel', 'stop'] as const)('lets a paused job go on to %s', async (order) => {
    const { control } = controlled()
    control.pause()
    const breath = control.breathe()
    control[order]()
    expect(await isSettled(breath)).toBe(true)
    expect(control.signal.aborted).toBe(order === 'cancel')
    expect(control.isStopping()).toBe(order === 'stop')
  })
})
