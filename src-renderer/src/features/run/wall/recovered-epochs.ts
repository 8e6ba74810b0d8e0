import type { MetricPoint, RunState } from '../../../../../src-shared/runs/run-state.js'
import type { RecoveredEpoch } from '../../../ui/wall/recovered-epoch.js'
import { recoveredSheets } from '../../../../../src-shared/runs/pictures.js'

type Source = Pick<RunState, 'record' | 'metrics'>

/** The sheets that one defense recovered, with what they achieve. Empty where files cannot be fetched. */
export function recoveredEpochs(
  { record, metrics }: Source,
  defense: number,
  url: (path: string) => string | null,
): RecoveredEpoch[] {
  const folder = record.experiment.defenses.length > 1 ? `defense-${defense + 1}` : ''
  const success = successByEpoch(metrics, (stage) => {
    const found = record.stages[stage]
    return found?.defense === defense && found.kind === 'recover'
  })
  const sheets = recoveredSheets(record.artifacts).find((group) => group.folder === folder)?.sheets ?? []
  return sheets.flatMap(({ path, title, epoch }) => {
    const address = url(path)
    return address === null ? [] : [{ epoch, title, url: address, success: success.get(epoch) ?? null }]
  })
}

function successByEpoch(metrics: readonly MetricPoint[], isOf: (stage: number) => boolean): Map<number, number> {
  return new Map(
    metrics.flatMap(({ stage, epoch, origin, values: { recoveredSuccess } }): [number, number][] =>
      epoch !== null && origin === 'defender' && recoveredSuccess !== undefined && isOf(stage)
        ? [[epoch, recoveredSuccess]]
        : [],
    ),
  )
}
