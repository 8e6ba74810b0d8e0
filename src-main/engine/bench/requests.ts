/** What the benchmark asks of a side, one JSON object a line; its PyTorch side understands the same lines. */
import { z } from 'zod'

const count = z.int().min(1)

/** What is measured; listed in scripts/bench/cases.mjs. */
export const BenchCase = z.discriminatedUnion('kind', [
  z.object({
    kind: z.enum(['train', 'infer']),
    model: z.string(),
    /** Images of one step. */
    batch: count,
    /** Steps of one unit. */
    steps: count,
    shape: z.object({ height: count, width: count, channels: count }),
    /** Of training; inference is in float32. */
    precision: z.enum(['float32', 'bfloat16']),
  }),
  z.object({ kind: z.enum(['recovery-epoch', 'target-search', 'unlearning-epoch', 'evaluation', 'experiment']) }),
])
export type BenchCase = z.infer<typeof BenchCase>

export const BenchRequest = z.discriminatedUnion('do', [
  /**
   * Says how much there is to do in one step, and writes the step and its data, which the other side needs, into the file
   * `sample`. In a process of its own: its memory is not that of the case.
   */
  z.object({ do: z.literal('describe'), case: BenchCase, sample: z.string() }),
  /** Makes the case ready by running its first unit. */
  z.object({ do: z.literal('prepare'), case: BenchCase }),
  z.object({ do: z.literal('time'), units: count }),
  z.object({ do: z.literal('end') }),
])
export type BenchRequest = z.infer<typeof BenchRequest>
