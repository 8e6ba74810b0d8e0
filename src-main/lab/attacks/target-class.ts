import type { FieldError } from '../../../src-shared/contract/errors.js'
import type { DatasetInfo } from '../define.js'

/** Refuses a target class that the dataset does not have. */
export function checkTargetClass(targetClass: number, { classNames }: DatasetInfo): FieldError[] {
  if (targetClass < classNames.length) return []
  const message = `does not exist in this dataset; allowed: 0 to ${classNames.length - 1} (${classNames.join(', ')})`
  return [{ path: 'targetClass', value: String(targetClass), message }]
}
