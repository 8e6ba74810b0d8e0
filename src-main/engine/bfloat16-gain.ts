import { readFile } from 'node:fs/promises'

/** Where Linux tells what its processors can do. */
const PROCESSORS = '/proc/cpuinfo'

/**
 * Whether training in bfloat16 is faster on this machine's processors: those with tile registers for it (AMX). Others only
 * convert. Systems that do not tell are taken for others.
 */
export async function processorGainsFromBfloat16(): Promise<boolean> {
  const described = await readFile(PROCESSORS, 'utf8').catch(() => '')
  return /^flags\s*:.*\bamx_bf16\b/m.test(described)
}
