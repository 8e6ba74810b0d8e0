import { Command, CommanderError } from 'commander'
import { AppError } from '../../src-shared/contract/errors.js'
import type { StudyRequest } from '../../src-shared/model/study.js'
import { sortKeys, type Sorting } from '../../src-shared/runs/run-row.js'
import { doctorCommand } from './commands/doctor.js'
import { listables, listCommand, type Listable } from './commands/list.js'
import { methodCommand } from './commands/method.js'
import { EXIT_FAILED, runCommand } from './commands/run.js'
import { resumeCommand } from './commands/resume.js'
import { showCommand } from './commands/show.js'
import { studyCommand } from './commands/study.js'
import { tagCommand } from './commands/tag.js'
import { repairCommand, verifyCommand } from './commands/verify.js'
import { addDatasetCommands } from './dataset-commands.js'
import { addExportCommands } from './export-commands.js'
import { addInspectionCommands } from './inspection-commands.js'
import { addModelCommands } from './model-commands.js'
import { collect, listable, positiveNumber, scale, sorting, wholeNumber, words } from './option-values.js'
import { plain, say } from './output.js'
import { DEFAULT_WORKSPACE, workspaceHelp } from './workspace.js'

/** Something in the request was wrong, and nothing was started. */
const EXIT_REFUSED = 2

