import { describe, expect, it } from 'vitest'
import { tableText } from '../../../src-shared/util/table-text.js'

const of = (cell: string) => ({ columns: ['Run'], rows: [[cell]] })
const second = (text: string): string => text.split('\n')[1]!

describe('a table for a spreadsheet', () => {
  it.each([
    ['=HYPERLINK("http://x","y")', `'=HYPERLINK("http://x","y")`],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['+1+cmd|x', "'+1+cmd|x"],
    ['-2+3', "'-2+3"],
    ['\t=1+1', "'=1+1"],
    ['＝1+1', "'＝1+1"],
  ])('holds no formula: %s', (cell, made) => {
    expect(second(tableText(of(cell), 'tsv'))).toBe(made)
  })

  it.each(['-0.5', '+97.6', '1e-6', '-1e-06', '0.98 ± 0.01'])('leaves the number %s alone', (cell) => {
    expect(second(tableText(of(cell), 'tsv'))).toBe(cell)
  })

  it('keeps each cell in its column and row', () => {
    const table = { columns: ['a', 'b'], rows: [['one\ttwo\nthree', 'x, "y"\u0007']] }
    expect(tableText(table, 'tsv')).toBe('a\tb\none two three\tx, "y"\n')
  })
})

describe('a table in Markdown', () => {
  it('is a table, with numbers to the right', () => {
    const table = { columns: ['Run', 'ASR, %'], rows: [['one', '97.6 ± 0.4'], ['two', '–']] } // prettier-ignore
    expect(tableText(table, 'markdown')).toBe('| Run | ASR, % |\n| --- | ---: |\n| one | 97.6 ± 0.4 |\n| two | – |\n')
  })

  it('shows a hostile name as it is written', () => {
    const name = '<img src=x onerror=alert(1)> | [a](javascript:b) `c` **d** \\'
    expect(second(tableText({ columns: ['x'], rows: [] }, 'markdown'))).toBe('| --- |')
    expect(tableText(of(name), 'markdown').split('\n')[2]).toBe(
      '| &lt;img src=x onerror=alert(1)&gt; \\| \\[a\\](javascript:b) \\`c\\` \\*\\*d\\*\\* \\\\ |',
    )
  })
})

describe('a table in LaTeX', () => {
  it('is a tabular', () => {
    const table = { columns: ['Run', 'ASR, %'], rows: [['one', '97.6 ± 0.4'], ['two', '-0.3']] } // prettier-ignore
    expect(tableText(table, 'latex')).toBe(
      '\\begin{tabular}{lr}\n  \\toprule\n  Run & ASR, \\% \\\\\n  \\midrule\n' +
        '  one & 97.6 $\\pm$ 0.4 \\\\\n  two & $-$0.3 \\\\\n  \\bottomrule\n\\end{tabular}\n',
    )
  })

  it.each([
    ['\\input{/etc/passwd}', '\\textbackslash{}input\\{/etc/passwd\\}'],
    ['50% of $x_1^2$ & more #3', '50\\% of \\$x\\_1\\textasciicircum{}2\\$ \\& more \\#3'],
    [
      '~a <b> |c| "d"',
      '\\textasciitilde{}a \\textless{}b\\textgreater{} \\textbar{}c\\textbar{} \\textquotedbl{}d\\textquotedbl{}',
    ],
    ['[2ex] not a skip', '{[}2ex{]} not a skip'],
    ['two\n\nparagraphs', 'two paragraphs'],
  ])('typesets %s as it is written', (cell, made) => {
    expect(tableText(of(cell), 'latex')).toContain(`\n  ${made} \\\\\n  \\bottomrule`)
  })
})
