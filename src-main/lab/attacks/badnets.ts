/**
 * BadNets. Gu, Dolan-Gavitt and Garg, "BadNets: Identifying Vulnerabilities in the Machine Learning Model Supply Chain",
 * 2017 (arXiv 1708.06733). A small patch is stamped on a share of the training images, whose labels are set to the
 * target; the trained network then answers the target wherever it sees the patch.
 */
import { z } from 'zod'
import { defineAttack } from '../define.js'
import { checkPatchTrigger, createPatchTrigger, PatchParams } from '../triggers/patch.js'
import { checkStamped, plantStamped, singleTarget, stampedShape } from './stamped.js'

const params = z.strictObject({ ...stampedShape, trigger: PatchParams.prefault({}).meta({ title: 'Trigger' }) })

export const badnets = defineAttack({
  id: 'badnets',
  family: 'patch',
  title: 'BadNets',
  summary: 'Stamps a small patch on a share of the training images and relabels them as the target class.',
  paper: {
    title: 'BadNets: Identifying Vulnerabilities in the Machine Learning Model Supply Chain',
    authors: 'Gu, Dolan-Gavitt, Garg',
    year: 2017,
    url: 'https://arxiv.org/abs/1708.06733',
  },
  params,
  presets: [
    {
      id: 'white-corner',
      title: 'White square in the corner',
      differs: 'The classic setting: a white 3 x 3 square at the bottom right, 10 % poison.',
      oracle: false,
      params: { poisonRate: 0.1, trigger: { pattern: 'white', position: 'bottom-right' } },
    },
    {
      id: 'nad-grid',
      title: 'Grid in the corner',
      differs:
        'As in the experiments of NAD (Li et al., 2021): a 3 x 3 grid at the bottom right, 10 % poison, target 5.',
      oracle: false,
      params: { targetClass: 5, poisonRate: 0.1, trigger: { pattern: 'grid', position: 'bottom-right' } },
    },
  ],

  check: (given, data) => [
    ...checkStamped(given, data),
    ...checkPatchTrigger(given.trigger, data.shape).map((error) => ({ ...error, path: `trigger.${error.path}` })),
  ],

  singleTarget,
  createTrigger: ({ trigger }, data, random) => createPatchTrigger(trigger, data.shape, random.stream('trigger')),
  plant: plantStamped,
})
