import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { encode } from 'fast-png'
import { ArtifactRef } from '../../src-shared/model/artifact.js'
import type { RunFiles } from '../lab/run-context.js'
import { encodeSafetensors, type StoredTensor } from '../../src-shared/weights/safetensors.js'
import { writeWhole } from '../storage/write-whole.js'

/** Puts a run's files into its folder, each whole, and announces each. */
export function createRunFiles(folder: string, announce: (artifact: ArtifactRef) => void): RunFiles {
  const save = async (path: string, title: string, mediaType: string, content: string | Uint8Array): Promise<void> => {
    const artifact = ArtifactRef.parse({ path, title, mediaType, byteLength: 0 })
    await writeWhole(join(folder, path), content)
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
    announce({ ...artifact, byteLength: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') })
  }
  return {
    async saveTensors(path, title, tensors, metadata) {
      const stored: Record<string, StoredTensor> = {}
      for (const [name, tensor] of Object.entries(tensors)) {
        stored[name] = { shape: tensor.shape, values: Float32Array.from(await tensor.data()) }
      }
      await save(path, title, 'application/x-safetensors', encodeSafetensors(stored, metadata))
    },
    async saveImage(path, title, { shape, pixels }) {
      const { width, height, channels } = shape
      if (channels < 1 || channels > 4) throw new Error(`A picture has 1 to 4 channels, not ${channels}`)
      await save(path, title, 'image/png', encode({ width, height, channels, depth: 8, data: pixels }))
    },
    saveJson: (path, title, value) => save(path, title, 'application/json', `${JSON.stringify(value, null, 2)}\n`),
  }
}
