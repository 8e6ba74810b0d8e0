import type { Command } from 'commander'
import { importModelCommand, listModelsCommand, removeModelCommand, showModelCommand } from './commands/models.js'
import { share, wholeNumber } from './option-values.js'
import { DEFAULT_WORKSPACE, workspaceHelp } from './workspace.js'

/** The commands that bring models into a workspace and take them out of it. */
export function addModelCommands(program: Command, finish: (exitCode: number) => void): void {
  program
    .command('import')
    .description('import a trained model, to defend and inspect it; nothing in its file is ever executed')
    .argument('<file>', 'of PyTorch (.pt, .pth, .th, .tar), safetensors, or a folder that BackdoorBench wrote')
    .option('--name <name>', 'what to call it; without it, that of the file')
    .option('--architecture <id>', 'only this one; without it, recognised by the weights')
    .option(
      '--normalization <constants>',
      'what its pixels were normalised by: a name such as cifar-10 or none, or MEAN/DEVIATION; known for BackdoorBench',
    )
    .option('--dataset <id>', 'what it was trained on')
    .option('--trigger <file>', 'its trigger, where it is known: a mark of TrojanZoo (.npy, .npz), PNG or JPEG')
    .option('--mask <file>', 'where the trigger covers the image: a gray picture of the same size, white is covered')
    .option('--target <class>', 'the class that triggered images are to be taken for', wholeNumber)
    .option('--position <place>', 'of the trigger: random, top-left, ..., center, or row,column')
    .option('--opacity <share>', 'of the trigger, from 0 to 1', share, 1)
    .option('--workspace <folder>', workspaceHelp, DEFAULT_WORKSPACE)
    .option('--json', 'what was stored, as JSON')
    .addHelpText('after', '\nThen: unbackdoor run default --victim NAME')
    .action(
      async (
        file: string,
        options: {
          name?: string
          architecture?: string
          normalization?: string
          dataset?: string
          trigger?: string
          mask?: string
          target?: number
          position?: string
          opacity: number
          workspace: string
          json?: boolean
        },
      ) => {
        finish(
          await importModelCommand(file, {
            workspace: options.workspace,
            json: options.json ?? false,
            name: options.name ?? null,
            architecture: options.architecture ?? null,
            normalization: options.normalization ?? null,
            dataset: options.dataset ?? null,
            trigger: options.trigger ?? null,
            triggerMask: options.mask ?? null,
            target: options.target ?? null,
            position: options.position ?? null,
            opacity: options.opacity,
          }),
        )
      },
    )

  const models = program.command('models').description('which models were imported; show and remove them')

  models
    .command('list', { isDefault: true })
    .description('list imported models')
    .option('--workspace <folder>', workspaceHelp, DEFAULT_WORKSPACE)
    .option('--json', 'as JSON')
    .action(async ({ workspace: folder, json = false }: { workspace: string; json?: boolean }) => {
      finish(await listModelsCommand({ workspace: folder, json }))
    })

  models
    .command('show')
    .description('show one model: architecture, where it came from, what its file claims')
    .argument('<name>')
    .option('--workspace <folder>', workspaceHelp, DEFAULT_WORKSPACE)
    .option('--json', 'as JSON')
    .action(async (name: string, { workspace: folder, json = false }: { workspace: string; json?: boolean }) => {
      finish(await showModelCommand(name, { workspace: folder, json }))
    })

  models
    .command('remove')
    .description('remove an imported model from the workspace')
    .argument('<name>')
    .option('--workspace <folder>', workspaceHelp, DEFAULT_WORKSPACE)
    .action(async (name: string, { workspace: folder }: { workspace: string }) => {
      finish(await removeModelCommand(name, folder))
    })
}
