import { ACCESS_NEEDED } from '../../src-shared/contract/access.js'
import { commands, type AppHandlers, type CommandName } from '../../src-shared/contract/commands.js'
import { AppError } from '../../src-shared/contract/errors.js'

/** The same application for who was let in to watch: whatever changes something is refused, in words. */
export function watchOnly(handlers: AppHandlers): AppHandlers {
  const names = Object.keys(commands) as CommandName[]
  const refusals = names
    .filter((name) => ACCESS_NEEDED[name] === 'work')
    .map((name) => [name, async () => Promise.reject(refusal(name))] as const)
  return {
    ...handlers,
    ...(Object.fromEntries(refusals) as unknown as Partial<AppHandlers>),
    'system.report': async (input) => ({ ...(await handlers['system.report'](input)), access: 'watch' }),
  }
}

function refusal(name: CommandName): AppError {
  return new AppError({
    code: 'refused',
    message: `This page was opened to watch, so it cannot ask for "${name}".`,
    hint: 'Whoever started the server can print a link that lets a browser work: Enter in its terminal.',
  })
}
