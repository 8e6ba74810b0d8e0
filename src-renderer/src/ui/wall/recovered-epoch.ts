/** A contact sheet of the triggers that a defense recovered by the end of an epoch. */
export interface RecoveredEpoch {
  readonly epoch: number
  readonly url: string
  readonly title: string
  /** Share of the defender's images that its triggers turn to the class they were made for; null if not measured. */
  readonly success: number | null
}
