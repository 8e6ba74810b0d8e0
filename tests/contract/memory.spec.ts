import { createMemoryPair } from '../../src-shared/rpc/memory-transport.js'
import { connectTo } from '../helpers/contract-client.js'
import { createFakeApp } from '../helpers/fake-app.js'
import { describeContract } from './suite.js'

describeContract('memory', async () => {
  const [near, far] = createMemoryPair()
  const app = createFakeApp()
  app.serve(far)
  return { client: connectTo(near), emit: (event) => app.emit(event), close: async () => near.close() }
})
