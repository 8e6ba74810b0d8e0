/** A loop that goes on for one unit (an epoch, a pass) each time it is asked to, and waits in between. */
export interface SteppedLoop {
  /** Lets it do one unit. */
  next(): Promise<void>
  /** Ends it where it waits, so that it frees what it holds. */
  end(): Promise<void>
}

/** What a loop awaits after each unit. */
export type Gate = () => Promise<void>

const ended = Symbol('ended')

/** `run` is the program's own code, measured as it is: it is only made to wait wherever it calls back. */
export function stepThrough(run: (gate: Gate) => Promise<void>): SteppedLoop {
  let begin = Promise.withResolvers<void>()
  let done = Promise.withResolvers<void>()

  const gate: Gate = async () => {
    begin = Promise.withResolvers()
    done.resolve()
    await begin.promise
  }
  const whole = begin.promise
    .then(() => run(gate))
    .then(
      () => done.reject(new Error('The loop ended by itself')),
      (error: unknown) => {
        if (error !== ended) done.reject(error)
      },
    )
  return {
    async next() {
      done = Promise.withResolvers()
      begin.resolve()
      await done.promise
    },
    async end() {
      begin.reject(ended)
      await whole
    },
  }
}
