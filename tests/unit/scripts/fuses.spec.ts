import { describe, expect, it } from 'vitest'
import { readFuses, wrongFuses } from '../../../scripts/fuses/fuse-wire.mjs'

/** A binary with these letters on its wire, among other bytes. */
function binaryWith(letters: string, version = 1): Buffer {
  const wire = Buffer.concat([
    Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'),
    Buffer.from([version, letters.length]),
    Buffer.from(letters),
  ])
  return Buffer.concat([Buffer.alloc(1000, 7), wire, Buffer.alloc(1000, 9)])
}

describe('the fuses of a binary', () => {
  it('are accepted as they have to be', () => {
    const fuses = readFuses(binaryWith('010011001'))
    expect(fuses).toMatchObject({ RunAsNode: 'off', EnableCookieEncryption: 'on', WasmTrapHandlers: 'on' })
    expect(wrongFuses(fuses ?? {})).toEqual([])
  })

  it('are named where they are not, are missing, removed, or nobody has decided about them', () => {
    expect(wrongFuses(readFuses(binaryWith('110011001')) ?? {})).toEqual(['RunAsNode is on, and has to be off'])
    expect(wrongFuses(readFuses(binaryWith('01001100')) ?? {})).toEqual([
      'WasmTrapHandlers is missing, and has to be on',
    ])
    expect(wrongFuses(readFuses(binaryWith('01001r001')) ?? {})).toEqual([
      'OnlyLoadAppFromAsar is removed, and has to be on',
    ])
    expect(wrongFuses(readFuses(binaryWith('0100110011')) ?? {})).toEqual([
      'Fuse 9 is a fuse that nobody has decided about',
    ])
  })

  it('are not found in what is no Electron, or one of another wire', () => {
    expect(readFuses(Buffer.from('#!/bin/sh'))).toBeNull()
    expect(readFuses(binaryWith('010011001', 2))).toBeNull()
  })
})
