import { AppError } from '../../../src-shared/contract/errors.js'

/** Refuses a file of a stranger: which one, what is wrong, and where in it. */
export function badFile(file: string, what: string, offset: number | null = null): AppError {
  const where = offset === null ? '' : ` (at byte ${offset})`
  return new AppError({ code: 'invalid-input', message: `${file}: ${what}${where}.` })
}
