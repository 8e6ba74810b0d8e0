import { MODEL_FORMAT, MODEL_VERSION } from '../../src-shared/model/imported-model.js'
import type { FileForm } from './versioned-file.js'

/** In the folder of an imported model: what is known of it, and its weights. */
export const MODEL_FILE = 'model.json'
export const MODEL_WEIGHTS = 'weights.safetensors'

export const MODEL_FORM: FileForm = { format: MODEL_FORMAT, version: MODEL_VERSION, title: 'an imported model' }
