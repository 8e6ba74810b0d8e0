// Reads the fuses of a packaged Electron binary and compares them with what this program ships.
//
//   npm run fuses -- PATH/TO/BINARY
//
// Ends with 1 where a fuse is not as it has to be, naming it.

import { readFile } from 'node:fs/promises'
import { readFuses, wrongFuses } from './fuses/fuse-wire.mjs'

const [path] = process.argv.slice(2)
if (path === undefined) {
  process.stderr.write('unbackdoor: name the binary to read: npm run fuses -- PATH\n')
  process.exit(2)
}
const fuses = readFuses(await readFile(path))
if (fuses === null) {
  process.stderr.write(`unbackdoor: ${path} holds no fuses, so it is no Electron binary\n`)
  process.exit(1)
}
for (const [name, state] of Object.entries(fuses)) process.stdout.write(`${name}: ${state}\n`)
const wrong = wrongFuses(fuses)
for (const sentence of wrong) process.stderr.write(`unbackdoor: ${sentence}\n`)
process.exitCode = wrong.length > 0 ? 1 : 0
