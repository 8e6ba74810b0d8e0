import { InvalidArgumentError, type Command } from 'commander'
import {
  EXPORT_FORMATS,
  exportWords,
  OF_SEVERAL,
  OF_WEIGHTS,
  type ExportFormat,
} from '../../src-shared/export/export-runs.js'
import { POISONED_FORMATS, type PoisonedFormat } from '../../src-shared/export/poisoned-files.js'
import { CARD_TOLERANCE } from '../../src-shared/runs/card.js'
import { exportCommand } from './commands/export.js'
import { poisonCommand } from './commands/poison.js'
import { rerunCommand } from './commands/rerun.js'
import { collect, positiveNumber, wholeNumbers } from './option-values.js'
import { DEFAULT_WORKSPACE, workspaceHelp } from './workspace.js'

interface ExportFlags {
  readonly workspace: string
  readonly format: ExportFormat
  readonly out: string
  readonly model: string
  readonly samples?: number[]
  readonly method: string
  readonly heat: boolean
  readonly baseline?: string
  readonly overwrite?: boolean
}

interface PoisonFlags {
  readonly format: PoisonedFormat
  readonly out: string
  readonly set: string[]
  readonly overwrite?: boolean
}

interface RerunFlags {
  readonly workspace: string
  readonly threads?: number
  readonly check?: boolean
  readonly tolerance: number
  readonly json?: boolean
}

/** The commands that take results away, and repeat them. */
export function addExportCommands(program: Command, finish: (exitCode: number) => void): void {
  program
    .command('export')
    .description('write a run, or a comparison of several, as a file for others')
    .argument('<runIds...>', `one run; several for ${OF_SEVERAL.join(', ')}`)
    .requiredOption('--format <format>', EXPORT_FORMATS.join(' | '), format)
    .requiredOption('--out <path>', 'the file, or a folder that it goes into under a name of its own')
    .option('--model <id>', `for ${OF_WEIGHTS.join(', ')}: victim, or defense-1, defense-2, ...`, 'victim')
    .option(
      '--samples <numbers>',
      'for html: test images to explain; left out: the first that the attack turns',
      wholeNumbers,
    )
    .option('--method <id>', 'for html: how they are explained (see "list explainers")', 'grad-cam')
    .option('--no-heat', 'for html: no heatmaps, so that neither engine nor dataset is needed')
    .option('--baseline <runId>', 'for html of several runs: what the others are compared with')
    .option('--overwrite', 'write over a file that is there')
    .option('--workspace <folder>', workspaceHelp, DEFAULT_WORKSPACE)
    .addHelpText(
      'after',
      `\n${EXPORT_FORMATS.map((id) => `  ${id.padEnd(12)} ${exportWords[id].title}: ${exportWords[id].about}`).join('\n')}`,
    )
    .action(async (runIds: string[], { baseline, samples, heat, method, overwrite, ...flags }: ExportFlags) => {
      finish(
        await exportCommand(runIds, {
          ...flags,
          samples: samples ?? null,
          explainer: heat ? method : null,
          baseline: baseline ?? null,
          overwrite: overwrite ?? false,
        }),
      )
    })

  program
    .command('poison')
    .description('write the poisoned dataset of an experiment, without running it')
    .argument('<experiment>', 'a preset, or an experiment file; of a run: export --format poisoned-npz')
    .requiredOption('--format <format>', POISONED_FORMATS.join(' | '), poisonedFormat)
    .requiredOption('--out <file>', 'the file')
    .option('--set <path=value>', 'change one field; may be repeated', collect, [])
    .option('--overwrite', 'write over a file that is there')
    .action(async (source: string, { overwrite, ...flags }: PoisonFlags) => {
      finish(await poisonCommand(source, { ...flags, workspace: DEFAULT_WORKSPACE, overwrite: overwrite ?? false }))
    })

  program
    .command('rerun')
    .description('repeat a run from its reproducibility card, or from the run itself')
    .argument('<cardOrRun>', 'a card (see "export --format card"), or the name of a run of the workspace')
    .option('--check', 'compare the repetition with it, and end with 1 if it differs')
    .option(
      '--tolerance <rate>',
      'how far rates may lie apart where equal bits cannot be expected',
      rate,
      CARD_TOLERANCE,
    )
    .option('--threads <number>', 'threads of the engine; left out: one where it had one, else all', positiveNumber)
    .option('--workspace <folder>', workspaceHelp, DEFAULT_WORKSPACE)
    .option('--json', 'print every event as a line of JSON, the comparison last')
    .action(async (source: string, { threads, check, json, ...flags }: RerunFlags) => {
      finish(
        await rerunCommand(source, { ...flags, threads: threads ?? null, check: check ?? false, json: json ?? false }),
      )
    })
}

function format(text: string): ExportFormat {
  const found = EXPORT_FORMATS.find((name) => name === text)
  if (found === undefined) throw new InvalidArgumentError(`must be one of ${EXPORT_FORMATS.join(', ')}`)
  return found
}

function poisonedFormat(text: string): PoisonedFormat {
  const found = POISONED_FORMATS.find((name) => name === text)
  if (found === undefined) throw new InvalidArgumentError(`must be one of ${POISONED_FORMATS.join(', ')}`)
  return found
}

function rate(text: string): number {
  const value = Number(text)
  if (!(value >= 0 && value <= 1)) throw new InvalidArgumentError('must be a number from 0 to 1')
  return value
}
