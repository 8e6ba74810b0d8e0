/** The other end of the child-process wire: serves the fake application to whoever started this process. */
import { z } from 'zod'
import { AppEvent } from '../../src-shared/contract/events.js'
import { openProcessPort } from '../../src-main/engine/process-port.js'
import { createFakeApp } from './fake-app.js'

/** Not part of the protocol: how the test makes this side speak first. */
const Order = z.object({ emitFromChild: AppEvent })

const app = createFakeApp()
const port = openProcessPort()
port.onClose(() => process.exit(0))
app.serve({
  ...port,
  onMessage: (listener) =>
    port.onMessage((message) => {
      const order = Order.safeParse(message)
      if (order.success) app.emit(order.data.emitFromChild)
      else listener(message)
    }),
})
