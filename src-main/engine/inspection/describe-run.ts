import { AppError } from '../../../src-shared/contract/errors.js'
import type { InspectedModel, Inspection, ModelId } from '../../../src-shared/model/inspection.js'
import type { InspectedRun } from '../../engine-contract/index.js'
import { describeLayers } from '../../lab/inspect/network-facts.js'
import type { OpenRun } from '../../lab/inspect/open-run.js'
import { pixelBlock } from './pixel-block.js'
import { detectionsOf, sheetsOf } from './sheets.js'
import { readWeights } from './stored-weights.js'

/** What there is to be looked at of a run, and what is wrong with the rest. */
export async function describeRun(inspected: InspectedRun, run: OpenRun): Promise<Inspection> {
  const { record } = inspected
  const { experiment, summary, status, runId } = record
  const { attack, defenses, data } = run.plan
  const detections = await detectionsOf(inspected)
  const picture = run.attack?.trigger?.picture ?? null
  const problemOf = async (model: ModelId): Promise<string | null> => {
    try {
      await readWeights(inspected, model, run.network)
      return null
    } catch (error) {
      if (error instanceof AppError) return error.message
      throw error
    }
  }
  const models: InspectedModel[] = [
    { id: 'victim', title: 'Victim', defense: null, outcome: null, problem: await problemOf('victim') },
  ]
  for (const [index, { definition, preset }] of defenses.entries()) {
    const id = `defense-${index + 1}`
    models.push({
      id,
      title: preset === null ? definition.title : `${definition.title} (${preset})`,
      defense: index,
      outcome: summary?.defenses[index]?.outcome ?? null,
      problem: await problemOf(id),
    })
  }
  const splits = run.splits
  return {
    runId,
    status,
    name: experiment.name,
    shape: { ...data.shape },
    classNames: [...data.classNames],
    splits: [
      { id: 'evaluation', title: 'Test images of the evaluation', count: splits.evaluation.images.count },
      { id: 'defender', title: 'Test images of the defender', count: splits.defender.images.count },
      { id: 'train', title: 'Training images', count: splits.train.images.count },
    ],
    models,
    layers: describeLayers(run.network),
    attack:
      attack === null || run.attack === null
        ? null
        : {
            id: attack.definition.id,
            title: attack.definition.title,
            targets: [...run.attack.targets],
            trigger: picture === null ? null : pixelBlock(picture.shape, 1, picture.pixels),
            problem: run.attack.problem,
          },
    sheets: sheetsOf(inspected, detections),
    detections,
  }
}
