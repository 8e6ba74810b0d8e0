import { openHttpTransport } from '../../src-renderer/src/client/http-transport.js'
import { connectTo } from '../helpers/contract-client.js'
import { startTestServer } from '../helpers/serve-server.js'
import { describeContract } from './suite.js'

describeContract('HTTP', async () => {
  const server = await startTestServer()
  const transport = await openHttpTransport(server.socket(await server.cookie()))
  return { client: connectTo(transport), emit: (event) => server.emit(event), close: () => server.close() }
})
