import type { RunEvent } from '../../src-shared/contract/events.js'
import type { Stage } from '../../src-shared/model/run-record.js'
import { createLiveLine } from './live-line.js'
import { duration, percent } from './output.js'

export interface ProgressLine {
  show(event: RunEvent): void
  /** Takes the live line away. */
  end(): void
}

/** Follows a run for people: one live line on a terminal, plain lines elsewhere. */
export function createProgressLine(stream: NodeJS.WriteStream): ProgressLine {
  const { line, replace, clear } = createLiveLine(stream)
  let stages: readonly Stage[] = []
  const titleOf = (index: number): string => stages[index]?.title ?? ''

  return {
    end: clear,
    show(event) {
      switch (event.type) {
        case 'run.planned':
          stages = event.stages
          line(`Engine: ${describeEngine(event.engine)}`)
          return
        case 'run.stage':
          line(`[${event.index + 1}/${stages.length}] ${titleOf(event.index)}`)
          return
        case 'run.metrics':
          line(`      ${event.epoch === null ? 'result' : `epoch ${event.epoch}`}: ${describeValues(event.values)}`)
          return
        case 'run.note':
          line(`${notePrefixes[event.level]}${event.text}`)
          return
        case 'run.resumed':
          if (event.from !== undefined) line(`Going on from a checkpoint: ${event.from}`)
          return
        case 'run.progress':
          replace(describeProgress(event))
          return
        default:
          return
      }
    },
  }
}

const notePrefixes: Readonly<Record<EventOf<'run.note'>['level'], string>> = {
  info: '',
  warning: 'Warning: ',
  engine: 'Engine: ',
}

type EventOf<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>

function describeProgress(event: EventOf<'run.progress'>): string {
  const parts = [
    ...(event.note === undefined ? [] : [event.note]),
    `epoch ${event.epoch}/${event.epochs}`,
    `step ${event.step}/${event.steps}`,
    `${event.imagesPerSecond.toFixed(0)} images/s`,
    ...(event.loss === null ? [] : [`loss ${event.loss.toFixed(4)}`]),
    ...(event.remainingMs === null ? [] : [`${duration(event.remainingMs)} left`]),
  ]
  return `      ${parts.join(' · ')}`
}

export function describeEngine(engine: EventOf<'run.planned'>['engine']): string {
  if (engine.backend === 'javascript') return `plain JavaScript, many times slower (${engine.reason})`
  return `TensorFlow ${engine.tensorflowVersion ?? '?'} on ${engine.devices[0] ?? '?'}, ${engine.threads} threads`
}

const valueNames = {
  loss: 'loss',
  cleanAccuracy: 'clean accuracy',
  attackSuccessRate: 'attack success',
  robustAccuracy: 'robust accuracy',
  baseRate: 'base rate',
  recoveredSuccess: 'success of recovered triggers',
  validationAccuracy: 'validation accuracy',
  mutualInformation: 'mutual information',
} as const

function describeValues(values: EventOf<'run.metrics'>['values']): string {
  return Object.entries(valueNames)
    .flatMap(([name, title]) => {
      const value = values[name as keyof typeof valueNames]
      if (value === undefined) return []
      const isRate = name !== 'loss' && name !== 'mutualInformation'
      return [`${title} ${isRate ? percent(value) : value.toFixed(3)}`]
    })
    .join(', ')
}
