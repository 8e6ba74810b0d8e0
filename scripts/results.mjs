// Measures what docs/results.md states, and of docs/performance.md what runs as a whole come to.
//
//   npm run results                        the attacks and defenses; prints the tables
//   npm run results -- attacks             that each attack plants; prints the table
//   npm run results -- page                the page; writes its part of docs/results.md
//   npm run results -- precision           victims trained in float32 and in bfloat16; prints a table of docs/performance.md

const [what] = process.argv.slice(2)
if (what === 'page') await import('./results/page.mjs')
else if (what === 'attacks') await import('./results/attacks.mjs')
else if (what === 'precision') await import('./results/precision.mjs')
else await import('./results/defenses.mjs')
