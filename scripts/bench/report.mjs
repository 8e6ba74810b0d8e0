import { row } from '../results/machine.mjs'

/**
 * @typedef {import('./measure.mjs').CaseResult} CaseResult
 * @typedef {{ processor: string, cores: number, threads: number, memoryGb: number, node: string, date: string, load: number }} Machine
 */

/** Our peak memory over PyTorch's. */
export const MEMORY_TARGET = 1.3

/** @param {Machine} machine */
export function machineText({ processor, cores, threads, memoryGb, node, date, load }) {
  return (
    `Machine: ${cores} x ${processor}, ${memoryGb} GB, Node ${node}; ${threads} ${threads === 1 ? 'thread' : 'threads'} ` +
    `on each side. Date: ${date}. Other programs kept ${load.toFixed(1)} cores busy when it began.`
  )
}

/**
 * The results as a Markdown table.
 * @param {readonly CaseResult[]} results
 */
export function tableOf(results) {
  const isCompared = results.some(({ torch }) => torch !== null)
  const heads = isCompared
    ? ['case', 'ms', 'PyTorch ms', 'ratio', 'wanted', 'CPU ratio', 'MB', 'PyTorch MB', 'ops', 'PyTorch ops', 'setting']
    : ['case', 'ms', 'CPU ms', 'MB', 'ops']
  return [
    row(heads),
    row(heads.map(() => '---')),
    ...results.map((result) => row(isCompared ? comparedCells(result) : ownCells(result))),
  ].join('\n')
}

/** @param {CaseResult} result */
function ownCells({ case: { title }, ours }) {
  return [title, spread(ours.ms, ours.minMs, ours.maxMs), figure(ours.cpuMs), ours.peakMb.toFixed(0), ours.operations]
}

/** @param {CaseResult} result */
function comparedCells({ case: { title, target }, ours, torch, ratios }) {
  if (torch === null || ratios === null) throw new Error('Compared with nothing')
  return [
    title,
    spread(ours.ms, ours.minMs, ours.maxMs),
    spread(torch.ms, torch.minMs, torch.maxMs),
    `${ratios.ratio.toFixed(2)} (${ratios.minRatio.toFixed(2)} to ${ratios.maxRatio.toFixed(2)})`,
    target === null ? '' : `≤ ${target.toFixed(2)}`,
    ratios.cpuRatio.toFixed(2),
    ours.peakMb.toFixed(0),
    torch.peakMb.toFixed(0),
    ours.operations,
    torch.operations,
    torch.setting.layout + (torch.setting.compiled ? ', compiled' : ''),
  ]
}

/**
 * The median and, in brackets, the least and the most.
 * @param {number} middle
 * @param {number} least
 * @param {number} most
 */
function spread(middle, least, most) {
  return least === most ? figure(middle) : `${figure(middle)} (${figure(least)} to ${figure(most)})`
}

/** Three digits. @param {number} ms */
function figure(ms) {
  return ms >= 100 ? ms.toFixed(0) : ms.toPrecision(3)
}

/**
 * What falls short of what is wanted, a sentence each.
 * @param {readonly CaseResult[]} results
 */
export function shortfalls(results) {
  return results.flatMap(({ case: { id, target }, ours, torch, ratios }) => {
    if (torch === null || ratios === null) return []
    const memory = ours.peakMb / torch.peakMb
    return [
      ...(target !== null && ratios.ratio > target
        ? [`${id}: time ${ratios.ratio.toFixed(2)}, wanted ${target}.`]
        : []),
      ...(memory > MEMORY_TARGET ? [`${id}: peak memory ${memory.toFixed(2)}, wanted ${MEMORY_TARGET}.`] : []),
    ]
  })
}

/**
 * The last line with --json.
 * @param {Machine} machine
 * @param {readonly CaseResult[]} results
 */
export function jsonLine(machine, results) {
  return JSON.stringify({
    type: 'bench',
    machine,
    cases: results.map(({ case: { id, precision, per, target }, repeats, ours, torch, ratios, errors }) => ({
      id,
      precision,
      per,
      repeats,
      ours,
      torch,
      ratio: ratios?.ratio ?? null,
      spread: ratios,
      target,
      errors,
    })),
  })
}
