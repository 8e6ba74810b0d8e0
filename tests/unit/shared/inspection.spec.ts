import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { confusionMatrix } from '../../../src-shared/inspection/confusion.js'
import { isFlipped, outcomeOf } from '../../../src-shared/inspection/outcomes.js'
import { csvOf, npzOf } from '../../../src-shared/inspection/values-file.js'
import { byteBlock, bytesOf, floatBlock, floatsOf, intBlock, intsOf } from '../../../src-shared/model/array-block.js'

describe('what became of a sample', () => {
  // Wanted: class 0. Of class: 1, 1, 1, 1, 0, 2, 2.
  const answers = {
    labels: [1, 1, 1, 1, 0, 2, 2],
    targets: [0, 0, 0, 0, 0, 0, 0],
    clean: [1, 1, 1, 1, 0, 2, 0],
    victim: [0, 0, 0, 1, 0, 1, 0],
    repaired: [1, 0, 2, 1, 0, 2, 2],
  }

  const untouched = ['untouched', 'untouched', 'untouched', 'untouched']

  it('is told by what both models answer with the trigger', () => {
    const found = answers.labels.map((_, index) => outcomeOf(answers, index))
    expect(found).toEqual(['repaired', 'still-flipped', 'wrong-after', ...untouched])
    const before = answers.labels.map((_, index) => outcomeOf({ ...answers, repaired: null }, index))
    expect(before).toEqual(['flipped', 'flipped', 'flipped', ...untouched])
  })

  it('is no success of the attack where the class, or the answer without the trigger, is what is wanted anyway', () => {
    expect(isFlipped(answers, 4)).toBe(false)
    expect(isFlipped(answers, 6)).toBe(false)
  })

  it('is counted by class', () => {
    expect([...confusionMatrix(answers.labels, answers.victim, 3)]).toEqual([1, 0, 0, 3, 1, 0, 1, 1, 0])
    const counted = confusionMatrix(answers.labels, answers.victim, 3, (index) => index > 3)
    expect([...counted]).toEqual([1, 0, 0, 0, 0, 0, 1, 1, 0])
  })
})

it('carries arrays over any wire unchanged', () => {
  const floats = Float32Array.of(1.5, Number.NaN, -0)
  expect(floatsOf(JSON.parse(JSON.stringify(floatBlock(floats))) as ReturnType<typeof floatBlock>)).toEqual(floats)
  expect(intsOf(intBlock(Int32Array.of(-1, 2 ** 31 - 1)))).toEqual(Int32Array.of(-1, 2 ** 31 - 1))
  expect(bytesOf(byteBlock(Uint8Array.of(0, 255, 7)))).toEqual(Uint8Array.of(0, 255, 7))
})

describe('values as files', () => {
  const about = { runId: '20260131-142500-aaaaaa', name: 'Grün, 猫 und 🐈' }

  it('says in a table what it is of, and leaves empty what is not known', () => {
    const text = csvOf({ sample: [0, 5], inside: [0.25, Number.NaN] }, about)
    expect(text).toBe('# runId: "20260131-142500-aaaaaa"\n# name: "Grün, 猫 und 🐈"\nsample,inside\r\n0,0.25\r\n5,\r\n')
  })

  it('is a sound archive of arrays', () => {
    const folder = mkdtempSync(join(tmpdir(), 'npz-'))
    try {
      const path = join(folder, 'values.npz')
      writeFileSync(path, npzOf({ heat: floatBlock(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]) }, about))
      // Python knows ZIP by itself, so that NumPy need not be there.
      const script = [
        'import sys, zipfile, json, struct',
        'file = zipfile.ZipFile(sys.argv[1])',
        'assert file.testzip() is None',
        'about, heat = file.read("about.npy"), file.read("heat.npy")',
        'start = lambda npy: 10 + struct.unpack("<H", npy[8:10])[0]',
        'assert start(heat) % 64 == 0',
        'header = eval(heat[10:start(heat)])',
        'values = struct.unpack("<6f", heat[start(heat):])',
        'print(json.dumps([json.loads(about[start(about):]), header["shape"], header["descr"], values]))',
      ].join('\n')
      const { stdout, stderr } = spawnSync('python3', ['-c', script, path], { encoding: 'utf8' })
      expect(stderr).toBe('')
      expect(JSON.parse(stdout)).toEqual([about, [2, 3], '<f4', [1, 2, 3, 4, 5, 6]])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
