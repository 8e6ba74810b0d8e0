import { expect, it } from 'vitest'
import { openJpegDecoder } from '../../../../src-main/engine/import/jpeg.js'
import { jpeg } from '../../../helpers/archives.js'

// What damaged ones leave behind in the module would make it hang for good.
it('a picture is decoded the same after any number of damaged ones', async () => {
  const whole = await jpeg(16, 24, [200, 60, 90])
  const twice = Uint8Array.from(Buffer.concat([whole.subarray(0, -20), whole]))
  const decoder = await openJpegDecoder()
  const before = await decoder.decode(whole, 'f')
  for (let count = 0; count < 100; count++) {
    await expect(decoder.decode(twice, 'f')).rejects.toThrow('f: cannot be decoded')
  }
  expect(await decoder.decode(whole, 'f')).toEqual(before)
})
