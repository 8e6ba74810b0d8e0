import type { ImageSet } from './image-set.js'

/** Tells sets of images from others of the same number: FNV-1a over labels and pixels. Not against intent. */
export function fingerprint(sets: readonly ImageSet[]): string {
  return sets
    .map(({ labels, pixels }) => {
      const hash = fnv(pixels, fnv(labels, 0x811c9dc5))
      return `${labels.length}-${(hash >>> 0).toString(16)}`
    })
    .join(' ')
}

function fnv(bytes: Uint8Array, start: number): number {
  let hash = start
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193)
  return hash
}
