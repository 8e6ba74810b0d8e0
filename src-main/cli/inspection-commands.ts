import type { Command } from 'commander'
import { detectCommand } from './commands/detect.js'
import { explainCommand } from './commands/explain.js'
import { inspectCommand } from './commands/inspect.js'
import { collect, sampleLimit, share, wholeNumbers } from './option-values.js'
import { DEFAULT_WORKSPACE, workspaceHelp } from './workspace.js'

/** Enough to see where heat lies, in a few seconds. */
const USUAL_LIMIT = 200

interface ExplainFlags {
  readonly workspace: string
  readonly samples: number[]
  readonly split: string
  readonly method: string
  readonly set: string[]
  readonly layer?: string
  readonly class: string
  readonly out: string
  readonly json?: boolean
}

interface DetectFlags {
  readonly workspace: string
  readonly detector?: string
  readonly preset?: string
  readonly set: string[]
  readonly model: string
  readonly limit?: number
  readonly rate: number
  readonly json?: boolean
}

/** The commands that look inside a run. */
export function addInspectionCommands(program: Command, finish: (exitCode: number) => void): void {
  program
    .command('inspect')
    .description('what is inside a run: answers, heat inside the trigger, what the defenses changed')
    .argument('<runId>')
    .option('--workspace <folder>', workspaceHelp, DEFAULT_WORKSPACE)
    .option(
      '--limit <number>',
      'samples that heat and change are measured on at most, evenly spread; or "all"',
      sampleLimit,
      USUAL_LIMIT,
    )
    .option('--json', 'all of it as JSON, with confusion matrices, in one line')
    .action(async (runId: string, { json = false, ...flags }: { workspace: string; limit: number; json?: boolean }) => {
      finish(await inspectCommand(runId, { ...flags, json }))
    })

  program
    .command('explain')
    .description('write heatmaps of samples of a run: pictures, and their values as NPZ and CSV')
    .argument('<runId>')
    .requiredOption('--samples <numbers>', 'positions in the split, parted by commas', wholeNumbers)
    .requiredOption('--method <id>', 'see "list explainers"')
    .requiredOption('--out <folder>', 'where the files go')
    .option('--split <name>', 'evaluation, defender or train', 'evaluation')
    .option('--layer <name>', 'of a method that looks at a layer; left out: the last map')
    .option('--class <class>', 'predicted, true, target, or the number of a class', 'predicted')
    .option('--set <name=value>', 'a parameter of the method; may be repeated', collect, [])
    .option('--workspace <folder>', workspaceHelp, DEFAULT_WORKSPACE)
    .option('--json', 'the figures as JSON, in one line')
    .action(async (runId: string, { layer, json, ...flags }: ExplainFlags) => {
      finish(await explainCommand(runId, { ...flags, layer: layer ?? null, json: json ?? false }))
    })

  program
    .command('detect')
    .description('let detectors examine samples and models of a run, and tell how well they do')
    .argument('<runId>')
    .option('--detector <id>', 'see "list detectors"; left out: all of them')
    .option('--preset <id>', 'of the detector')
    .option('--set <name=value>', 'a parameter of the detector; may be repeated', collect, [])
    .option('--model <id>', 'victim, or defense-1, defense-2, ... for what a defense has made of it', 'victim')
    .option(
      '--limit <n>',
      'samples at most: clean test images and as many triggered, or training images; or all',
      sampleLimit,
    )
    .option('--rate <share>', 'false positive rate at which recall and precision are told', share, 0.05)
    .option('--workspace <folder>', workspaceHelp, DEFAULT_WORKSPACE)
    .option('--json', 'the figures as JSON, in one line')
    .action(async (runId: string, { detector, preset, limit, json, ...flags }: DetectFlags) => {
      const given = { detector: detector ?? null, preset: preset ?? null, limit: limit ?? null, json: json ?? false }
      finish(await detectCommand(runId, { ...flags, ...given }))
    })
}