async function main(argv: readonly string[]): Promise<number> {
  let exitCode = 0
  const program = new Command('unbackdoor')
    .description('Puts backdoors into image classifiers and takes them out again.')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })

  program
    .command('run')
    .description('run an experiment from loading the data to the last evaluation')
    .argument('<experiment>', 'a preset (see "list presets"), an experiment file, or the run.json of a run')
    .option('--workspace <folder>', workspaceHelp, DEFAULT_WORKSPACE)
    .option(
      '--set <path=value>',
      'change one field, such as attack.params.poisonRate=0.1; may be repeated',
      collect,
      [],
    )
    .option('--victim <name>', 'an imported model (see "models") in place of one that is trained')
    .option('--seed <number>', 'seed of every random draw', wholeNumber)
    .option('--threads <number>', 'threads of the engine; 1 makes a run repeatable to the last bit', positiveNumber)
    .option('--json', 'print every event as a line of JSON, the result last; text for people goes to standard error')
    .addHelpText('after', '\nThe parameters of a method: unbackdoor method <id>, such as "method badnets".')
    .action(
      async (
        experiment: string,
        options: { workspace: string; set: string[]; victim?: string; seed?: number; threads?: number; json?: boolean },
      ) => {
        exitCode = await runCommand(experiment, {
          workspace: options.workspace,
          set: options.set,
          victim: options.victim ?? null,
          seed: options.seed ?? null,
          threads: options.threads ?? null,
          json: options.json ?? false,
        })
      },
    )

  program
    .command('resume')
    .description('go on with a run that was interrupted or failed, from its last checkpoint')
    .argument('<runId>')
    .option('--workspace <folder>', workspaceHelp, DEFAULT_WORKSPACE)
    .option(
      '--threads <number>',
      'threads of the engine; as many as the run had, to end as it would have',
      positiveNumber,
    )
    .option('--json', 'print every event as a line of JSON, the result last; text for people goes to standard error')
    .action(async (runId: string, options: { workspace: string; threads?: number; json?: boolean }) => {
      const { workspace, threads = null, json = false } = options
      exitCode = await resumeCommand(runId, { workspace, threads, json })
    })

  program
    .command('list')
    .description('list what there is')
    .argument('[what]', listables.join(' | '), listable)
    .option('--filter <words>', 'of the runs those with these words, or tag:..., attack:..., state:... and so on')
    .option('--sort <key>', `runs by ${sortKeys.join(', ')}; with a minus before it the other way round`, sorting)
    .option('--limit <number>', 'so many runs at most', positiveNumber)
    .option('--workspace <folder>', workspaceHelp, DEFAULT_WORKSPACE)
    .option('--json', 'as JSON')
    .addHelpText('after', '\nSuch as: unbackdoor list runs --filter "tag:paper -state:failed" --sort attackAfter')
    .action(
      async (
        what: Listable | undefined,
        options: { workspace: string; json?: boolean; filter?: string; sort?: Sorting; limit?: number },
      ) => {
        exitCode = await listCommand(what ?? null, {
          workspace: options.workspace,
          json: options.json ?? false,
          filter: options.filter ?? null,
          sort: options.sort ?? null,
          limit: options.limit ?? null,
        })
      },
    )

  program
    .command('method')
    .description('what a dataset, model, attack or defense does, and its parameters')
    .argument('<id>', 'such as badnets or baeraser')
    .action(async (id: string) => {
      exitCode = await methodCommand(id, { workspace: DEFAULT_WORKSPACE })
    })

  program
    .command('show')
    .description('show one run: settings, figures, files')
    .argument('<runId>')
    .option('--workspace <folder>', workspaceHelp, DEFAULT_WORKSPACE)
    .option('--json', 'the whole record as JSON')
    .action(async (runId: string, options: { workspace: string; json?: boolean }) => {
      exitCode = await showCommand(runId, { workspace: options.workspace, json: options.json ?? false })
    })

  const finish = (code: number): void => {
    exitCode = code
  }
  addDatasetCommands(program, finish)
  addInspectionCommands(program, finish)
  addModelCommands(program, finish)
  addExportCommands(program, finish)

  program
    .command('tag')
    .description('put tags on a run, by which "list runs" and the workbench find it')
    .argument('<runId>')
    .argument('[tags...]', 'words to add')
    .option('--remove <tag>', 'a tag to take away; may be repeated', collect, [])
    .option('--workspace <folder>', workspaceHelp, DEFAULT_WORKSPACE)
    .action(async (runId: string, tags: string[], options: { workspace: string; remove: string[] }) => {
      exitCode = await tagCommand(runId, tags, options)
    })

  program
    .command('verify')
    .description('check every file of a workspace against what its records promise; changes nothing')
    .argument('[workspace]', workspaceHelp, DEFAULT_WORKSPACE)
    .option('--datasets', 'the stored datasets of this user too')
    .option('--json', 'as JSON')
    .action(async (workspace: string, { json = false, datasets = false }: { json?: boolean; datasets?: boolean }) => {
      exitCode = await verifyCommand(workspace, { json, datasets })
    })

  program
    .command('repair')
    .description('make the index anew, settle runs whose program is gone, remove what was left over; nothing else')
    .argument('[workspace]', workspaceHelp, DEFAULT_WORKSPACE)
    .option('--json', 'as JSON')
    .action(async (workspace: string, { json = false }: { json?: boolean }) => {
      exitCode = await repairCommand(workspace, { json })
    })

  program
    .command('study')
    .description('run a whole comparison, or what is missing of it, and write its tables')
    .argument('<study>', 'such as "paper": three attacks, four datasets, five defenses')
    .option('--scale <scale>', 'tiny (minutes), small (hours on two cores) or full (the published protocol)', scale)
    .option('--datasets <ids>', 'parted by commas; image-folder:NAME is an imported folder', words)
    .option('--attacks <ids>', 'parted by commas', words)
    .option('--defenses <ids>', 'parted by commas', words)
    .option('--seeds <number>', 'how many seeds', positiveNumber)
    .option('--threads <number>', 'threads of the engine', positiveNumber)
    .option('--workspace <folder>', workspaceHelp, DEFAULT_WORKSPACE)
    .option('--dry-run', 'only say what would be run')
    .option('--json', 'the tables as JSON, in one line')
    .action(
      async (
        study: string,
        {
          workspace,
          threads,
          dryRun,
          json,
          ...chosen
        }: Partial<Omit<StudyRequest, 'study'>> & {
          workspace: string
          threads?: number
          dryRun?: boolean
          json?: boolean
        },
      ) => {
        exitCode = await studyCommand(
          { study, scale: 'small', ...chosen },
          { workspace, threads: threads ?? null, dryRun: dryRun ?? false, json: json ?? false },
        )
      },
    )

  program
    .command('doctor')
    .description('show what the program stands on: Node, engine, devices, memory, caches, Electron')
    .option('--workspace <folder>', workspaceHelp, DEFAULT_WORKSPACE)
    .option('--json', 'as JSON')
    .action(async (options: { workspace: string; json?: boolean }) => {
      exitCode = await doctorCommand({ workspace: options.workspace, json: options.json ?? false })
    })

  try {
    await program.parseAsync([...argv], { from: 'user' })
    return exitCode
  } catch (error) {
    return reportError(error)
  }
}

/** Codes of what was refused before anything was done. */
const REFUSALS = new Set(['invalid-input', 'not-found', 'data-missing', 'conflict'])

function reportError(error: unknown): number {
  // Commander has already said what was wrong; help and version are no errors.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_REFUSED
  if (error instanceof AppError) {
    if (error.fields === undefined) say(plain(error.message))
    else for (const { path, value, message } of error.fields) say(plain(`${path}: ${value} ${message}`))
    if (error.hint !== undefined) say(plain(error.hint))
    return REFUSALS.has(error.code) ? EXIT_REFUSED : EXIT_FAILED
  }
  console.error(error)
  return EXIT_FAILED
}

process.exitCode = await main(process.argv.slice(2))
