import type { z } from 'zod'

/** A question with one answer. Anything that takes longer answers with an id and goes on in events. */
export interface Command<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly input: I
  readonly output: O
}

export function command<I extends z.ZodType, O extends z.ZodType>(input: I, output: O): Command<I, O> {
  return { input, output }
}

export type CommandMap = Readonly<Record<string, Command>>
/** What a caller writes: defaults may be left out. */
export type InputOf<C extends Command> = z.input<C['input']>
/** What a handler receives: parsed, defaults filled in. */
export type ParsedOf<C extends Command> = z.output<C['input']>
export type OutputOf<C extends Command> = z.output<C['output']>

export type Handlers<M extends CommandMap> = {
  readonly [N in keyof M]: (input: ParsedOf<M[N]>) => Promise<OutputOf<M[N]>>
}
