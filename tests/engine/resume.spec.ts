import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createRandomStreams } from '../../src-main/lab/random/streams.js'
import { WireError } from '../../src-shared/contract/errors.js'
import { RunEvent } from '../../src-shared/contract/events.js'
import { lastJson, runCli } from '../helpers/cli.js'
import {
  asManyCheckpoints,
  outcomeOf,
  resumedFrom,
  runDisturbed,
  runUndisturbed,
  writeExperiment,
  type Disturbance,
  type Place,
} from '../helpers/interrupted-runs.js'
import { isLong, tried } from '../faults/figures.js'
import { noNativeEngine } from '../helpers/native.js'
import { mountSmallDisk } from '../helpers/small-disk.js'

const experiment = {
  name: 'Interrupted',
  dataset: { id: 'mnist-10k', params: { images: 1200 } },
  model: { id: 'small-cnn', params: { width: 8 } },
  attack: { id: 'trojannn', params: { poisonRate: 0.1, neurons: { steps: 40 } } },
  training: { epochs: 3, batchSize: 32, augmentation: { kind: 'custom', cropPadding: 1 } },
  defenses: [
    {
      id: 'baeraser',
      params: {
        recovery: { hidden: 32, epochs: 3, searchEpochs: 2, batchSize: 16 },
        unlearning: { epochs: 3 },
        // Whatever the search finds is recovered and unlearned: how well is not the question here.
        selection: { detectionThreshold: 0.001 },
      },
    },
  ],
}

/** An attack that follows the training, defenses with several trainings, and one that takes over a search. */
const longExperiment = {
  ...experiment,
  name: 'Interrupted at length',
  attack: { id: 'imc', params: { poisonRate: 0.1, neurons: { steps: 40 }, coOptimisation: { batchesPerPass: 4 } } },
  defenses: [
    ...experiment.defenses,
    { id: 'nad', params: { teacherEpochs: 2, training: { epochs: 2, learningRate: 0.01 } } },
    {
      id: 'mesa',
      params: {
        recovery: { hidden: 32, epochs: 2, searchEpochs: 2, batchSize: 16 },
        repair: { epochs: 3 },
        selection: { detectionThreshold: 0.001 },
      },
    },
  ],
}
const figuresOf =
  (stage: number, epoch: number): Place =>
  (event: RunEvent) =>
    event.type === 'run.metrics' && event.stage === stage && event.epoch === epoch

/** Of each stage that tells figures by epoch, the first of them, from the table of measured values. */
function loopsOf(metrics: string): [stage: number, epoch: number][] {
  const lines = metrics.split('\n').slice(1)
  const told = lines.map((line) => line.split(',')).filter(([, epoch]) => epoch !== undefined && epoch !== '')
  return [...Map.groupBy(told, ([stage]) => stage)].map(([stage, [first]]) => [Number(stage), Number(first?.[1])])
}

/** Stages of the experiment: load, craft, poison, train, evaluate, recover, unlearn, evaluate. */
const [CRAFT, TRAIN, RECOVER, UNLEARN] = [1, 3, 5, 6]

const KILLED_AT_RANDOM = 20
const KILLS = ['engine', 'program', 'segfault', 'abort'] as const
/** A run of the short experiment tells about five times as much, over some ten seconds. */
const MOST_EVENTS = 60
const MOST_MS = 300

const small = mountSmallDisk(4)
const Ending = z.object({ runId: z.string(), error: WireError })
const Findings = z.object({ findings: z.array(z.object({ kind: z.string() })) })

