import type { ChartType, Plugin } from 'chart.js'
import type { ChartBoundary } from '../../../../src-shared/chart/chart-types.js'

interface BoundaryOptions {
  boundaries?: readonly ChartBoundary[]
  line?: string
  text?: string
  font?: string
}

declare module 'chart.js' {
  interface PluginOptionsByType<TType extends ChartType> {
    boundaryLines?: TType extends 'line' ? BoundaryOptions : never
  }
}

/**
 * Vertical lines where stages begin, their names above. A name that does not fit before the next line is left out. Over
 * the curves the cursor, where there is one.
 */
export const boundaryLines: Plugin<'line', BoundaryOptions> = {
  id: 'boundaryLines',
  beforeDatasetsDraw(
    { ctx, chartArea, scales },
    _args,
    { boundaries = [], line = '#888', text = '#888', font = 'sans-serif' },
  ) {
    const scale = scales['x']
    if (scale === undefined) return
    ctx.save()
    ctx.strokeStyle = line
    ctx.fillStyle = text
    ctx.lineWidth = 1
    ctx.font = `11px ${font}`
    ctx.textBaseline = 'bottom'
    const visible = boundaries.filter(({ x, isCursor }) => isCursor !== true && x >= scale.min && x <= scale.max)
    visible.forEach(({ x, label }, index) => {
      const at = Math.round(scale.getPixelForValue(x)) + 0.5
      const nextX = visible[index + 1]?.x
      const end = nextX === undefined ? chartArea.right + 8 : scale.getPixelForValue(nextX)
      ctx.setLineDash([2, 3])
      ctx.beginPath()
      ctx.moveTo(at, chartArea.top - 4)
      ctx.lineTo(at, chartArea.bottom)
      ctx.stroke()
      if (ctx.measureText(label).width + 6 <= end - at) ctx.fillText(label, at + 3, chartArea.top - 3)
    })
    ctx.restore()
  },
  afterDatasetsDraw({ ctx, chartArea, scales }, _args, { boundaries = [], text = '#888' }) {
    const cursor = boundaries.find(({ isCursor }) => isCursor === true)
    const scale = scales['x']
    if (scale === undefined || cursor === undefined) return
    const at = Math.round(scale.getPixelForValue(cursor.x))
    ctx.save()
    ctx.fillStyle = text
    ctx.fillRect(at, chartArea.top - 5, 1, chartArea.bottom - chartArea.top + 5)
    ctx.beginPath()
    ctx.moveTo(at - 4, chartArea.top - 11)
    ctx.lineTo(at + 5, chartArea.top - 11)
    ctx.lineTo(at + 0.5, chartArea.top - 4)
    ctx.fill()
    ctx.restore()
  },
}
