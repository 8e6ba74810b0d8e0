import { beforeAll, describe, expect, it } from 'vitest'
import type { ReproducibilityCard } from '../../../src-shared/model/card.js'
import { cardOf, compareCards } from '../../../src-shared/runs/card.js'
import { storedRun } from '../../helpers/stored-run.js'

describe('comparing a repetition with its card', () => {
  let card: ReproducibilityCard
  beforeAll(async () => {
    const { record, events } = await storedRun()
    card = cardOf(record, events)
  })

  const otherSum = 'f'.repeat(64)
  const withAfter = (
    change: Partial<ReproducibilityCard['weights'][number]>,
    accuracy: number,
  ): ReproducibilityCard => ({
    ...card,
    weights: card.weights.map((each) => ({ ...each, ...change })),
    results: {
      ...card.results!,
      defenses: card.results!.defenses.map((each) => ({ ...each, after: { ...each.after, cleanAccuracy: accuracy } })),
    },
  })
  const accuracy = (): number => card.results!.defenses[0]!.after.cleanAccuracy

  it('finds a run identical to itself', () => {
    expect(compareCards(card, card)).toEqual({ verdict: 'identical', conditions: [], differences: [] })
  })

  it('allows no other bit where everything is the same, on one thread', () => {
    const { verdict, differences } = compareCards(card, withAfter({ sha256: otherSum }, accuracy()))
    expect(verdict).toBe('different')
    expect(differences.map(({ what }) => what)).toEqual(['weights.victim.safetensors', 'weights.repaired.safetensors'])
  })

  it('allows rates to differ a little on several threads or by another version, and says why', () => {
    const other = withAfter({ sha256: otherSum }, accuracy() - 0.02)
    const elsewhere = { ...other, engine: { ...other.engine!, threads: 2 }, versions: { ...other.versions, tfjs: '9' } }
    const { verdict, conditions, differences } = compareCards(card, elsewhere)
    expect(verdict).toBe('within-tolerance')
    expect(conditions.map(({ what }) => what)).toEqual(['versions.tfjs', 'engine.threads', 'one thread'])
    expect(differences.map(({ what }) => what)).toContain('defense-1.cleanAccuracy')
    expect(compareCards(card, elsewhere, 0.01).verdict).toBe('different')
  })

  it('allows neither other images nor another outcome, whatever the machine', () => {
    const threads = { engine: { ...card.engine!, threads: 2 } }
    expect(compareCards({ ...card, images: '10-a 5-b' }, { ...card, ...threads, images: '10-a 5-c' }).verdict).toBe(
      'different',
    )
    const missed = {
      ...card,
      ...threads,
      metrics: otherSum,
      results: {
        ...card.results!,
        defenses: card.results!.defenses.map((each) => ({ ...each, outcome: 'no-backdoor-found' as const })),
      },
    }
    expect(compareCards(card, missed).verdict).toBe('different')
  })
})
