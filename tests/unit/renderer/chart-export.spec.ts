import { describe, expect, it } from 'vitest'
import { fileName } from '../../../src-renderer/src/client/file-name.js'
import type { ChartColours } from '../../../src-shared/chart/chart-colours.js'
import { RUN_COLOURS, type ChartInput, type ChartSeries } from '../../../src-shared/chart/chart-types.js'
import { chartCsv } from '../../../src-renderer/src/ui/chart/export/chart-csv.js'
import { chartSvg } from '../../../src-shared/chart/chart-svg.js'
import { runColour, runLooks } from '../../../src-shared/chart/run-looks.js'
import { scaleOf } from '../../../src-shared/chart/scale.js'
import { csvText } from '../../../src-shared/util/csv.js'

const inks = Object.fromEntries(
  ['attack', 'clean', 'repaired', 'recovered', 'text', ...RUN_COLOURS].map((name, index) => [
    name,
    `rgb(0, 0, ${index})`,
  ]),
) as ChartColours['inks']
const colours: ChartColours = {
  text: 'rgb(9, 9, 9)',
  dim: 'rgb(8, 8, 8)',
  line: 'rgb(7, 7, 7)',
  panel: 'white',
  font: 'none',
  inks,
}

const line = (label: string, segments: ChartSeries['segments']): ChartSeries => ({
  id: label,
  label,
  colour: 'attack',
  dash: [6, 3],
  marker: 'triangle',
  segments,
})
const chart = (series: readonly ChartSeries[]): ChartInput => ({
  series,
  boundaries: [{ x: 1, label: 'Train <fast> & "well"' }],
  x: { title: 'epoch', min: 0, max: 10, format: String },
  y: { title: 'share', min: 0, max: 1, format: (value) => `${100 * value} %` },
})

describe('chartSvg', () => {
  const hostile = `</text><script>alert("1")</script> & 'x' \u0000\uD800`
  const two = chart([
    line(hostile, [
      [
        { x: 0, y: 0 },
        { x: 10, y: 1 },
      ],
      [{ x: 5, y: 0.5 }],
    ]),
    line('b', [[{ x: 1, y: 1 }]]),
  ])

  it('is well formed and holds nothing that could run, whatever the names are', () => {
    const svg = chartSvg(hostile, two, colours)
    expect(svg).not.toMatch(/<script|<style|<foreignObject|href|\son\w+=/i)
    expect(svg).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39; ')
    expect(unbalanced(svg)).toEqual([])
  })

  it('opens on its own: fonts and colours are written down', () => {
    const svg = chartSvg('Loss', two, colours)
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/)
    expect(svg).toContain('font-family="Arial')
    expect(svg).not.toMatch(/var\(|currentColor/)
  })

  it('puts points where the axes say', () => {
    const svg = chartSvg('Loss', two, colours)
    const points = /<polyline points="([^"]+)" fill="none" stroke="rgb\(0, 0, 0\)"[^>]*stroke-dasharray="6 3"/g
    const drawn = [...svg.matchAll(points)].map(([, list]) =>
      list!.split(' ').map((pair) => pair.split(',').map(Number)),
    )
    const [[x0, y0], [x1, y1]] = drawn.at(-1) as [[number, number], [number, number]]
    // The frame is drawn along the left and the bottom edge of the plot.
    const frame = [
      ...svg.matchAll(/<line x1="([\d.]+)" y1="([\d.]+)" x2="([\d.]+)" y2="([\d.]+)" stroke="rgb\(8, 8, 8\)"\/>/g),
    ]
    const [left, bottom] = frame.map((match) => match.slice(1).map(Number))
    expect([x0, y0]).toEqual([left![0], left![3]])
    expect(x1).toBeCloseTo(bottom![2]!, 1)
    expect(y1).toBeCloseTo(left![1]!, 1)
  })
})

