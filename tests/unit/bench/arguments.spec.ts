import { describe, expect, it } from 'vitest'
import { readBenchArguments } from '../../../scripts/bench/arguments.mjs'
import { benchCases } from '../../../scripts/bench/cases.mjs'
import { Problem } from '../../../scripts/bootstrap/say.mjs'
import { BenchCase } from '../../../src-main/engine/bench/requests.js'

function refusalOf(...args: string[]): Problem {
  try {
    readBenchArguments(args)
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
  throw new Error('It was accepted')
}

describe('arguments of the benchmark', () => {
  it('measures every case, this program only, unless told otherwise', () => {
    expect(readBenchArguments([])).toEqual({
      againstTorch: false,
      python: null,
      json: false,
      cases: benchCases,
      repeats: null,
      threads: null,
    })
  })

  it('takes values in both ways of writing them, and a case as often as it is named', () => {
    const given = [
      '--against=torch',
      '--python',
      '/p',
      '--case',
      'evaluation',
      '--case=infer-resnet8-64',
      '--repeats=3',
    ]
    const { cases, ...options } = readBenchArguments([...given, '--threads', '1', '--json'])
    expect(cases.map(({ id }) => id)).toEqual(['evaluation', 'infer-resnet8-64'])
    expect(options).toEqual({ againstTorch: true, python: '/p', json: true, repeats: 3, threads: 1 })
  })

  it.each([
    [['--case', 'train-lenet-64'], 'There is no case "train-lenet-64".'],
    [['--case'], '--case needs a value.'],
    [['--against', 'jax'], 'the only other side there is is "torch"'],
    [['--repeats', '0'], 'allowed are whole numbers from 1 to 1000'],
    [['--threads=two'], '--threads was given "two"'],
    [['--fast'], 'There is no option "--fast".'],
    [['--python', '/p'], 'only with --against torch'],
  ])('refuses %j in words, with what is allowed', (args, message) => {
    const refusal = refusalOf(...args)
    expect(refusal.message).toContain(message)
    expect(refusal.remedy).toContain('train-small-cnn-64')
    expect(refusal.exitCode).toBe(2)
  })
})

describe('cases of the benchmark', () => {
  it('have names of their own and work that the engine understands', () => {
    expect(new Set(benchCases.map(({ id }) => id)).size).toBe(benchCases.length)
    for (const { work } of benchCases) expect(BenchCase.parse(work)).toEqual(work)
  })
})
