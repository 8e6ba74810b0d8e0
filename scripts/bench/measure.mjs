import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Problem } from '../bootstrap/say.mjs'
import { ratiosOf, timesOf } from './arithmetic.mjs'

/**
 * @typedef {import('./arithmetic.mjs').Timing} Timing
 * @typedef {import('./cases.mjs').BenchCase} BenchCase
 * @typedef {import('./side.mjs').Side} Side
 * @typedef {{ layout: string, compiled: boolean }} TorchSetting
 *
 * By loss, gradients or logits, how far a side is from the same in double precision, relative.
 * @typedef {{ ours: Record<string, number>, torch: Record<string, number> }} Errors
 *
 * @typedef {import('./arithmetic.mjs').Times & { peakMb: number, operations: number }} SideResult
 * @typedef {SideResult & { setting: TorchSetting }} TorchResult
 *
 * @typedef {object} CaseResult
 * @property {BenchCase} case
 * @property {number} repeats
 * @property {SideResult} ours
 * @property {TorchResult | null} torch
 * @property {import('./arithmetic.mjs').Ratios | null} ratios
 * @property {Errors | null} errors
 *
 * How to start the sides; `torch` is null where there is none.
 * @typedef {{ ours: () => Side, torch: (() => Side) | null, threads: number }} Sides
 */

/** Relative, in fp32: how far loss, gradients or logits of a step may be from those in double precision. */
const ALLOWED_ERROR = 1e-4
/**
 * In a deep network rounding decides on which side of its kink a ReLU falls here and there, and a single one that falls on
 * the other turns the gradients by more than that: PyTorch's own are as far away. So ours may be, too, several times as
 * far, because so few ReLUs make no reliable measure. What is held closer are the narrow networks of the golden tests.
 */
const ALLOWED_TIMES_TORCH = 10
/** Farther away than this is wrong whatever PyTorch's are. */
const WRONG_ERROR = 0.05
/** In bf16, of which two digits hold; and where more is lost in many layers, PyTorch loses as much. */
const ALLOWED_ERROR_BF16 = 0.01
const ALLOWED_TIMES_TORCH_BF16 = 2

/**
 * Compares one step of the two sides, then times them in turn: ours, theirs, theirs, ours, ... A process of its own for
 * each case and side, so that its peak memory is that of the case.
 * @param {BenchCase} benchCase
 * @param {Sides} sides
 * @param {number} repeats
 * @returns {Promise<CaseResult>}
 */
export async function measureCase(benchCase, sides, repeats) {
  const folder = mkdtempSync(join(tmpdir(), 'unbackdoor-bench-'))
  const removeFolder = () => rmSync(folder, { recursive: true, force: true })
  process.once('exit', removeFolder)
  try {
    const request = { case: benchCase.work, sample: join(folder, 'sample.safetensors') }
    const describing = sides.ours()
    const { operations } = await describing.ask({ do: 'describe', ...request })
    await describing.end()
    const torch =
      sides.torch === null ? null : await prepareTorch(benchCase, sides.torch, { ...request, threads: sides.threads })
    const ours = sides.ours()
    await ours.ask({ do: 'prepare', case: benchCase.work })
    /** @type {Timing[]} */
    const ourTimings = []
    /** @type {Timing[]} */
    const torchTimings = []
    const time = { do: 'time', units: 1 }
    // Where a unit is short, what was not ready after the first step (another batch size, say) is made ready untimed.
    if (repeats > 1) for (const side of torch === null ? [ours] : [ours, torch.side]) await side.ask(time)
    for (let repeat = 0; repeat < repeats; repeat++) {
      const turns = [
        async () => ourTimings.push(await ours.ask(time)),
        async () => torch !== null && torchTimings.push(await torch.side.ask(time)),
      ]
      for (const turn of repeat % 2 === 0 ? turns : turns.toReversed()) await turn()
    }
    const { peakMb } = await ours.end()
    return {
      case: benchCase,
      repeats,
      ours: { ...timesOf(ourTimings, benchCase.perUnit), peakMb, operations },
      torch:
        torch === null
          ? null
          : {
              ...timesOf(torchTimings, benchCase.perUnit),
              peakMb: (await torch.side.end()).peakMb,
              operations: torch.operations,
              setting: torch.setting,
            },
      ratios: torch === null ? null : ratiosOf(ourTimings, torchTimings),
      errors: torch === null ? null : torch.errors,
    }
  } finally {
    process.removeListener('exit', removeFolder)
    removeFolder()
  }
}

/**
 * Tries what is best for PyTorch, and compares, in a process of its own, so that neither counts as memory.
 * @param {BenchCase} benchCase
 * @param {() => Side} start
 * @param {object} request
 */
async function prepareTorch(benchCase, start, request) {
  const trial = start()
  const { setting, operations, errors, version } = await trial.ask({ do: 'choose', ...request })
  await trial.end()
  refuseDifferences(benchCase, errors)
  const side = start()
  await side.ask({ do: 'prepare', ...request, setting })
  return { side, setting, operations, errors, version }
}

/**
 * @param {BenchCase} benchCase
 * @param {Errors} errors
 */
export function refuseDifferences({ id, precision }, { ours, torch }) {
  for (const [what, error] of Object.entries(ours)) {
    const theirs = torch[what] ?? 0
    const allowed =
      precision === 'bf16'
        ? Math.max(ALLOWED_ERROR_BF16, ALLOWED_TIMES_TORCH_BF16 * theirs)
        : Math.max(ALLOWED_ERROR, Math.min(ALLOWED_TIMES_TORCH * theirs, WRONG_ERROR))
    // Written so that a NaN is refused, too.
    if (error <= allowed) continue
    throw new Problem(
      `${id}: the two sides do not compute the same: our ${what} are ${error.toExponential(1)} of their size away from ` +
        `what PyTorch computes in double precision.`,
      `At most ${allowed.toExponential(1)} is allowed. Times of different work are not compared.`,
    )
  }
}
