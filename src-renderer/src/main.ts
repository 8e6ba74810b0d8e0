import './client/zod-without-eval.js'
import { createAppClient } from './client/create-app-client.js'
import { pickTransport } from './client/pick-transport.js'
import type { FileUrl } from './stores/app-client.js'
import { createWorkbench } from './workbench.js'

// Before the router, which must not take the token in the address for a place.
const client = createAppClient(pickTransport(window))

/** The same in the window and behind the server. */
const fileUrl: FileUrl = (runId, path) => `/run/${runId}/files/${path}`

createWorkbench(client, fileUrl).mount('#app')
