import type { MeanInterval } from './statistics.js'

/** Numbers and times as the page shows them. Percent signs exist only here. */

const UNKNOWN = '–'

export function percent(rate: number | null | undefined): string {
  return rate === null || rate === undefined ? UNKNOWN : `${(100 * rate).toFixed(1)} %`
}

/** A rate beside the mark of an axis: with as many digits as marks `step` apart need. */
export function share(rate: number, step = 0): string {
  return step >= 0.00999 ? `${Math.round(100 * rate)} %` : `${Number((100 * rate).toPrecision(3))} %`
}

/** A mean of rates with its interval: `97.6 ± 0.4 %`; of one value, which has none, as that value. */
export function percentInterval(interval: MeanInterval | null): string {
  if (interval === null) return UNKNOWN
  const { mean, halfWidth } = interval
  return halfWidth === null ? percent(mean) : `${(100 * mean).toFixed(1)} ± ${(100 * halfWidth).toFixed(1)} %`
}

/** What the figures of `percentInterval` are. */
export function intervalWords(interval: MeanInterval | null): string {
  if (interval === null) return 'not measured'
  const { n, halfWidth } = interval
  return halfWidth === null
    ? 'one seed, which gives no interval'
    : `mean over ${n} seeds, with the 95 % confidence interval (Student t)`
}

/** Change of a rate in percentage points, with its sign. */
export function points(before: number | null | undefined, after: number | null | undefined): string {
  if (before === null || before === undefined || after === null || after === undefined) return UNKNOWN
  const change = 100 * (after - before)
  const text = Math.abs(change).toFixed(1)
  if (text === '0.0') return '±0.0'
  return `${change > 0 ? '+' : '−'}${text}`
}

/** `12 s`, `1 min 04 s`, `2 h 05 min`; below ten seconds with a tenth. */
export function duration(ms: number): string {
  const seconds = Math.max(0, ms) / 1000
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`
  const minutes = Math.round(whole / 60)
  return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`
}

/** A duration that is only expected: `1 s`, `14 s`, `1 min 04 s`. */
export function roughly(ms: number): string {
  return duration(Math.max(1, Math.round(ms / 1000)) * 1000).replace('.0 s', ' s')
}

/** `01:12`, for values that change while one looks. */
export function clock(ms: number): string {
  const whole = Math.max(0, Math.round(ms / 1000))
  const hours = Math.floor(whole / 3600)
  const rest = `${pad(Math.floor((whole % 3600) / 60))}:${pad(whole % 60)}`
  return hours > 0 ? `${hours}:${rest}` : rest
}

export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

export function bytes(value: number): string {
  if (value < 1000) return `${value} B`
  if (value < 1_000_000) return `${(value / 1000).toFixed(1)} kB`
  return `${(value / 1_000_000).toFixed(1)} MB`
}

/** Local time, to the minute: `2026-01-31 14:25`. */
export function dateTime(iso: string): string {
  const date = new Date(iso)
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${timeOfDay(date).slice(0, 5)}`
}

export function timeOfDay(date: Date): string {
  return `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`
}

/** A number in a chart or table: four significant digits, no needless zeros. */
export function plainNumber(value: number): string {
  if (!Number.isFinite(value)) return UNKNOWN
  return String(Number(value.toPrecision(4)))
}

export function plural(amount: number, one: string, many = `${one}s`): string {
  return `${count(amount)} ${amount === 1 ? one : many}`
}

function pad(value: number): string {
  return String(value).padStart(2, '0')
}
