// Measures what docs/results.md states.
//
//   npm run results                        the attacks and defenses; prints the tables
//   npm run results -- attacks             that each attack plants; prints the table
//   npm run results -- page                the page; writes its part of docs/results.md

const [what] = process.argv.slice(2)
if (what === 'page') await import('./results/page.mjs')
else if (what === 'attacks') await import('./results/attacks.mjs')
else await import('./results/defenses.mjs')
