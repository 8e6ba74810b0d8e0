import type { InspectedModel, Inspection } from '../../../../src-shared/model/inspection.js'

/** What has to be known of a run before one looks into it. */
export interface Remark {
  /** Whether something is missing that should be there; else it is only worth knowing. */
  readonly isProblem: boolean
  readonly text: string
}

/** What of a run cannot be looked into, and why, and which of its models are no different; the rest can. */
export function remarksOn(
  { attack, status }: Pick<Inspection, 'attack' | 'status'>,
  victim: InspectedModel,
  repaired: InspectedModel | null,
): Remark[] {
  const problem = (text: string): Remark => ({ isProblem: true, text })
  const fact = (text: string): Remark => ({ isProblem: false, text })
  const isUnderWay = status === 'running' || status === 'queued'
  const wait = isUnderWay ? ' What the run saves can be looked at here as soon as it is there.' : ''
  // What has not come that far is no damage.
  const absent = isUnderWay ? fact : problem
  const remarks: Remark[] = []
  if (victim.problem !== null) remarks.push(absent(`The victim cannot be asked. ${victim.problem}${wait}`))
  if (repaired === null) remarks.push(fact('This run has no defense, so there is nothing repaired to compare with.'))
  else if (repaired.problem !== null) {
    const text = `What ${repaired.title} made of the victim cannot be asked. ${repaired.problem}`
    remarks.push(absent(victim.problem === null ? `${text}${wait}` : text))
  } else if (repaired.outcome === 'no-backdoor-found') {
    remarks.push(fact(`${repaired.title} found no backdoor and left the victim as it was: both models are the same.`))
  } else if (repaired.outcome === 'not-improved') {
    remarks.push(fact(`${repaired.title} saw no better weights than the victim's and kept those: both are the same.`))
  }
  if (attack === null) remarks.push(fact('This run has no attack, so its images are shown without a trigger.'))
  else if (attack.problem !== null) remarks.push(absent(`Images cannot be triggered. ${attack.problem}`))
  return remarks
}
