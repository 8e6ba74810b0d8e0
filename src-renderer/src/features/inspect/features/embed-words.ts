import type { EmbedMethod } from '../../../../../src-shared/model/inspection.js'

export type EmbedKind = EmbedMethod['kind']

export const embedTitles: Readonly<Record<EmbedKind, string>> = {
  pca: 'Principal components',
  't-sne': 't-SNE',
  umap: 'UMAP',
}

/** How a picture was made, in a few words. */
export function embedWords(method: EmbedMethod): string {
  switch (method.kind) {
    case 'pca':
      return embedTitles.pca
    case 't-sne':
      return `t-SNE, perplexity ${method.perplexity}, ${method.iterations} iterations`
    case 'umap':
      return `UMAP, ${method.neighbours} neighbours, minimum distance ${method.minDistance}, ${method.iterations} iterations, seed ${method.seed}`
  }
}
