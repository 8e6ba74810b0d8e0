// The one entry of every npm script: node scripts/run.mjs <demo|cli|test|start|setup|results|bench|gallery|screenshots|faults> [--engine cpu|gpu|js|auto] [args]
// It makes the clone runnable (packages, Node 24, native engine, build) and then hands over to the command asked for.
// Everything it has to say goes to stderr: stdout belongs to the command.

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(
    `unbackdoor: Node ${process.versions.node} is too old. Install Node 20.19 or newer (24 is best) and start again.\n`,
  )
  process.exit(1)
}

// Imported only now, because an older Node would stop at the first line of newer syntax instead of saying the above.
const { main } = await import('./bootstrap/index.mjs')
await main(process.argv.slice(2))
