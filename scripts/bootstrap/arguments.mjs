// Which part of the command line is the bootstrap's and which belongs to the command.

import { Problem } from './say.mjs'

/**
 * @typedef {'demo' | 'cli' | 'test' | 'start' | 'setup' | 'results' | 'bench' | 'gallery' | 'screenshots' | 'faults'} Command
 * @typedef {'cpu' | 'gpu' | 'js'} Variant
 * @typedef {Variant | 'auto'} EngineChoice
 * @typedef {{ command: Command, engine: EngineChoice, verbose: boolean, forwarded: string[] }} Arguments
 */

/** @type {readonly Command[]} */
const commands = ['demo', 'cli', 'test', 'start', 'setup', 'results', 'bench', 'gallery', 'screenshots', 'faults']
/** @type {readonly EngineChoice[]} */
const engines = ['cpu', 'gpu', 'js', 'auto']

const usage = `Usage: node scripts/run.mjs <${commands.join('|')}> [--engine ${engines.join('|')}] [--verbose] [arguments]`

/**
 * `--engine` is taken out wherever it stands before a lone `--`, so that people need not know about the bootstrap.
 * `--verbose` is only ours in front of the first forwarded argument, since commands have a flag of that name too.
 * @param {string[]} argv
 * @param {Record<string, string | undefined>} env
 * @returns {Arguments}
 */
export function readArguments(argv, env) {
  const [name, ...rest] = argv
  const command = commands.find((known) => known === name)
  if (!command) throw new Problem(name ? `There is no command "${name}".` : 'No command was given.', usage, 2)

  let engine = engineChoice(env.UNBACKDOOR_ENGINE || 'auto', 'The environment variable UNBACKDOOR_ENGINE')
  let verbose = false
  /** @type {string[]} */
  const forwarded = []

  while (rest.length > 0) {
    const argument = rest.shift() ?? ''
    if (argument === '--') {
      // In front of everything it separates our flags from the command's; later on it means something to the command.
      forwarded.push(...(forwarded.length === 0 ? rest : ['--', ...rest]))
      break
    }
    if (argument === '--engine') engine = engineChoice(rest.shift(), '--engine')
    else if (argument.startsWith('--engine=')) engine = engineChoice(argument.slice('--engine='.length), '--engine')
    else if (argument === '--verbose' && forwarded.length === 0) verbose = true
    else forwarded.push(argument)
  }
  return { command, engine, verbose, forwarded }
}

/**
 * @param {string | undefined} value
 * @param {string} where
 * @returns {EngineChoice}
 */
function engineChoice(value, where) {
  const choice = engines.find((known) => known === value)
  if (choice) return choice
  const given = value === undefined ? 'was given no value' : `was given "${value}"`
  throw new Problem(`${where} ${given}.`, `Allowed are: ${engines.join(', ')}.`, 2)
}
