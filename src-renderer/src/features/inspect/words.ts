import type { InspectedModel } from '../../../../src-shared/model/inspection.js'
import { percent } from '../../ui/format.js'
import type { Side, ViewName } from './inspect-place.js'

export const viewTitles: Readonly<Record<ViewName, string>> = {
  clean: 'Clean',
  triggered: 'Triggered',
  recovered: 'Recovered trigger',
}

export const sideTitles: Readonly<Record<Side, string>> = { victim: 'Victim', repaired: 'Repaired' }

export function sideOf({ defense }: InspectedModel): Side {
  return defense === null ? 'victim' : 'repaired'
}

export function answerWords(answer: string, confidence: number): string {
  return `answer ${answer}, ${percent(confidence)}`
}
