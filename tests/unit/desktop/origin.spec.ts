import { describe, expect, it } from 'vitest'
import { isOwnAddress, places } from '../../../src-main/desktop/origin.js'

describe('isOwnAddress', () => {
  it.each([places.home, places.newExperiment, places.openedExperiment('x'), 'app://unbackdoor'])(
    'knows %s',
    (address) => {
      expect(isOwnAddress(address)).toBe(true)
    },
  )

  it.each([
    'app://unbackdoor.example/',
    'app://other/',
    'app://user@unbackdoor/',
    'app://unbackdoor:80/',
    'apps://unbackdoor/',
    'https://unbackdoor/',
    'file:///app://unbackdoor/',
    'about:blank',
    'null',
    '',
  ])('takes %s for foreign', (address) => {
    expect(isOwnAddress(address)).toBe(false)
  })
})
