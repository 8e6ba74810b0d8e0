import type { ArtifactRef } from '../model/artifact.js'

export interface Picture {
  readonly path: string
  readonly title: string
}

export interface Sheet extends Picture {
  readonly epoch: number
  /** Such as `epoch 12`. */
  readonly label: string
}

export interface SheetGroup {
  /** Of one defense; empty where there is only one. */
  readonly folder: string
  readonly sheets: readonly Sheet[]
}

/** The path of a sheet: the folder of its defense, if there are several, and the epoch. */
export const RECOVERED_SHEET = /^(.*?)\/?recovered\/epoch-(\d+)\.png$/

export function trueTrigger(artifacts: readonly ArtifactRef[]): Picture | null {
  return artifacts.find(({ path }) => path === 'trigger.png') ?? null
}

/** The pictures of recovered triggers, in order of their epochs, one group per defense. */
export function recoveredSheets(artifacts: readonly ArtifactRef[]): SheetGroup[] {
  const groups = new Map<string, Sheet[]>()
  for (const { path, title } of artifacts) {
    const [, folder, digits] = RECOVERED_SHEET.exec(path) ?? []
    if (folder === undefined || digits === undefined) continue
    const epoch = Number(digits)
    groups.set(folder, [...(groups.get(folder) ?? []), { path, title, epoch, label: `epoch ${epoch}` }])
  }
  return [...groups].map(([folder, sheets]) => ({ folder, sheets: sheets.toSorted((a, b) => a.epoch - b.epoch) }))
}
