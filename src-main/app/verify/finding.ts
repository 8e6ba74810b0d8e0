/**
 * damaged: something is wrong with what was kept. lost: a run whose process is gone and whose end is not noted. leftover:
 * what a program that was ended in the middle left behind. note: nothing is wrong, but it was not checked.
 */
export type FindingKind = 'damaged' | 'lost' | 'leftover' | 'note'

export interface Finding {
  readonly kind: FindingKind
  /** Relative to the workspace, or absolute for what lies outside. */
  readonly path: string
  /** In words. */
  readonly text: string
}

export interface Verification {
  readonly workspace: string
  /** What was looked at. */
  readonly checked: {
    readonly runs: number
    readonly events: number
    readonly artifacts: number
    readonly bytes: number
    readonly studies: number
    readonly datasets: number
  }
  readonly findings: readonly Finding[]
}

/** Whether somebody should do something. */
export function isSound({ findings }: Verification): boolean {
  return findings.every(({ kind }) => kind === 'note')
}
