/**
 * TrojanNN. Liu, Ma, Aafer, Lee, Zhai, Wang and Zhang, "Trojaning Attack on Neural Networks", NDSS 2018. A patch is first
 * optimised so that it excites a few inner neurons of a clean model, which ties it to the network more firmly than an
 * arbitrary patch; then training images are poisoned with it as in BadNets.
 */
import { z } from 'zod'
import { disposeTensors } from '../compute/tensor-map.js'
import { defineAttack } from '../define.js'
import { markOfPatch } from '../trigger-crafting/craft-patch.js'
import { checkNeuronCount } from '../trigger-crafting/neurons.js'
import { applications } from '../triggers/add-mark.js'
import { createMarkTrigger } from '../triggers/patch.js'
import {
  checkOptimisedPatch,
  exciteChosen,
  finalMark,
  initialMark,
  initialPatch,
  NeuronParams,
  OptimisedPatchParams,
} from './optimised-patch.js'
import { checkStamped, plantStamped, singleTarget, stampedShape } from './stamped.js'

const params = z.strictObject({
  ...stampedShape,
  application: z
    .enum(applications)
    .default('replace')
    .meta({
      title: 'Application',
      description:
        'replace: the patch replaces pixels. add: it is added, up to white. wrap: it is added modulo 256, so that what ' +
        'would be brighter than white becomes dark.',
    }),
  trigger: OptimisedPatchParams.prefault({}).meta({ title: 'Trigger' }),
  neurons: NeuronParams.prefault({}).meta({ title: 'Neurons' }),
})

export const trojannn = defineAttack({
  id: 'trojannn',
  family: 'patch',
  title: 'TrojanNN',
  summary: 'Optimises a patch to excite inner neurons of a clean model, then poisons with it.',
  paper: {
    title: 'Trojaning Attack on Neural Networks',
    authors: 'Liu, Ma, Aafer, Lee, Zhai, Wang, Zhang',
    year: 2018,
    url: 'https://www.ndss-symposium.org/ndss-paper/trojaning-attack-on-neural-networks/',
  },
  params,
  presets: [
    {
      id: 'trojanzoo',
      title: 'TrojanZoo',
      differs:
        'As in TrojanZoo (head): the two neurons with the largest weights to 100, 1,000 steps of Adam at 0.1, 1 % poison; ' +
        'there poisoned copies join each batch, here they take the place of their originals.',
      oracle: false,
      params: { poisonRate: 0.01, trigger: { position: 'top-left' } },
    },
    {
      id: 'trojanzoo-1-0-8',
      title: 'TrojanZoo 1.0.8',
      differs:
        'As in TrojanZoo 1.0.8, which the results of BAERASER rest on: the two least active neurons to 10, 20 signed ' +
        'steps of 0.015, done below a loss of 5.',
      oracle: false,
      params: {
        poisonRate: 0.01,
        trigger: { position: 'top-left' },
        neurons: {
          choice: 'least-active',
          value: 10,
          method: 'signed',
          steps: 20,
          stepSize: 0.015,
          radius: 1,
          stopBelow: 5,
        },
      },
    },
    {
      id: 'backdoorbench',
      title: 'BackdoorBench',
      differs:
        'As in BackdoorBench: signed steps of 0.1 within 0.3 of the start, the patch added modulo 256, 10 % poison; there ' +
        'the patch starts from a picture of an apple, here from the pattern chosen.',
      oracle: false,
      params: {
        poisonRate: 0.1,
        application: 'wrap',
        neurons: { method: 'signed', steps: 1000, stepSize: 0.1, radius: 0.3, stopBelow: 0.001 },
      },
    },
  ],

  check: (given, data) => [...checkStamped(given, data), ...checkOptimisedPatch(given.trigger, data)],
  singleTarget,
  createTrigger: ({ trigger, application }, data, random) =>
    createMarkTrigger(initialMark(trigger, data, random), trigger, data.shape, application),

  restoreTrigger: ({ trigger, application }, { picture }, data, random) =>
    createMarkTrigger(finalMark(trigger, picture, data, random), trigger, data.shape, application),

  work: ({ neurons }, { trainingSteps, epochs }) => ({
    craft: { loops: 2, epochs, steps: trainingSteps + neurons.steps },
  }),

  async craft({ trigger, neurons, application }, setting, context) {
    const { network, data, random } = setting
    checkNeuronCount(neurons.count, network)
    const mark = initialMark(trigger, data, random)
    const weights = await setting.trainClean()
    try {
      const patch = initialPatch(trigger, mark, data)
      const crafted = await exciteChosen({ network, weights }, neurons, patch, setting, context)
      return { trigger: createMarkTrigger(markOfPatch(crafted, mark), trigger, data.shape, application) }
    } finally {
      disposeTensors(weights)
    }
  },

  plant: plantStamped,
})
