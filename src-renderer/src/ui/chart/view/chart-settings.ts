import { z } from 'zod'
import { X_KINDS } from '../../../../../src-shared/chart/chart-types.js'

export const MAX_SMOOTHING = 0.99

/** How a chart is looked at. */
export const ChartSettings = z.object({
  x: z.enum(X_KINDS),
  smoothing: z.number().min(0).max(MAX_SMOOTHING),
  isLog: z.boolean(),
  ignoresOutliers: z.boolean(),
  /** Ids of lines that are switched off. */
  hidden: z.array(z.string()),
})
export type ChartSettings = z.infer<typeof ChartSettings>

export const plainChart: ChartSettings = { x: 'epoch', smoothing: 0, isLog: false, ignoresOutliers: false, hidden: [] }

const { x, smoothing, isLog, ignoresOutliers, hidden } = ChartSettings.shape

/** What one chart has set for itself. */
export const OwnChartSettings = z.object({
  x: x.exactOptional(),
  smoothing: smoothing.exactOptional(),
  isLog: isLog.exactOptional(),
  ignoresOutliers: ignoresOutliers.exactOptional(),
  hidden: hidden.exactOptional(),
})
