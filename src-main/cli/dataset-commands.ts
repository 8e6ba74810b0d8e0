import type { Command } from 'commander'
import { downloadCommand, importCommand, listDatasets, removeCommand, showDataset } from './commands/datasets.js'
import { positiveNumber, wholeNumber } from './option-values.js'
import { DEFAULT_WORKSPACE } from './workspace.js'

/** The commands that get datasets onto this machine and away from it. */
export function addDatasetCommands(program: Command, finish: (exitCode: number) => void): void {
  const workspace = DEFAULT_WORKSPACE
  const datasets = program.command('datasets').description('which datasets are on this machine; get and remove them')
  const nameHelp = 'of an imported folder of images'

  datasets
    .command('list', { isDefault: true })
    .description('list datasets and which of them are here')
    .option('--json', 'as JSON')
    .action(async ({ json = false }: { json?: boolean }) => {
      finish(await listDatasets({ workspace, json }))
    })

  datasets
    .command('show')
    .description('show one dataset: form, classes, where it came from')
    .argument('<id>')
    .option('--name <name>', nameHelp)
    .option('--json', 'as JSON')
    .action(async (id: string, { name, json = false }: { name?: string; json?: boolean }) => {
      finish(await showDataset(id, { workspace, json, name: name ?? null }))
    })

  datasets
    .command('download')
    .description(
      'fetch an official dataset from its publisher, or from $UNBACKDOOR_DATASET_MIRROR/<id>/, and import it',
    )
    .argument('<id>')
    .option('--json', 'print what was stored as JSON')
    .action(async (id: string, { json = false }: { json?: boolean }) => {
      finish(await downloadCommand(id, { workspace, json }))
    })

  datasets
    .command('import')
    .description(
      'import a dataset from files on this machine: the official files, packed or not, or a folder of images',
    )
    .argument('<id>', 'such as mnist, cifar-10 or image-folder')
    .argument('<path>', 'a file, folder or archive (.tar.gz, .tgz, .tar, .zip), or arrays (.npz)')
    .option('--name <name>', 'for image-folder: what to call it; several may be there', undefined)
    .option('--size <pixels>', 'for image-folder: resize every image to so many pixels a side', positiveNumber)
    .option('--channels <auto|gray|rgb>', 'for image-folder', 'auto')
    .option(
      '--test-share <share>',
      'for image-folder without a split of its own: share of the test images',
      Number,
      0.2,
    )
    .option('--split-seed <number>', 'for image-folder without a split of its own: seed of the split', wholeNumber, 1)
    .option('--json', 'print what was stored as JSON')
    .addHelpText(
      'after',
      '\nA folder of images has the form train/<class>/<image> and test/<class>/<image>, or <class>/<image>.' +
        '\nUse it: unbackdoor run EXPERIMENT --set dataset.id=image-folder --set dataset.params.name=NAME',
    )
    .action(
      async (
        id: string,
        path: string,
        options: {
          name?: string
          size?: number
          channels: string
          testShare: number
          splitSeed: number
          json?: boolean
        },
      ) => {
        finish(
          await importCommand(id, path, {
            workspace,
            name: options.name ?? null,
            size: options.size ?? null,
            channels: options.channels,
            testShare: options.testShare,
            splitSeed: options.splitSeed,
            json: options.json ?? false,
          }),
        )
      },
    )

  datasets
    .command('remove')
    .description('remove a dataset from this machine')
    .argument('<id>')
    .option('--name <name>', nameHelp)
    .action(async (id: string, { name }: { name?: string }) => {
      finish(await removeCommand(id, { workspace, name: name ?? null }))
    })
}
