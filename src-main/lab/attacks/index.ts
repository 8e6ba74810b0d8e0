import type { AttackDefinition } from '../define.js'
import { createRegistry } from '../registry.js'
import { badnets } from './badnets.js'

export const attacks = createRegistry<AttackDefinition>('attack', [badnets])
