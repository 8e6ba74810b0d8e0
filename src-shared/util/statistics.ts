/** Means over repetitions, with an interval that says how far they can be trusted. */

export interface MeanInterval {
  /** How many values. */
  readonly n: number
  readonly mean: number
  /** Sample standard deviation (n - 1); null for one value, which does not vary. */
  readonly sd: number | null
  /** The interval is the mean plus and minus this; null for one value, which says nothing of the others. */
  readonly halfWidth: number | null
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Those of the values that are not NaN, which stands for "not known". */
export function known(values: Float32Array): number[] {
  return [...values].filter((value) => !Number.isNaN(value))
}

/** The middle value, or the mean of the two in the middle; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  if (sorted.length === 0) return Number.NaN
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2
}

/** Of normal values, the standard deviation over the median absolute deviation. */
const DEVIATION_OF_MAD = 1.4826

/**
 * How far each value lies above the median, in deviations estimated by the median absolute deviation (Hampel, 1974), so
 * that an outlier does not hide itself. Null where more than half of the values are the same.
 */
export function anomalyIndices(values: readonly number[]): number[] | null {
  const centre = median(values)
  const deviation = DEVIATION_OF_MAD * median(values.map((value) => Math.abs(value - centre)))
  return deviation > 0 ? values.map((value) => (value - centre) / deviation) : null
}

/** Sample standard deviation, with n - 1; null for fewer than two values. */
export function sampleDeviation(values: readonly number[]): number | null {
  if (values.length < 2) return null
  const centre = mean(values)
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0)
  return Math.sqrt(squares / (values.length - 1))
}

/**
 * Student's t interval for the mean of independent, roughly normal values: mean ± t(1 - (1 - confidence) / 2, n - 1) ·
 * sd / √n (Student, "The Probable Error of a Mean", Biometrika 6, 1908). Null for no values.
 */
export function meanInterval(values: readonly number[], confidence = 0.95): MeanInterval | null {
  const n = values.length
  if (n === 0) return null
  const sd = sampleDeviation(values)
  const halfWidth = sd === null ? null : (studentQuantile(0.5 + confidence / 2, n - 1) * sd) / Math.sqrt(n)
  return { n, mean: mean(values), sd, halfWidth }
}

/** The value below which a share `p` (0 to 1, exclusive) of Student's t distribution lies; `degrees` at least 1. */
export function studentQuantile(p: number, degrees: number): number {
  if (p < 0.5) return -studentQuantile(1 - p, degrees)
  // Bisection on x = degrees / (degrees + t²): the share above t is half the incomplete beta function at x.
  const above = 2 * (1 - p)
  let low = 0
  let high = 1
  for (let i = 0; i < BISECTIONS && low < high; i++) {
    const middle = (low + high) / 2
    if (incompleteBeta(middle, degrees / 2, 0.5) < above) low = middle
    else high = middle
  }
  const x = (low + high) / 2
  return Math.sqrt((degrees * (1 - x)) / x)
}

const BISECTIONS = 200
const FRACTION_STEPS = 300
const PRECISION = 1e-15
const TINY = 1e-300

/** Regularized incomplete beta function I_x(a, b), by its continued fraction (NIST DLMF 8.17.22). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  // The fraction converges quickly on this side only; the other follows from I_x(a, b) = 1 - I_(1-x)(b, a).
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a)
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a
  return front / betaFraction(x, a, b)
}

/** 1 + d1 / (1 + d2 / (1 + ...)), evaluated by Lentz's method. */
function betaFraction(x: number, a: number, b: number): number {
  let fraction = 1
  let c = 1
  let d = 0
  for (let step = 1; step <= FRACTION_STEPS; step++) {
    const m = Math.floor(step / 2)
    const coefficient =
      step % 2 === 0
        ? (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
        : (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / away(1 + coefficient * d)
    c = away(1 + coefficient / c)
    fraction *= c * d
    if (Math.abs(c * d - 1) < PRECISION) break
  }
  return fraction
}

function away(value: number): number {
  return Math.abs(value) < TINY ? TINY : value
}

/** Natural logarithm of the gamma function for x > 0, by Stirling's series (NIST DLMF 5.11.1) after a shift upwards. */
function logGamma(x: number): number {
  let shift = 0
  let z = x
  for (; z < 12; z++) shift += Math.log(z)
  const series = 1 / (12 * z) - 1 / (360 * z ** 3) + 1 / (1260 * z ** 5) - 1 / (1680 * z ** 7) + 1 / (1188 * z ** 9)
  return (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + series - shift
}
