import { z } from 'zod'

/** What computes: the native library on CPU or GPU, or plain JavaScript where there is none. */
export const EngineInfo = z.object({
  backend: z.enum(['tensorflow', 'javascript']),
  variant: z.enum(['cpu', 'gpu', 'js']),
  tensorflowVersion: z.string().nullable(),
  libraryFolder: z.string().nullable(),
  devices: z.array(z.string()),
  threads: z.int().min(1),
  reason: z.string().meta({ description: 'Why this engine and not a faster one.' }),
})
export type EngineInfo = z.infer<typeof EngineInfo>
