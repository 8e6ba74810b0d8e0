/** Ends a switch over a union: a case that is missing does not compile, and one that slips through says what it was. */
export function assertNever(value: never, what: string): never {
  throw new Error(`Unexpected ${what}: ${JSON.stringify(value)}`)
}
