import { describe, expect, it } from 'vitest'
import { AppError } from '../../../src-shared/contract/errors.js'
import { solidMark } from '../../../src-shared/trigger/mark.js'
import { planExperiment } from '../../../src-main/lab/experiment-plan.js'
import { previewTrigger } from '../../../src-main/lab/preview-trigger.js'
import { highest } from '../../../src-main/lab/trigger-crafting/neurons.js'
import { addMark } from '../../../src-main/lab/triggers/add-mark.js'
import { memoryReader } from '../../helpers/memory-host.js'

const digits = { dataset: { id: 'mnist-10k' }, model: { id: 'small-cnn' } }

function refusal(experiment: object): string[] {
  try {
    planExperiment({ ...digits, ...experiment })
  } catch (error) {
    if (error instanceof AppError) return (error.fields ?? []).map(({ path, message }) => `${path} ${message}`)
    throw error
  }
  return []
}

describe('an attack that optimises its trigger', () => {
  it('gets a stage for it before anything is poisoned', () => {
    const kinds = (id: string) => planExperiment({ ...digits, attack: { id } }).stages.map(({ kind }) => kind)
    expect(kinds('trojannn')).toEqual(['load', 'craft', 'poison', 'train', 'evaluate'])
    expect(kinds('badnets')).toEqual(['load', 'poison', 'train', 'evaluate'])
  })

  it('says in the preview that its trigger is not the final one', async () => {
    const experiment = { ...digits, seed: 1, attack: { id: 'imc' } }
    const { note, trigger } = await previewTrigger({ experiment, offset: 0, count: 2 }, memoryReader)
    expect(note).toMatch(/^IMC optimises its trigger when the run starts/)
    expect(trigger).toMatchObject({ height: 3, width: 3 })
  })

  it('needs one place', () => {
    const attack = { id: 'trojannn', params: { trigger: { position: 'random' } } }
    expect(refusal({ attack }).join()).toContain('the trigger is optimised for one place')
  })
})

describe('labels that differ from class to class', () => {
  it('leave nothing to be told to a defense that asks for the target', () => {
    const attack = { id: 'badnets', params: { labels: 'all2all' } }
    expect(refusal({ attack, defenses: [{ id: 'baeraser', preset: 'oracle' }] }).join()).toContain(
      'needs an attack with one target class',
    )
    expect(refusal({ attack, defenses: [{ id: 'baeraser' }] })).toEqual([])
  })
})

describe('a mark that is added', () => {
  const mark = solidMark(1, 2, 1, [100, 30])
  const added = (overflow: 'add' | 'wrap', opacity = 1): number[] => {
    const pixels = Uint8Array.of(9, 200, 10, 9)
    addMark(pixels, 2, mark, { row: 0, column: 0 }, opacity, overflow)
    addMark(pixels, 2, mark, { row: 1, column: 0 }, opacity, overflow)
    return [...pixels]
  }

  it('stops at white, or wraps past it to black', () => {
    expect(added('add')).toEqual([109, 230, 110, 39])
    const bright = Uint8Array.of(200)
    addMark(bright, 1, solidMark(1, 1, 1, [100]), { row: 0, column: 0 }, 1, 'add')
    expect([...bright]).toEqual([255])
    const wrapped = Uint8Array.of(200)
    addMark(wrapped, 1, solidMark(1, 1, 1, [100]), { row: 0, column: 0 }, 1, 'wrap')
    expect([...wrapped]).toEqual([44])
  })

  it('is weighed by opacity', () => {
    expect(added('add', 0.5)).toEqual([59, 215, 60, 24])
  })
})

describe('the choice of neurons', () => {
  it('takes the highest first, and of equals the earlier', () => {
    expect(highest([1, 5, 5, 7, 0], 3)).toEqual([3, 1, 2])
  })
})
