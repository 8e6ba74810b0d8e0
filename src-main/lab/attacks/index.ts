import type { AttackDefinition } from '../define.js'
import { createRegistry } from '../registry.js'
import { badnets } from './badnets.js'
import { imc } from './imc.js'
import { trojannn } from './trojannn.js'

export const attacks = createRegistry<AttackDefinition>('attack', [badnets, trojannn, imc])
