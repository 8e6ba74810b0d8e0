// Plants every attack once in a model of digits and once in one of CIFAR-10, and prints the table of docs/results.md, beside
// a model of the same data that was not attacked.
//
//   npm run results -- attacks
//   npm run results -- attacks --data digits --attacks clean,blended     a part of it

import { parseArgs } from 'node:util'
import { machineLine, row } from './machine.mjs'
import { percent, runExperiment } from './run-cli.mjs'

const CLEAN = 'clean'

/**
 * What differs from an attack's defaults, by the data; an attack that has nothing here is as it comes.
 * @typedef {{ settings: string[], attacks: Record<string, object> }} Setup
 * @type {Record<string, Setup>}
 */
const setups = {
  digits: {
    settings: ['--set', 'dataset.id=mnist-10k', '--set', 'model.id=small-cnn', '--set', 'training.epochs=6'],
    attacks: {
      // Digits are nearly black and white as they are.
      bpp: { trigger: { levels: 2 } },
      sig: { trigger: { testAmplitude: 60 } },
      // On a black ground small patches in the corners are hardly needed to tell a nought.
      'label-consistent': {
        poisonRate: 0.9,
        trigger: { size: 5, pattern: 'checkerboard' },
        perturbation: { steps: 20, stepSize: 2 },
      },
      // Six epochs are few for masks as small as published.
      'input-aware': { mask: { density: 0.1 } },
    },
  },
  'CIFAR-10': {
    settings: [
      '--set',
      'dataset={"id":"image-folder","params":{"name":"cifar10","trainImages":6000,"testImages":2000}}',
      '--set',
      'model.id=resnet8',
      '--set',
      'training={"epochs":8,"learningRate":0.1,"batchSize":64}',
    ],
    attacks: {
      // A hundred poisoned images are too few to be learnt in eight epochs.
      'adaptive-blend': { poisonRate: 0.1, coverRate: 0.05 },
      // Six thousand images and a narrow network hardly learn half a pixel.
      wanet: { trigger: { strength: 2 } },
    },
  },
}
const attacks = [
  CLEAN,
  'badnets',
  'blended',
  'adaptive-blend',
  'sig',
  'label-consistent',
  'wanet',
  'bpp',
  'low-frequency',
  'input-aware',
]

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: {
    data: { type: 'string', default: Object.keys(setups).join(',') },
    attacks: { type: 'string', default: attacks.join(',') },
    seed: { type: 'string', default: '1' },
    workspace: { type: 'string', default: 'workspace' },
  },
})

const lines = [
  machineLine(),
  '',
  row([
    'images',
    'attack',
    'differs from its defaults',
    'clean accuracy',
    'attack success',
    'robust',
    'base rate',
    'seconds',
  ]),
  row(Array.from({ length: 8 }, () => '---')),
]
for (const data of values.data.split(',')) {
  const setup = setups[data]
  if (setup === undefined) throw new Error(`--data ${data}: known are ${Object.keys(setups).join(', ')}`)
  for (const attack of values.attacks.split(',')) {
    const params = setup.attacks[attack] ?? {}
    const choice = attack === CLEAN ? 'null' : JSON.stringify({ id: attack, params })
    const { before, seconds } = await runExperiment([
      'default',
      ...setup.settings,
      '--set',
      `attack=${choice}`,
      '--set',
      'defenses=[]',
      '--seed',
      values.seed,
      '--workspace',
      values.workspace,
    ])
    lines.push(
      row([
        data,
        attack === CLEAN ? 'none' : `\`${attack}\``,
        Object.keys(params).length === 0 ? '' : `\`${JSON.stringify(params)}\``,
        percent(before.cleanAccuracy),
        percent(before.attackSuccessRate),
        percent(before.robustAccuracy),
        percent(before.baseRate),
        (seconds['total'] ?? 0).toFixed(0),
      ]),
    )
  }
}
process.stdout.write(`${lines.join('\n')}\n`)
