import type { AttackDefinition } from '../define.js'
import { createRegistry } from '../registry.js'
import { adaptiveBlend } from './adaptive-blend.js'
import { badnets } from './badnets.js'
import { blended } from './blended.js'
import { bpp } from './bpp.js'
import { imc } from './imc.js'
import { sig } from './sig.js'
import { inputAware } from './input-aware.js'
import { labelConsistent } from './label-consistent.js'
import { lowFrequency } from './low-frequency.js'
import { trojannn } from './trojannn.js'
import { wanet } from './wanet.js'

export const attacks = createRegistry<AttackDefinition>('attack', [
  badnets,
  trojannn,
  imc,
  blended,
  adaptiveBlend,
  sig,
  wanet,
  bpp,
  lowFrequency,
  labelConsistent,
  inputAware,
])
