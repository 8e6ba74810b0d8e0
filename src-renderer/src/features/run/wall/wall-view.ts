import type { RunState } from '../../../../../src-shared/runs/run-state.js'
import { isOver } from '../../../../../src-shared/runs/run-state.js'
import type { WallFrame } from '../../../ui/wall/answers.js'

export interface DefenseOption {
  readonly index: number
  readonly title: string
}

export interface Words {
  readonly title: string
  readonly text: string
}

type RecordedFrame = WallFrame & { readonly stage: number }
type WithFrames = Pick<RunState, 'record'> & { readonly wall: { readonly frames: readonly RecordedFrame[] } | null }

/** The defenses of a run by name; numbered where there are several, because two can be the same method. */
export function defenseOptions({ record }: Pick<RunState, 'record'>): DefenseOption[] {
  const { defenses } = record.experiment
  return defenses.map(({ id, preset }, index) => {
    const name = record.stages.find((stage) => stage.defense === index)?.title.split(':')[0] ?? id
    const title = preset === undefined ? name : `${name}, preset ${preset}`
    return { index, title: defenses.length > 1 ? `${index + 1} ${title}` : title }
  })
}

export function framesOf({ record, wall }: WithFrames, defense: number): RecordedFrame[] {
  return wall?.frames.filter(({ stage }) => record.stages[stage]?.defense === defense) ?? []
}

/** The one that was at work last, where nobody has chosen. */
export function latestDefense({ record, wall }: WithFrames): number {
  const last = wall?.frames.at(-1)
  return (last === undefined ? null : record.stages[last.stage]?.defense) ?? 0
}

/** Whether there is anything to look at: from then on the wall is what the page shows. */
export function hasAnswers({ wall }: Pick<RunState, 'wall'>): boolean {
  return wall !== null && wall.frames.length > 0
}

/** Why there are no answers to show, in words. Null when there are. */
export function whyNoAnswers(state: RunState, defense: number): Words | null {
  const { record, wall, stageIndex, stageTimes } = state
  if (framesOf(state, defense).length > 0) return null
  if (record.experiment.attack === null && record.experiment.victim !== undefined) {
    return {
      title: 'The trigger is not known',
      text: 'This victim was imported without a trigger, so there are no triggered images to follow. What the defenses found is in their results.',
    }
  }
  if (record.experiment.attack === null) {
    return {
      title: 'Nothing to trigger',
      text: 'This experiment has no attack, so there are no triggered images to follow. Add one with “Edit a copy”.',
    }
  }
  if (record.experiment.defenses.length === 0) {
    return {
      title: 'No defense to watch',
      text: 'This experiment plants a backdoor and leaves it in. Add a defense with “Edit a copy” to see it go away.',
    }
  }
  const evaluated = record.stages.findIndex(({ kind, defense: of }) => kind === 'evaluate' && of === defense)
  const outcome = record.summary?.defenses[defense]?.outcome
  if (outcome === 'no-backdoor-found' || (evaluated !== -1 && stageTimes[evaluated] !== undefined)) {
    return {
      title: 'Nothing was repaired',
      text: 'The defense found no backdoor and left the model as it was, so no answer changed.',
    }
  }
  if (isOver(record)) {
    return {
      title: 'The run ended before the repair',
      text: 'Answers to triggered images would be followed here while a defense changes the model.',
    }
  }
  const stage = stageIndex === null ? null : record.stages[stageIndex]?.title
  const now = stage === undefined || stage === null ? 'The run is waiting for the engine.' : `Now: ${stage}.`
  return {
    title: wall === null ? 'The wall is not hung yet' : 'The wall is hung',
    text:
      wall === null
        ? `Triggered test images hang here once the victim has been trained and measured. ${now}`
        : `What the model answers to these images is followed as soon as a defense changes it. ${now}`,
  }
}

/** Names of the classes where the run knows them, otherwise their numbers. */
export function classNames({ record }: Pick<RunState, 'record'>): (index: number) => string {
  const known = new Map(
    record.summary?.defenses
      .flatMap(({ detection }) => detection?.classes ?? [])
      .map((each) => [each.class, each.name]),
  )
  return (index) => known.get(index) ?? String(index)
}
