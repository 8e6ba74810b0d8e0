import './client/zod-without-eval.js'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { createAppClient } from './client/create-app-client.js'
import { pickTransport } from './client/pick-transport.js'
import { actionsKey, createActionRegistry } from './composables/use-actions.js'
import { createWorkbenchRouter } from './routes.js'
import { appClientKey, fileUrlKey, type FileUrl } from './stores/app-client.js'
import './styles/tokens.css'
import './styles/base.css'

// Before the router, which must not take the token in the address for a place.
const client = createAppClient(pickTransport(window))

/** The same in the window and behind the server. */
const fileUrl: FileUrl = (runId, path) => `/run/${runId}/files/${path}`

createApp(App)
  .provide(appClientKey, client)
  .provide(fileUrlKey, fileUrl)
  .provide(actionsKey, createActionRegistry())
  .use(createPinia())
  .use(createWorkbenchRouter())
  .mount('#app')
