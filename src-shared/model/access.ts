import { z } from 'zod'

/** Who was let in may do everything, or look at everything and change nothing. */
export const Access = z.enum(['work', 'watch'])
export type Access = z.infer<typeof Access>