describe.skipIf(noNativeEngine !== null)(
  `a run that is disturbed${noNativeEngine ? ` (skipped: ${noNativeEngine})` : ''}`,
  () => {
    let workspace = ''
    let file = ''
    /** Of the short experiment, when nothing happens to it. */
    let undisturbed: Awaited<ReturnType<typeof outcomeOf>>
    beforeAll(async () => {
      workspace = await mkdtemp(join(tmpdir(), 'resume-'))
      file = await writeExperiment(workspace, experiment)
      undisturbed = await outcomeOf(workspace, await runUndisturbed(workspace, file))
      expect(undisturbed).toMatchObject({ status: 'done', checkpoints: [] })
    })
    afterAll(async () => {
      if (!('reason' in small)) small.remove()
      await rm(workspace, { recursive: true })
    })

    it.runIf(isLong)('does so with every kind of loop', async () => {
      const longFile = await writeExperiment(workspace, longExperiment)
      const whole = await outcomeOf(workspace, await runUndisturbed(workspace, longFile))
      const blows = ['program', 'engine', 'SIGINT', 'abort', 'SIGHUP'] as const
      const disturbances = loopsOf(whole.metrics).map(([stage, epoch], index): Disturbance => ({
        at: figuresOf(stage, epoch),
        by: blows[index % blows.length]!,
      }))
      const { runId, parts } = await runDisturbed(workspace, longFile, disturbances)
      expect(parts).toHaveLength(disturbances.length + 1)
      expect(await outcomeOf(workspace, runId)).toEqual(whole)
      expect(whole).toMatchObject({ status: 'done', checkpoints: [] })
      tried('A run is interrupted', 'IMC, BAERASER, NAD and MESA: resumed, bit for bit the same', parts.length - 1)
    })

    it('ends bit for bit as one that never was, wherever it was disturbed and however often', async () => {
      const { runId, parts } = await runDisturbed(workspace, file, [
        { at: figuresOf(CRAFT, 2), by: 'engine' },
        { at: figuresOf(TRAIN, 2), by: 'program' },
        { at: figuresOf(RECOVER, 2), by: 'SIGTERM' },
        { at: figuresOf(UNLEARN, 2), by: 'segfault' },
      ])
      expect(parts.map(({ code }) => code)).toEqual([1, null, 143, 1, 0])
      expect(await outcomeOf(workspace, runId)).toEqual(undisturbed)
      expect(parts[3]?.stdout).toContain('it was ended by SIGSEGV')
      tried('A run is interrupted', 'TrojanNN and BAERASER: resumed, bit for bit the same', parts.length - 1)
      // Not done again from the start, which would end the same.
      const from = (await resumedFrom(workspace, runId)).join('; ')
      for (const work of ['training a clean model', 'training the victim', 'recovering triggers', 'repairing']) {
        expect(from).toContain(work)
      }
    })

    it.runIf(isLong)('does so at moments that chance has chosen', async () => {
      const rng = createRandomStreams(1).stream('blows')
      const among = <T>(items: readonly T[]): T => items[rng.below(items.length)]!
      const anywhere = (): Disturbance => {
        let left = rng.below(MOST_EVENTS)
        return { at: () => left-- === 0, by: among(KILLS), afterMs: rng.below(MOST_MS) }
      }
      let killed = 0
      while (killed < KILLED_AT_RANDOM) {
        const { runId, parts } = await runDisturbed(workspace, file, Array.from({ length: 5 }, anywhere))
        expect(await outcomeOf(workspace, runId)).toEqual(undisturbed)
        killed += parts.length - 1
      }
      tried('A run is interrupted', 'TrojanNN and BAERASER, at random moments: resumed, bit for bit the same', killed)
    })

    it.skipIf('reason' in small)(
      `does so after the disk was full${'reason' in small ? ` (skipped: ${small.reason})` : ''}`,
      async () => {
        if ('reason' in small) return
        const follow = (args: readonly string[], onLine?: (line: string) => void) =>
          runCli([...args, '--json', '--threads', '1', '--workspace', small.folder], onLine, asManyCheckpoints)
        let isFull = false
        const first = await follow(['run', file], (line) => {
          const event = RunEvent.safeParse(JSON.parse(line))
          if (isFull || !event.success || !figuresOf(TRAIN, 2)(event.data)) return
          isFull = true
          small.fill()
        })
        expect(first.code).toBe(1)
        const { runId, error } = Ending.parse(lastJson(first.stdout))
        expect(error).toMatchObject({ code: 'storage', message: expect.stringContaining('The disk is full: ') })
        // Until there is room it is refused, in words.
        const refused = await follow(['resume', runId])
        expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('The disk is full: ')])

        small.makeRoom()
        // The program ended before it could note that the run had ended; nothing else is wrong.
        const { stdout: found } = await runCli(['verify', small.folder, '--json'])
        expect(Findings.parse(JSON.parse(found)).findings.map(({ kind }) => kind)).toEqual(['lost'])
        const resumed = await follow(['resume', runId])
        expect(resumed.code, resumed.stderr).toBe(0)
        expect(await outcomeOf(small.folder, runId)).toEqual(undisturbed)
        expect(await resumedFrom(small.folder, runId)).not.toEqual([])
        tried('The disk is full', 'in the middle of a run, which is resumed and ends bit for bit the same', 1)
      },
    )
  },
)
