/**
 * Fine-tuning: the victim is trained on with clean images alone, in the hope that it forgets what they do not show. The
 * plainest of repairs, which others are measured against; studied as a defense by Liu, Dolan-Gavitt and Garg,
 * "Fine-Pruning", RAID 2018 (arXiv 1805.12185).
 */
import { defineDefense } from '../../define.js'
import { accuracyJudge } from './accuracy-judge.js'
import { fineTune } from './fine-tune.js'
import { backdoorbenchTraining, FineTuningParams, keepLast } from './params.js'

export const fineTuning = defineDefense({
  id: 'fine-tuning',
  family: 'training',
  title: 'Fine-tuning',
  summary: "Goes on training the victim with the defender's clean images.",
  paper: {
    title: 'Fine-Pruning: Defending Against Backdooring Attacks on Deep Neural Networks',
    authors: 'Liu, Dolan-Gavitt, Garg',
    year: 2018,
    url: 'https://arxiv.org/abs/1805.12185',
  },
  params: FineTuningParams,
  presets: [
    {
      id: 'backdoorbench',
      title: 'BackdoorBench',
      differs:
        'Hundred epochs of SGD 0.01 in batches of 256 with shifted images; the last epoch is kept. The flip that it adds ' +
        'for CIFAR-10 alone is not in it.',
      oracle: false,
      params: { training: { ...backdoorbenchTraining, epochs: 100 }, selection: keepLast },
    },
  ],
  stages: [{ kind: 'fine-tune', title: 'Fine-tune' }],

  check: () => [],

  async repair(view, { layers, training, selection }, context) {
    context.enterStage('fine-tune')
    const { network, weights: start } = view.victim
    const judge = await accuracyJudge(view, selection.accuracyFloor, context)
    const { slowDowns } = selection
    const job = { start, options: training, slowDowns, judge, random: view.random.within('fine-tune') }
    const classifier = `${network.classifierLayer}.`
    const { weights, keptEpoch } = await fineTune(
      view,
      layers === 'all' ? job : { ...job, isTrained: (name) => name.startsWith(classifier) },
      context,
    )
    return { outcome: keptEpoch === 0 ? 'not-improved' : 'repaired', weights, detection: null, keptEpoch }
  },
})
