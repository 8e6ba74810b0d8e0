import type { DetectorDefinition } from '../define.js'
import { createRegistry } from '../registry.js'
import { activationClustering } from './activation-clustering.js'
import { generativeScan } from './generative-scan.js'
import { scaleUp } from './scale-up.js'
import { spectralSignatures } from './spectral-signatures.js'
import { strip } from './strip.js'

export const detectors = createRegistry<DetectorDefinition>('detector', [
  strip,
  scaleUp,
  activationClustering,
  spectralSignatures,
  generativeScan,
])
