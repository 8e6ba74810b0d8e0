import { AppError } from '../../../src-shared/contract/errors.js'
import { Detection } from '../../../src-shared/model/run-record.js'
import type { RecoveredSheet, View } from '../../../src-shared/model/inspection.js'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Mark } from '../../../src-shared/trigger/mark.js'
import { patchMark, type OpenView } from '../../lab/inspect/view-images.js'
import { cutSheet } from '../../lab/trigger-recovery/patch-sheet.js'
import type { InspectedRun } from '../../engine-contract/index.js'
import { readRunPicture } from './read-picture.js'

const SHEET = /^(?:defense-(\d+)\/)?recovered\/(epoch|class)-(\d+)[.]png$/

/** The sheets of recovered triggers that the run has saved, in the order of defenses and epochs. */
export function sheetsOf({ record }: InspectedRun, detections: readonly (Detection | null)[]): RecoveredSheet[] {
  const found = record.artifacts.flatMap(({ path }): RecoveredSheet[] => {
    const match = SHEET.exec(path)
    if (match === null) return []
    const defense = match[1] === undefined ? 0 : Number(match[1]) - 1
    const number = Number(match[3])
    return match[2] === 'class'
      ? [{ path, defense, class: number, epoch: null }]
      : [{ path, defense, class: detections[defense]?.target ?? null, epoch: number }]
  })
  return found.toSorted(
    (a, b) => a.defense - b.defense || (a.epoch ?? 0) - (b.epoch ?? 0) || (a.class ?? 0) - (b.class ?? 0),
  )
}

/** What each defense found of each class: from the summary, or from its own file where the run has not ended well. */
export async function detectionsOf({ record, folder }: InspectedRun): Promise<(Detection | null)[]> {
  const { summary, experiment } = record
  if (summary !== null) return summary.defenses.map(({ detection }) => detection)
  return Promise.all(
    experiment.defenses.map(async (_, index) => {
      const inside = experiment.defenses.length === 1 ? '' : `defense-${index + 1}/`
      const text = await readFile(join(folder, `${inside}detection.json`), 'utf8').catch(() => null)
      return text === null ? null : (Detection.safeParse(parseJson(text)).data ?? null)
    }),
  )
}

/** The triggers of a sheet. Only what the record lists as one is read. */
export async function readSheet(run: InspectedRun, path: string): Promise<Mark[]> {
  const known = sheetsOf(run, [])
  if (!known.some((sheet) => sheet.path === path)) {
    const message = `is not a sheet of recovered triggers of this run; it has ${known.length === 0 ? 'none' : `${known.length}, such as ${known.at(-1)!.path}`}`
    throw new AppError({
      code: 'invalid-input',
      message: `sheet: "${path}" ${message}`,
      fields: [{ path: 'sheet', value: path, message }],
    })
  }
  const picture = await readRunPicture(run.folder, path)
  const cut = picture === null ? null : cutSheet(picture)
  if (cut === null) {
    throw new AppError({ code: 'storage', message: `${path} is missing, or is not a sheet of recovered triggers.` })
  }
  const size = cut.patch.height * cut.patch.width * cut.patch.channels
  return Array.from({ length: cut.pixels.length / size }, (_, k) =>
    patchMark(cut.patch, cut.pixels.subarray(k * size, (k + 1) * size)),
  )
}

/** A view with its recovered trigger read. */
export async function openView(inspected: InspectedRun, view: View): Promise<OpenView> {
  if (view.kind !== 'recovered') return view
  const patches = await readSheet(inspected, view.sheet)
  const patch = patches[view.patch]
  if (patch !== undefined) return { kind: 'recovered', patch, place: view.place }
  const message = `does not exist: the sheet has ${patches.length} triggers, 0 to ${patches.length - 1}`
  throw new AppError({
    code: 'invalid-input',
    message: `patch: ${view.patch} ${message}`,
    fields: [{ path: 'view.patch', value: String(view.patch), message }],
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
