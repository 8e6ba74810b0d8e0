import { expect } from 'vitest'
import { AppError } from '../../src-shared/contract/errors.js'

/** The message of the error that `work` is refused with. */
export async function refusalOf(work: () => unknown): Promise<string> {
  try {
    await work()
  } catch (error) {
    expect(error).toBeInstanceOf(AppError)
    return (error as AppError).message
  }
  throw new Error('It should have been refused')
}
