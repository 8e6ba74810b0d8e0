/** The one origin that the window ever shows, and the places of the page that the menu leads to. */
export const APP_SCHEME = 'app'
export const APP_HOST = 'unbackdoor'
export const APP_ORIGIN = `${APP_SCHEME}://${APP_HOST}`

export const places = {
  home: `${APP_ORIGIN}/`,
  newExperiment: `${APP_ORIGIN}/#/compose`,
  openedExperiment: (grantId: string) => `${APP_ORIGIN}/#/compose?open=${grantId}`,
} as const

/** Compares parts rather than beginnings: `app://unbackdoor.example/` begins like the origin and is not of it. */
export function isOwnAddress(address: string): boolean {
  if (!URL.canParse(address)) return false
  const { protocol, host, username, password } = new URL(address)
  return protocol === `${APP_SCHEME}:` && host === APP_HOST && username === '' && password === ''
}
