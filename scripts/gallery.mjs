// Shows every component in every state, and the whole page over a recorded run. No engine is needed.
//
//   npm run gallery                        changes of the sources show at once
//   npm run gallery -- --port 5174         at another address
//   npm run gallery -- --built             built as the product is, for measuring

import { parseArgs } from 'node:util'
import { openGallery } from './gallery/open-gallery.mjs'

const { values } = parseArgs({
  options: { port: { type: 'string', default: '5173' }, built: { type: 'boolean', default: false } },
})
const { url } = await openGallery({ port: Number(values.port), isBuilt: values.built })
process.stdout.write(`The gallery is at ${url}\nStop with Ctrl-C.\n`)
