const EPOCHS = 4

/**
 * @typedef {import('../../served/connect.mjs').Connection} Connection
 */

/**
 * The victim of the default experiment, and nothing after it.
 * @param {Connection} connection
 * @returns {Promise<object>}
 */
export async function victimExperiment(connection) {
  const { experiments } = await connection.call('catalogue.list')
  const preset = experiments.find((/** @type {{ id: string }} */ { id }) => id === 'default')
  return { ...preset.experiment, defenses: [], training: { epochs: EPOCHS } }
}

/**
 * @param {Connection} connection
 * @param {object} experiment
 * @param {(runId: string) => Promise<unknown>} [follow] once it has begun
 * @returns {Promise<number>} seconds of training alone, as the run itself reports them
 */
export async function train(connection, experiment, follow) {
  const ended = Promise.withResolvers()
  const stop = connection.onEvent((event) => {
    if (event.type === 'run.finished') ended.resolve(event)
    if (event.type === 'run.failed') ended.reject(new Error(JSON.stringify(event)))
  })
  const { runId } = await connection.call('run.start', { experiment })
  await follow?.(runId)
  const { summary } = /** @type {{ summary: { seconds: { train: number } } }} */ (await ended.promise)
  stop()
  return summary.seconds.train
}