describe('chartCsv', () => {
  it('holds every point as exactly as it is known, and nothing else', () => {
    const csv = chartCsv(
      chart([line('a', [[{ x: 0, y: 0.1 + 0.2 }], [{ x: 3, y: 1e-9 }]]), line('b', [[{ x: 1, y: -2 }]])]),
    )
    expect(csv).toBe('series,epoch,share\r\na,0,0.30000000000000004\r\na,3,1e-9\r\nb,1,-2\r\n')
  })

  it('begins with what it is of', () => {
    const csv = chartCsv(chart([line('a', [[{ x: 0, y: 1 }]])]), { run: 'r-1', samples: 12 })
    expect(csv).toBe('# run: "r-1"\n# samples: 12\nseries,epoch,share\r\na,0,1\r\n')
  })

  it('names places where the axis has names for them', () => {
    const input = chart([line('a', [[{ x: 2, y: 1 }]])])
    const csv = chartCsv({ ...input, x: { ...input.x, rawTitle: 'number', describe: (x) => `Train, epoch ${x}` } })
    expect(csv).toBe('series,place,number,share\r\na,"Train, epoch 2",2,1\r\n')
  })
})

describe('csvText', () => {
  it('lets no text become a formula, but leaves numbers alone', () => {
    const cells = ['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '  =1', '＝1', 'a=1', -1, null, Number.NaN]
    expect(csvText([cells])).toBe(`'=1+1,'+1,'-1,'@SUM(A1),'\tx,'  =1,'＝1,a=1,-1,,\r\n`)
  })

  it('quotes what would break a row', () => {
    expect(csvText([['a,b', 'say "no"', 'two\nlines']])).toBe('"a,b","say ""no""","two\nlines"\r\n')
  })
})

describe('scaleOf', () => {
  const of = (low: number, high: number) =>
    scaleOf(
      { title: '', format: String },
      [
        line('a', [
          [
            { x: 0, y: low },
            { x: 1, y: high },
          ],
        ]),
      ],
      'y',
    )

  const values = (low: number, high: number) => of(low, high).ticks.map(({ value }) => value)

  it('takes round numbers around the values', () => {
    expect(values(0.13, 2.37)).toEqual([0, 0.5, 1, 1.5, 2, 2.5])
    expect(values(0.1, 0.3)).toEqual([0.1, 0.15, 0.2, 0.25, 0.3])
    expect(values(-3, 900).at(0)).toBe(-200)
  })

  it('has room for a single value', () => {
    const { min, max, at } = of(2, 2)
    expect(min).toBeLessThan(max)
    expect(at(2)).toBeGreaterThanOrEqual(0)
    expect(at(2)).toBeLessThanOrEqual(1)
  })
})

describe('colours of runs', () => {
  const ids = Array.from(
    { length: 400 },
    (_, index) => `20260131-1425${String(index % 60).padStart(2, '0')}-k3x${index}`,
  )

  it('are made of the id alone and spread over the palette', () => {
    const counts = Map.groupBy(ids, runColour)
    expect(counts.size).toBe(RUN_COLOURS.length)
    expect(Math.min(...[...counts.values()].map(({ length }) => length))).toBeGreaterThan(25)
    for (const id of ids.slice(0, 20)) expect(runLooks(ids.slice(0, 20)).get(id)?.colour).toBe(runColour(id))
  })

  it('come with a second cue that tells apart those that share one', () => {
    const twelve = ids.slice(0, 12)
    const looks = runLooks(twelve)
    expect(new Set([...looks.values()].map((look) => JSON.stringify(look))).size).toBe(12)
    expect(runLooks(twelve.toReversed())).toEqual(looks)
  })
})

describe('fileName', () => {
  it('is one that every system takes', () => {
    expect(fileName('Attack falls: accuracy / "stays"', 'svg')).toBe('attack-falls-accuracy-stays.svg')
    expect(fileName('...', 'csv')).toBe('unnamed.csv')
    expect(fileName('x'.repeat(300), 'png')).toHaveLength(120)
  })
})

/** Names of elements that do not close as they should. */
function unbalanced(xml: string): string[] {
  const open: string[] = []
  const wrong: string[] = []
  for (const [tag, slash, name, rest] of xml.matchAll(
    /<(\/?)([a-zA-Z]+)((?:\s[a-zA-Z0-9:-]+="[^"<&]*(?:&[a-z#0-9]+;[^"<&]*)*")*)\/?>/g,
  )) {
    if (tag.endsWith('/>')) continue
    if (slash === '') open.push(name!)
    else if (open.pop() !== name || rest !== '') wrong.push(name!)
  }
  // Whatever is left of the brackets after all tags are taken out was never a tag.
  const left = xml.replaceAll(/<(\/?)([a-zA-Z]+)((?:\s[a-zA-Z0-9:-]+="[^"<]*")*)\/?>/g, '')
  return [...wrong, ...open, ...(/[<>]/.test(left) ? ['stray bracket'] : [])]
}
