import { describe, expect, it } from 'vitest'
import { whyRefuseToStart } from '../../../src-main/desktop/refused-switches.js'

const program = (isPackaged: boolean, ...switches: string[]) => ({
  isPackaged,
  commandLine: { hasSwitch: (name: string) => switches.includes(name) },
})

describe('whyRefuseToStart', () => {
  it.each(['no-sandbox', 'disable-web-security'])('refuses --%s, naming it, once installed', (name) => {
    expect(whyRefuseToStart(program(true, name))).toContain(`--${name}`)
    expect(whyRefuseToStart(program(false, name))).toBeNull()
  })

  it('minds no other switch', () => {
    expect(whyRefuseToStart(program(true, 'workspace', 'force-device-scale-factor'))).toBeNull()
  })
})
