import type { Region } from '../../../../src-shared/model/inspection.js'

/** What is drawn around on an image: the attacker's trigger, or one that a defense recovered. */
export interface HeatOutline {
  readonly kind: 'true' | 'recovered'
  readonly region: Region
}
