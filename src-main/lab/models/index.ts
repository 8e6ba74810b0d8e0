import type { ModelDefinition } from '../define.js'
import { createRegistry } from '../registry.js'
import { smallCnn } from './small-cnn.js'

export const models = createRegistry<ModelDefinition>('model', [smallCnn])
