import type { DefenseDefinition } from '../define.js'
import { createRegistry } from '../registry.js'
import { baeraser } from './baeraser/index.js'

export const defenses = createRegistry<DefenseDefinition>('defense', [baeraser])
