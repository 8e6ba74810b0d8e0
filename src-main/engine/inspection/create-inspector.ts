import type { InspectionProgress } from '../../../src-shared/contract/events.js'
import { DetectorAnswer } from '../../../src-shared/model/detector-answer.js'
import { Embedding, Predictions, type Explanation, type View } from '../../../src-shared/model/inspection.js'
import type { EngineHandlers, InspectedRun, InspectionName } from '../../engine-contract/index.js'
import { examineRun, planDetection } from '../../lab/detect/examine-run.js'
import { planExplanation } from '../../lab/explain/explain-images.js'
import { activationOf } from '../../lab/inspect/activations.js'
import { embedSamples } from '../../lab/inspect/embedding.js'
import { checkLayer, describeNetwork } from '../../lab/inspect/network-facts.js'
import { predictSplit } from '../../lab/inspect/predict-split.js'
import { describeSamples, wantedClasses } from '../../lab/inspect/samples.js'
import { measureSpectra } from '../../lab/inspect/spectra.js'
import { triggerChange } from '../../lab/inspect/trigger-change.js'
import { checkIndices, viewImages, type OpenView } from '../../lab/inspect/view-images.js'
import { changeOf } from '../../lab/inspect/weight-change.js'
import { createAnswerCache, hashOf } from './answer-cache.js'
import { describeRun } from './describe-run.js'
import { distancesOf, measureDistances, trueMark } from './distances.js'
import { explainSamples } from './explain-samples.js'
import { measureHeat } from './measure-heat.js'
import { pixelBlock } from './pixel-block.js'
import { createOpenRuns, type OpenRunsOptions } from './open-runs.js'
import { openView, readSheet } from './sheets.js'
import { readWeights } from './stored-weights.js'
import { createTasks } from './tasks.js'

type InspectionHandlers = Pick<EngineHandlers, InspectionName | 'inspection.cancel'>

export interface InspectorOptions extends OpenRunsOptions {
  readonly cacheFolder: string
  readonly tell: (progress: Omit<InspectionProgress, 'type'>) => void
}

