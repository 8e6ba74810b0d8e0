import type { DefenseDefinition } from '../define.js'
import { createRegistry } from '../registry.js'
import { abl } from './abl/index.js'
import { anp } from './anp/index.js'
import { baeraser } from './baeraser/index.js'
import { clp } from './clp.js'
import { finePruning } from './fine-pruning/index.js'
import { fineTuning } from './fine-tuning/index.js'
import { ftSam } from './ft-sam/index.js'
import { iBau } from './i-bau/index.js'
import { mesa } from './mesa/index.js'
import { nad } from './nad/index.js'
import { neuralCleanse } from './neural-cleanse/index.js'
import { rnp } from './rnp/index.js'

export const defenses = createRegistry<DefenseDefinition>('defense', [
  baeraser,
  mesa,
  neuralCleanse,
  iBau,
  fineTuning,
  finePruning,
  nad,
  ftSam,
  clp,
  anp,
  rnp,
  abl,
])
