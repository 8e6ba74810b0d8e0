import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

/** A file that PyTorch or NumPy wrote (tests/golden/make-model-files.py). */
export function modelFile(name: string): Uint8Array {
  return Uint8Array.from(gunzipSync(readFileSync(new URL(`../fixtures/models/${name}.gz`, import.meta.url))))
}