/** Answers questions about runs. The last few are kept open, and their weights loaded, of counted size. */
export function createInspector({ cacheFolder, tell, ...options }: InspectorOptions): InspectionHandlers {
  const cache = createAnswerCache(cacheFolder)
  const tasks = createTasks(tell)
  const { withRun, withModel, withModels } = createOpenRuns(options)
  const openViews = (inspected: InspectedRun, views: readonly View[]): Promise<OpenView[]> =>
    Promise.all(views.map((view) => openView(inspected, view)))

  return {
    'inspection.describe': ({ run: inspected }) => withRun(inspected, async ({ run }) => describeRun(inspected, run)),

    'inspection.samples': ({ run: inspected, request }) =>
      withRun(inspected, async ({ run }) => describeSamples(run, request.split)),

    'inspection.images': ({ run: inspected, request }) =>
      withRun(inspected, async ({ run }) => {
        checkIndices(run, request.split, request.indices)
        const view = await openView(inspected, request.view)
        const { set, regions } = viewImages(run, request.split, request.indices, view)
        return { images: pixelBlock(set.shape, set.count, set.pixels), regions: [...regions] }
      }),

    'inspection.predict': ({ run: inspected, request }) =>
      tasks.run(request.runId, request.task, (watch) =>
        withRun(inspected, async (opened) => {
          const { split, model } = request
          const view = await openView(inspected, request.view)
          return withModel(inspected, opened, model, ({ weights, hash }) =>
            cache.through(['predict', hash, opened.identity, split, contentOf(view)], Predictions, () =>
              predictSplit(opened.run, weights, split, view, watch),
            ),
          )
        }),
      ),

    'inspection.explain': ({ run: inspected, request }) =>
      tasks.run(request.runId, request.task, (watch) =>
        withRun(inspected, async (opened) => {
          const { run } = opened
          checkIndices(run, request.split, request.indices)
          const plan = planExplanation(request, run.network, run.plan.data.classNames)
          const views = await openViews(inspected, request.views)
          const viewed = views.map((view) => viewImages(run, request.split, request.indices, view))
          const context = { random: run.random.within('inspection'), breathe: () => watch.breathe() }
          return withModels(inspected, opened, request.models, async (loaded) => {
            const explanations: Explanation[] = []
            for (const [position, { weights, hash }] of loaded.entries()) {
              const id = request.models[position]!
              const { model, seed, dataset } = run.plan.experiment
              const classifier = { network: run.network, weights }
              const identity = [hash, model, seed, dataset.id, run.plan.data.pixelNormalization]
              for (const [view, samples] of viewed.entries()) {
                const wanted = wantedClasses(run, samples.set.labels)
                const explained = { id, classifier, identity }
                explanations.push({
                  model: id,
                  view,
                  ...(await explainSamples(explained, plan, samples, wanted, context, cache)),
                })
                watch.progress(explanations.length, loaded.length * viewed.length)
              }
            }
            return { explanations }
          })
        }),
      ),

    'inspection.heat': ({ run: inspected, request }) =>
      tasks.run(request.runId, request.task, (watch) =>
        withRun(inspected, async (opened) => {
          const { run } = opened
          const plan = planExplanation(request, run.network, run.plan.data.classNames)
          const { split, limit, curves, model } = request
          const identity = [opened.identity, plan.definition.id, plan.params, plan.layer?.name ?? null, plan.class]
          return withModel(inspected, opened, model, ({ weights, hash }) =>
            measureHeat({ run, weights, identity: [hash, ...identity] }, plan, { split, limit, curves }, watch, cache),
          )
        }),
      ),

    'inspection.patches': ({ run: inspected, request }) =>
      withRun(inspected, async ({ run }) => {
        const marks = await readSheet(inspected, request.sheet)
        const { height, width, channels } = marks[0]!
        const pixels = Uint8Array.from(marks.flatMap(({ values }) => [...values]))
        const trigger = trueMark(run)
        return {
          patches: pixelBlock({ height, width, channels }, marks.length, pixels),
          distances: trigger === null ? null : distancesOf(marks, trigger),
        }
      }),

    'inspection.distances': ({ run: inspected, request }) =>
      tasks.run(request.runId, request.task, (watch) =>
        withRun(inspected, ({ run }) => measureDistances(inspected, run, watch)),
      ),

    'inspection.network': ({ run: inspected }) => withRun(inspected, async ({ run }) => describeNetwork(run.network)),

    'inspection.weights': ({ run: inspected, request }) =>
      withRun(inspected, async ({ run }) => {
        const before = await readWeights(inspected, 'victim', run.network)
        const after = await readWeights(inspected, request.model, run.network)
        const changes = run.network.parameters.map(({ name }) =>
          changeOf(name, before.tensors[name]!, after.tensors[name]!),
        )
        return { changes }
      }),

    'inspection.activations': ({ run: inspected, request }) =>
      withRun(inspected, async (opened) => {
        const { run } = opened
        checkIndices(run, request.split, [request.index])
        checkLayer(run.network, request.layer)
        const views = await openViews(inspected, request.views)
        return withModels(inspected, opened, request.models, async (loaded) => {
          const activations = []
          for (const [position, { weights }] of loaded.entries()) {
            for (const [view, shown] of views.entries()) {
              const { set } = viewImages(run, request.split, [request.index], shown)
              const values = await activationOf({ network: run.network, weights }, request.layer, set)
              activations.push({ model: request.models[position]!, view, values })
            }
          }
          return { activations }
        })
      }),

    'inspection.trigger-change': ({ run: inspected, request }) =>
      tasks.run(request.runId, request.task, (watch) =>
        withRun(inspected, async (opened) => {
          checkLayer(opened.run.network, request.layer)
          return withModel(inspected, opened, request.model, ({ weights }) =>
            triggerChange(opened.run, weights, request.layer, request, watch),
          )
        }),
      ),

    'inspection.embed': ({ run: inspected, request }) =>
      tasks.run(request.runId, request.task, (watch) =>
        withRun(inspected, async (opened) => {
          const views = await openViews(inspected, request.views)
          return withModels(inspected, opened, request.models, (loaded) => {
            const { split, limit, components, method } = request
            const asked = loaded.map(({ weights }, k) => ({ id: request.models[k]!, weights }))
            const contents = [loaded.map(({ hash }) => hash), request.models, views.map(contentOf)]
            return cache.through(
              ['embed', opened.identity, contents, split, limit, components, method],
              Embedding,
              () => embedSamples(opened.run, asked, views, { split, limit, components, method }, watch),
            )
          })
        }),
      ),

    'inspection.detect': ({ run: inspected, request }) =>
      tasks.run(request.runId, request.task, (watch) =>
        withRun(inspected, async (opened) => {
          const { run } = opened
          const plan = planDetection(request, run.plan.data)
          const asked = [plan.definition.id, plan.params, request.limit]
          return withModel(inspected, opened, request.model, ({ weights, hash }) =>
            cache.through(['detect', hash, opened.identity, asked], DetectorAnswer, () =>
              examineRun(run, weights, plan, request.limit, watch),
            ),
          )
        }),
      ),

    'inspection.spectra': ({ run: inspected, request }) =>
      tasks.run(request.runId, request.task, (watch) =>
        withRun(inspected, ({ run }) => measureSpectra(run, request, watch)),
      ),

    'inspection.cancel': async ({ task }) => {
      tasks.cancel(task)
      return {}
    },
  }
}

/** What a view shows, as far as it is not the run's own. */
function contentOf(view: OpenView): unknown {
  return view.kind === 'recovered'
    ? [view.place, view.patch.height, view.patch.width, hashOf(view.patch.values)]
    : view.kind
}
