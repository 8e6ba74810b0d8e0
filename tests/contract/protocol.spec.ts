import { describe, expect, it } from 'vitest'
import { errorTitles, ErrorCode } from '../../src-shared/contract/errors.js'
import { createMemoryPair } from '../../src-shared/rpc/memory-transport.js'
import { createFakeApp } from '../helpers/fake-app.js'

/** What a client that does not keep to the protocol gets to hear. */
async function answersTo(...messages: unknown[]): Promise<{ answers: unknown[]; closed: boolean }> {
  const [near, far] = createMemoryPair()
  createFakeApp().serve(far)
  const answers: unknown[] = []
  let closed = false
  near.onMessage((message) => answers.push(message))
  near.onClose(() => {
    closed = true
  })
  for (const message of messages) near.send(message)
  await new Promise((resolve) => setTimeout(resolve, 20))
  return { answers, closed }
}

describe('the protocol', () => {
  it('begins with a hello', async () => {
    const { answers, closed } = await answersTo({ kind: 'call', id: 0, name: 'run.list', input: {} })
    expect(answers).toMatchObject([{ kind: 'refused', error: { message: 'The first message must be a hello.' } }])
    expect(closed).toBe(true)
  })

  it('refuses another version, naming both', async () => {
    const { answers, closed } = await answersTo({ kind: 'hello', protocol: 99 })
    expect(answers).toMatchObject([{ kind: 'refused', error: { code: 'unsupported' } }])
    expect(JSON.stringify(answers)).toContain('protocol 99, this program 1')
    expect(closed).toBe(true)
  })

  it.each([null, 'hello', 42, {}, { kind: 'call' }, { kind: 'hello', protocol: '1' }, []])(
    'refuses %j',
    async (message) => {
      const { answers, closed } = await answersTo(message)
      expect(answers).toMatchObject([{ kind: 'refused' }])
      expect(closed).toBe(true)
    },
  )

  it('does not mistake names of the language for commands', async () => {
    const hello = { kind: 'hello', protocol: 1 }
    for (const name of ['constructor', '__proto__', 'toString']) {
      const { answers } = await answersTo(hello, { kind: 'call', id: 1, name, input: {} })
      expect(answers).toMatchObject([{ kind: 'error', id: 1, error: { code: 'unsupported' } }])
    }
  })

  it('has a title for every error code', () => {
    expect(Object.keys(errorTitles).toSorted()).toEqual([...ErrorCode.options].toSorted())
  })
})
