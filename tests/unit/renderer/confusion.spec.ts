import { describe, expect, it } from 'vitest'
import { confusionSvg } from '../../../src-renderer/src/features/inspect/confusion/confusion-file.js'
import { confusionOf, mostConfused, pairFigures, pairWords } from '../../../src-renderer/src/ui/confusion/confusion.js'

const names = ['cat', 'dog', 'horse']
const confusion = confusionOf(Uint8Array.of(0, 0, 0, 0, 1, 1), Uint8Array.of(0, 1, 1, 2, 1, 0), 3)

describe('a confusion matrix', () => {
  it('counts by true class, in all and what is right', () => {
    expect([...confusion.totals]).toEqual([4, 2, 0])
    expect(confusion).toMatchObject({ right: 2, total: 6 })
  })

  it('names what is most often taken for something else, and how often of its class', () => {
    expect(mostConfused(confusion, 2)).toEqual([
      { trueClass: 0, answer: 1, count: 2, share: 0.5 },
      { trueClass: 0, answer: 2, count: 1, share: 0.25 },
    ])
  })

  it('says a cell in words, also of a class that has no samples', () => {
    expect(pairWords(confusion, { trueClass: 0, answer: 2 }, names)).toBe('1 sample of class cat taken for horse')
    expect(pairFigures(confusion, { trueClass: 2, answer: 1 }, names)).toBe(
      '0 samples of class horse taken for dog (0.0 % of 0)',
    )
  })
})

describe('a picture of matrices', () => {
  const inks = { text: '#000', dim: '#555', line: '#ccc', panel: '#fff', right: '#0a0', wrong: '#d50', font: 'Arial' }
  const pictureOf = (classes: number) => {
    const labels = Uint8Array.from({ length: 4 * classes }, (_, index) => index % classes)
    const answers = labels.map((label, index) => (index < classes ? (label + 1) % classes : label))
    const classNames = Array.from({ length: classes }, (_, label) => `class <${label}>`)
    const matrix = confusionOf(labels, answers, classes)
    const matrices = [1, 2, 3, 4, 5, 6].map((k) => ({ id: `m${k}`, title: `Matrix ${k}`, confusion: matrix }))
    return confusionSvg('20260131-142500-aaaaaa, evaluation', matrices, classNames, inks)
  }

  it('has a number in every cell of few classes, and names that are escaped', () => {
    const { svg } = pictureOf(4)
    expect(svg).toContain('20260131-142500-aaaaaa, evaluation')
    expect(svg).toContain('>class &lt;3&gt;</text>')
    expect(svg.match(/>3<\/text>/g)).toHaveLength(6 * 4)
  })

  it('stays one that browsers can draw at twice its size for as many classes as there can be', () => {
    const { svg, size } = pictureOf(256)
    expect(2 * Math.max(size.width, size.height)).toBeLessThan(16_384)
    expect(svg).not.toMatch(/>3<\/text>/)
  })
})
