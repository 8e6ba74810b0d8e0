import type { GoldenGroup } from '../../helpers/golden.js'
import { attackStepCases } from './attack-steps.js'
import { defenseCases } from './defenses.js'
import { detectorCases } from './detectors.js'
import { explainerCases } from './explainers.js'
import { layerCases } from './layers.js'
import { lossCases } from './loss.js'
import { mesaCases } from './mesa.js'
import { modelCases } from './models.js'
import { optimizerCases } from './optimizers.js'
import { repairCases } from './repairs.js'
import { smallCnnCases } from './small-cnn.js'
import { triggerCraftingCases } from './trigger-crafting.js'
import { triggerRecoveryCases } from './trigger-recovery.js'
import { triggerCases } from './triggers.js'
import { unlearningDefenseCases } from './unlearning-defenses.js'
import { unlearningCases } from './unlearning.js'

/** All golden cases, by the file that holds their values. */
export const goldenGroups: readonly GoldenGroup[] = [
  layerCases,
  lossCases,
  smallCnnCases,
  modelCases,
  optimizerCases,
  triggerRecoveryCases,
  unlearningCases,
  repairCases,
  defenseCases,
  triggerCases,
  attackStepCases,
  triggerCraftingCases,
  mesaCases,
  unlearningDefenseCases,
  explainerCases,
  detectorCases,
]
