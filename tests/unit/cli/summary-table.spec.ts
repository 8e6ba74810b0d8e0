import { describe, expect, it } from 'vitest'
import type { DefenseSummary, RunRecord, RunSummary } from '../../../src-shared/model/run-record.js'
import { formatSummary } from '../../../src-main/cli/summary-table.js'
import { secondsOf } from '../../helpers/seconds.js'

const defense: DefenseSummary = {
  id: 'baeraser',
  preset: null,
  knowledge: 'defender',
  outcome: 'repaired',
  keptEpoch: 12,
  detection: {
    threshold: 0.2,
    target: 1,
    classes: [
      { class: 0, name: 'cat', recoveredSuccess: 0.01, baseRate: 0 },
      { class: 1, name: 'dog', recoveredSuccess: 0.86, baseRate: 0 },
    ],
  },
  findings: [],
  after: { cleanAccuracy: 0.979, attackSuccessRate: 0.001, robustAccuracy: 0.969, baseRate: 0.001 },
}
const summary: RunSummary = {
  before: { cleanAccuracy: 0.98, attackSuccessRate: 0.976, robustAccuracy: 0.024, baseRate: 0.003 },
  attackTook: true,
  testImages: 1875,
  triggeredImages: 1687,
  defenses: [defense],
  seconds: secondsOf({ train: 40, recover: 50, unlearn: 10, evaluate: 1, total: 107 }),
  peakMemoryMb: 672.4,
  tensorsLeft: 0,
}
const record = {
  experiment: { attack: { id: 'badnets', params: { targetClass: 1 } }, defenses: [{}] },
} as unknown as RunRecord

describe('the summary of a run', () => {
  it('shows before, after and the change, the numbers right-aligned', () => {
    expect(formatSummary(record, summary)).toMatchInlineSnapshot(`
      "baeraser
      Target class found: dog, which is right. Recovered triggers succeed in 86.0 %, for any other class in at most 1.0 %.
      The weights of epoch 12 were kept.

                            before    after   change
      Clean accuracy        98.0 %   97.9 %     -0.1
      Attack success rate   97.6 %    0.1 %    -97.5
      Robust accuracy        2.4 %   96.9 %    +94.5
      Base rate              0.3 %    0.1 %     -0.2

      Measured on 1875 test images that no defense has seen, 1687 of them with the trigger. 1 min 47 s in all, at most 672 MB."
    `)
  })

  it('says when the defense named the wrong class, and when it found none', () => {
    const wrong = {
      ...record,
      experiment: { ...record.experiment, attack: { id: 'badnets', params: { targetClass: 0 } } },
    }
    expect(formatSummary(wrong as RunRecord, summary)).toContain('but the true target is 0')
    const each = {
      ...record,
      experiment: { ...record.experiment, attack: { id: 'badnets', params: { targetClass: 0, labels: 'all2all' } } },
    }
    expect(formatSummary(each as RunRecord, summary)).toContain('one of several: each class has a target of its own')
    const none: DefenseSummary = {
      ...defense,
      outcome: 'no-backdoor-found',
      detection: { ...defense.detection!, target: null },
    }
    const text = formatSummary(record, { ...summary, defenses: [none] })
    expect(text).toContain('No backdoor found: recovered triggers succeed at most in 86.0 % (class dog).')
    expect(text).toContain('The model was left as it was.')
  })

  it('tells what the method did, and which of its epochs was kept', () => {
    const pruned: DefenseSummary = {
      ...defense,
      id: 'fine-pruning',
      detection: null,
      findings: ['3 of 64 channels pruned.'],
      keptEpoch: 0,
    }
    expect(formatSummary(record, { ...summary, defenses: [pruned] })).toContain(
      'fine-pruning\n3 of 64 channels pruned.\nThe weights before the first epoch were kept.\n',
    )
  })

  it('marks what used the knowledge of the attacker', () => {
    const oracle: DefenseSummary = { ...defense, preset: 'oracle', knowledge: 'oracle', detection: null }
    expect(formatSummary(record, { ...summary, defenses: [oracle] })).toContain(
      'baeraser, preset oracle (oracle: used what only the attacker knows)',
    )
  })

  it('shows the victim alone when there was no defense, and no figures that nobody knows', () => {
    const before = { cleanAccuracy: 0.98, attackSuccessRate: null, robustAccuracy: null, baseRate: null }
    const text = formatSummary(record, { ...summary, before, triggeredImages: 0, defenses: [] })
    expect(text).toMatch(/Attack success rate +unknown/)
    expect(text).not.toContain('with the trigger')
  })
})
