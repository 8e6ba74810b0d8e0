import './client/zod-without-eval.js'
import { createPinia } from 'pinia'
import { createApp, type App } from 'vue'
import WorkbenchPage from './App.vue'
import type { AppClient } from './client/create-app-client.js'
import { actionsKey, createActionRegistry } from './composables/use-actions.js'
import { createWorkbenchRouter } from './routes.js'
import { appClientKey, fileUrlKey, type FileUrl } from './stores/app-client.js'
import './styles/tokens.css'
import './styles/base.css'

/** The whole page, whatever answers it. */
export function createWorkbench(client: AppClient, fileUrl: FileUrl): App {
  return createApp(WorkbenchPage)
    .provide(appClientKey, client)
    .provide(fileUrlKey, fileUrl)
    .provide(actionsKey, createActionRegistry())
    .use(createPinia())
    .use(createWorkbenchRouter())
}
