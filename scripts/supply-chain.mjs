// What the program is made of, and what is known against it.
//
//   npm run supply-chain [-- FOLDER]      "out/supply-chain" by default
//
// Writes a bill of materials (CycloneDX) and the licences of every package, then asks the registry for known
// vulnerabilities and signatures. Ends with 1 where something is found, and with 3 where the registry does not answer.

import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { licenceTable, packagesIn } from './supply-chain/packages.mjs'

const FOUND = 1
const UNANSWERED = 3

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = process.argv[2] ?? join(root, 'out', 'supply-chain')
const run = promisify(execFile)

/**
 * @param {string[]} args
 * @returns {Promise<{ isOk: boolean, stdout: string, stderr: string }>}
 */
async function npm(...args) {
  const options = { cwd: root, maxBuffer: 64 * 1024 * 1024 }
  try {
    return { isOk: true, ...(await run('npm', args, options)) }
  } catch (error) {
    const { stdout = '', stderr = String(error) } = /** @type {{ stdout?: string, stderr?: string }} */ (error)
    return { isOk: false, stdout, stderr }
  }
}

await mkdir(folder, { recursive: true })
const packages = packagesIn(await readFile(join(root, 'package-lock.json'), 'utf8'))
await writeFile(join(folder, 'licences.md'), licenceTable(packages))
const bill = await npm('sbom', '--sbom-format', 'cyclonedx', '--package-lock-only')
if (!bill.isOk) throw new Error(`The bill of materials could not be made: ${bill.stderr}`)
await writeFile(join(folder, 'sbom.cdx.json'), bill.stdout)
process.stdout.write(`${packages.length} packages; written: ${folder}/sbom.cdx.json, ${folder}/licences.md\n`)

const audit = await npm('audit', '--omit', 'dev', '--json')
const advice = /** @type {{ metadata?: { vulnerabilities?: { total: number } } }} */ (
  audit.stdout.startsWith('{') ? JSON.parse(audit.stdout) : {}
)
const total = advice.metadata?.vulnerabilities?.total
if (total === undefined) {
  process.stdout.write('Known vulnerabilities: the registry does not answer that question, so nothing was checked.\n')
  process.exitCode = UNANSWERED
} else {
  process.stdout.write(`Known vulnerabilities in what is shipped: ${total}\n`)
  if (total > 0) process.exitCode = FOUND
}
const signatures = await npm('audit', 'signatures')
process.stdout.write(
  signatures.isOk
    ? `Signatures: ${signatures.stdout.trim().split('\n').join(' ')}\n`
    : `Signatures: not checked. ${(signatures.stderr.trim() || signatures.stdout.trim()).split('\n', 1)[0]}\n`,
)
if (!signatures.isOk) process.exitCode ??= UNANSWERED
