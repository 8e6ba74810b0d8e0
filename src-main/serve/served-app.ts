import type { App } from '../app/create-app.js'

/** What the server needs of the application: answers, events, and a place for unexpected errors. */
export type ServedApp = Pick<App, 'handlers' | 'subscribe' | 'log'>
