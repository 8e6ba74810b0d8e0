import { z } from 'zod'
import { AppError } from '../../src-shared/contract/errors.js'

/** A kind of file that this program writes: the name that stands in it, and the version that is written today. */
export interface FileForm {
  readonly format: string
  readonly version: number
  /** What people call it. */
  readonly title: string
}

const Heading = z.object({ format: z.string(), version: z.int() })

/**
 * The value if it has the form. Throws `unsupported` for one that a newer version of the program has written, which is
 * then only left alone, and `storage` for anything else.
 */
export function parseVersioned<T extends z.ZodType>(
  path: string,
  form: FileForm,
  schema: T,
  value: unknown,
): z.output<T> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const heading = Heading.safeParse(value)
  if (heading.success && heading.data.format === form.format && heading.data.version > form.version) {
    throw new AppError({
      code: 'unsupported',
      message:
        `${path} is ${form.title} of version ${heading.data.version}; ` +
        `this program knows versions up to ${form.version}.`,
      hint: 'It was left as it is. A newer version of the program opens it.',
    })
  }
  const why = value === undefined ? 'it is not JSON' : firstProblem(parsed.error)
  throw new AppError(
    {
      code: 'storage',
      message: `${path} is not ${form.title} of this version: ${why}.`,
      hint: 'It was left as it is.',
    },
    { cause: parsed.error },
  )
}

/** Whether reading failed because a newer version of the program has written the file. */
export function isFromNewer(error: unknown): boolean {
  return error instanceof AppError && error.code === 'unsupported'
}

function firstProblem({ issues }: z.core.$ZodError): string {
  const [first] = issues
  if (first === undefined) return 'its form is unknown'
  return first.path.length === 0 ? first.message : `${first.path.join('.')}: ${first.message}`
}
