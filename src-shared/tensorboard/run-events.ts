import { RECOVERED_SHEET, recoveredSheets, trueTrigger } from '../runs/pictures.js'
import type { RunState } from '../runs/run-state.js'
import { pngHeader } from '../util/png.js'
import { eventFile, type ImagePoint, type ScalarPoint } from './event-file.js'

/** The pictures of a run that TensorBoard is given, by their paths in its folder. */
export function eventPictures({ record }: RunState): string[] {
  const trigger = trueTrigger(record.artifacts)
  const recovered = recoveredSheets(record.artifacts).flatMap(({ sheets }) => sheets.map(({ path }) => path))
  return [...(trigger === null ? [] : [trigger.path]), ...recovered]
}

/**
 * A run for TensorBoard: a group for each stage, with what was measured by epoch and the loss by step, and the triggers.
 * Results without an epoch stand at step 0.
 */
export function runEvents(state: RunState, pictures: ReadonlyMap<string, Uint8Array>): Uint8Array<ArrayBuffer> {
  const startedMs = state.startedMs ?? Date.parse(state.record.createdAt)
  const group = (stage: number): string => `${stage + 1}. ${state.record.stages[stage]?.title ?? 'Stage'}`
  const measured = state.metrics.flatMap(({ stage, epoch, elapsedMs, values }) =>
    Object.entries(values).map(([name, value]): ScalarPoint => ({
      tag: `${group(stage)}/${epoch === null ? 'result ' : ''}${name}`,
      step: epoch ?? 0,
      atMs: startedMs + elapsedMs,
      value,
    })),
  )
  return eventFile(
    startedMs,
    [...measured, ...lossPoints(state, startedMs, group)],
    imagePoints(state, startedMs, pictures),
  )
}

/** The loss of a stage over all its steps: passes are counted on, because a tag has one line. */
function lossPoints({ passes, loss }: RunState, startedMs: number, group: (stage: number) => string): ScalarPoint[] {
  const reached = new Map(loss.map(({ pass, steps }) => [pass, steps]))
  const before = passes.map(({ stage }, index) =>
    passes
      .slice(0, index)
      .reduce((sum, pass, at) => sum + (pass.stage === stage ? (reached.get(at) ?? 0) - pass.startSteps : 0), 0),
  )
  return loss.flatMap(({ pass, steps, elapsedMs, loss: value }): ScalarPoint[] => {
    const of = passes[pass]
    if (of === undefined) return []
    const step = before[pass]! + steps - of.startSteps
    return [{ tag: `${group(of.stage)}/loss by step`, step, atMs: startedMs + elapsedMs, value }]
  })
}

function imagePoints(state: RunState, startedMs: number, pictures: ReadonlyMap<string, Uint8Array>): ImagePoint[] {
  return eventPictures(state).flatMap((path): ImagePoint[] => {
    const png = pictures.get(path)
    const header = png === undefined ? null : pngHeader(png)
    if (png === undefined || header === null) return []
    const [, folder = '', epoch] = RECOVERED_SHEET.exec(path) ?? []
    const tag = epoch === undefined ? 'Trigger' : `Recovered triggers${folder === '' ? '' : ` of ${folder}`}`
    return [{ tag, step: Number(epoch ?? 0), atMs: startedMs, png, ...header }]
  })
}
