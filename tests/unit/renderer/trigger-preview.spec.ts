import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, shallowRef } from 'vue'
import { useTriggerPreview } from '../../../src-renderer/src/features/compose/trigger/use-trigger-preview.js'
import { AppError } from '../../../src-shared/contract/index.js'
import type { JsonObject } from '../../../src-shared/model/json.js'
import type { TriggerPreview } from '../../../src-shared/model/trigger-preview.js'
import { createFakeClient, type FakeAnswers } from '../../helpers/fake-client.js'

const block = (count: number) => ({
  count,
  height: 1,
  width: 1,
  channels: 1,
  base64: Buffer.alloc(count).toString('base64'),
})

/** `images` are poisoned; the page shows those from `offset`. */
function answer(images: number, offset: number): TriggerPreview {
  const count = Math.max(0, Math.min(16, images - offset))
  return {
    poisonedImages: images,
    trainingImages: 100,
    classNames: ['0', '1'],
    samples: Array.from({ length: count }, (_, k) => ({ index: offset + k, trueClass: 1, poisonedClass: 0 })),
    clean: block(count),
    poisoned: block(count),
    trigger: block(1),
    note: null,
  }
}

function open(preview: FakeAnswers['trigger.preview']) {
  const client = createFakeClient({ 'trigger.preview': preview! })
  const experiment = shallowRef<JsonObject | null>({ seed: 1, dataset: {}, attack: {}, name: 'a' })
  const scope = effectScope()
  const live = scope.run(() => useTriggerPreview(client, () => experiment.value))!
  return { client, experiment, live, scope }
}

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

describe('the live preview', () => {
  it('asks once the form is quiet, and only for what a preview looks at', async () => {
    const { client, experiment, live } = open(({ offset }) => answer(40, offset ?? 0))
    for (const seed of [2, 3, 4]) {
      experiment.value = { ...experiment.value, seed }
      await vi.advanceTimersByTimeAsync(100)
    }
    expect(client.calls).toHaveLength(0)
    await vi.runAllTimersAsync()
    expect(client.calls).toHaveLength(1)
    expect(live.shown.value?.samples).toHaveLength(16)
    experiment.value = { ...experiment.value, name: 'another' }
    await vi.runAllTimersAsync()
    expect(client.calls).toHaveLength(1)
  })

  it('drops the answer to an older question, however late it comes', async () => {
    const waiting: ((preview: TriggerPreview) => void)[] = []
    const { experiment, live } = open(() => new Promise((resolve) => waiting.push(resolve)))
    await vi.runAllTimersAsync()
    experiment.value = { ...experiment.value, seed: 2 }
    await vi.runAllTimersAsync()
    waiting[1]!(answer(22, 0))
    await vi.runAllTimersAsync()
    waiting[0]!(answer(11, 0))
    await vi.runAllTimersAsync()
    expect(live.shown.value?.poisonedImages).toBe(22)
    expect(live.isLoading.value).toBe(false)
  })

  it('pages to the end, and comes back when fewer are poisoned', async () => {
    let images = 40
    const { experiment, live } = open(({ offset }) => answer(images, offset ?? 0))
    await vi.runAllTimersAsync()
    for (let i = 0; i < 5; i++) {
      live.page(1)
      await vi.runAllTimersAsync()
    }
    expect(live.shown.value).toMatchObject({ offset: 32, samples: expect.objectContaining({ length: 8 }) as unknown })
    images = 20
    experiment.value = { ...experiment.value, seed: 2 }
    await vi.runAllTimersAsync()
    expect(live.shown.value?.offset).toBe(16)
    expect(live.shown.value?.samples).toHaveLength(4)
  })

  it('says what is wrong, recovers, and asks nothing without an attack', async () => {
    let isWrong = true
    const { client, experiment, live } = open(() => {
      if (isWrong) throw new AppError({ code: 'storage', message: 'The images are gone.' })
      return answer(3, 0)
    })
    await vi.runAllTimersAsync()
    expect(live.error.value?.message).toBe('The images are gone.')
    isWrong = false
    live.retry()
    await vi.runAllTimersAsync()
    expect(live.error.value).toBeNull()
    experiment.value = null
    await vi.runAllTimersAsync()
    expect([live.shown.value, live.isLoading.value, client.calls.length]).toEqual([null, false, 2])
  })

  it('asks nothing any more once the page is left', async () => {
    const { client, scope } = open(({ offset }) => answer(4, offset ?? 0))
    scope.stop()
    await vi.runAllTimersAsync()
    expect(client.calls).toHaveLength(0)
  })
})
