import type { DatasetDefinition } from '../define.js'
import { createRegistry } from '../registry.js'
import { mnist10k } from './mnist-10k.js'

export const datasets = createRegistry<DatasetDefinition>('dataset', [mnist10k])
