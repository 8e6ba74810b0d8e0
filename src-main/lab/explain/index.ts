import type { ExplainerDefinition } from '../define.js'
import { createRegistry } from '../registry.js'
import { gradCam } from './grad-cam.js'
import { gradCamPlusPlus } from './grad-cam-plus-plus.js'
import { inputGradient } from './input-gradient.js'
import { integratedGradients } from './integrated-gradients.js'
import { occlusion } from './occlusion.js'
import { scoreCam } from './score-cam.js'
import { smoothGrad } from './smooth-grad.js'

export const explainers = createRegistry<ExplainerDefinition>('explainer', [
  gradCam,
  gradCamPlusPlus,
  inputGradient,
  smoothGrad,
  integratedGradients,
  occlusion,
  scoreCam,
])
