import { inject, type InjectionKey } from 'vue'
import type { RunId } from '../../../src-shared/model/ids.js'
import type { AppClient } from '../client/create-app-client.js'

export const appClientKey: InjectionKey<AppClient> = Symbol('application client')

/** The one door of the stores to the world outside the page; tests put a fake one there. */
export function useAppClient(): AppClient {
  return required(inject(appClientKey), 'client')
}

/** Where a file of a run can be fetched from; null where files are not served. */
export type FileUrl = (runId: RunId, path: string) => string | null

export const fileUrlKey: InjectionKey<FileUrl> = Symbol('addresses of run files')

export function useFileUrl(): FileUrl {
  return required(inject(fileUrlKey), 'way to run files')
}

function required<T>(found: T | undefined, what: string): T {
  if (found === undefined) throw new Error(`No ${what} was provided to the page`)
  return found
}
