import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AppError } from '../../src-shared/contract/errors.js'
import { forkEngine } from '../../src-main/app/fork-engine.js'
import { bundleForNode } from '../helpers/bundle.js'
import { connectTo } from '../helpers/contract-client.js'
import { describeContract } from './suite.js'

/** A real second process behind the wire that the application uses for the engine. */
let script = ''
beforeAll(async () => {
  script = await bundleForNode(join(import.meta.dirname, '..', 'helpers', 'served-child.ts'), 'served-child')
})
afterAll(() => rm(dirname(script), { recursive: true }))

const options = { installationFile: '', datasetCache: '', inspectionCache: '' }

describeContract('a child process', async () => {
  const child = forkEngine(script, options, null)
  return {
    client: connectTo(child.transport),
    emit: (event) => child.transport.send({ emitFromChild: event }),
    close: async () => child.kill(),
  }
})

describe('a child process', () => {
  it('that is killed fails the calls under way, saying how it ended', async () => {
    const child = forkEngine(script, options, null)
    const client = connectTo(child.transport)
    await client.call('run.list', {})
    const pending = client.call('system.report', {})
    child.kill()
    await expect(pending).rejects.toThrow('SIGKILL')
    await expect(pending).rejects.toBeInstanceOf(AppError)
  })

  it('that cannot start says so with its last words', async () => {
    const child = forkEngine(join(import.meta.dirname, 'nothing-here.mjs'), options, null)
    const ending = await new Promise<string>((resolve) => child.onExit(resolve))
    expect(ending).toContain('exited with code 1')
    expect(ending).toContain('nothing-here.mjs')
  })

  it('ends by itself when the application lets go of the wire', async () => {
    const child = forkEngine(script, options, null)
    await connectTo(child.transport).call('run.list', {})
    const ending = new Promise<string>((resolve) => child.onExit(resolve))
    child.transport.close()
    expect(await ending).toContain('code 0')
  })
})
