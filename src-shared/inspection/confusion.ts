/**
 * How often samples of each true class (rows) are taken for each class (columns): `classes` x `classes` counts, row by row.
 * `isCounted` leaves samples out, such as those of the target class for triggered images.
 */
export function confusionMatrix(
  labels: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classes: number,
  isCounted: (index: number) => boolean = () => true,
): Uint32Array {
  const counts = new Uint32Array(classes * classes)
  for (let index = 0; index < labels.length; index++) {
    if (isCounted(index)) counts[labels[index]! * classes + predicted[index]!]! += 1
  }
  return counts
}
