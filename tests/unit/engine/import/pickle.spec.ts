import { describe, expect, it } from 'vitest'
import { importLimits } from '../../../../src-main/engine/import/limits.js'
import { readTorchFile } from '../../../../src-main/engine/import/model/torch-file.js'
import { readPickle } from '../../../../src-main/engine/import/pickle/read-pickle.js'
import {
  PickleArray,
  PickleDict,
  PickleList,
  PickleTuple,
  type PickleValue,
} from '../../../../src-main/engine/import/pickle/values.js'
import { pickleOps, zip } from '../../../helpers/archives.js'
import { modelFile } from '../../../helpers/model-files.js'
import { refusalOf } from '../../../helpers/refusals.js'

const { raw, op, byte, int: int32, put, get, name, text } = pickleOps
const joined = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts))
const P2 = Uint8Array.of(0x80, 2)
const P4 = Uint8Array.of(0x80, 4)
const unicode = (words: string): Uint8Array => {
  const bytes = new TextEncoder().encode(words)
  return joined(Uint8Array.of(0x8c, bytes.length), bytes)
}
const REDUCE = op(0x52)
const BUILD = op(0x62)
const NEWOBJ = op(0x81)
const STACK_GLOBAL = op(0x93)
const PERSISTENT = op(0x51)
const STOP = raw('.')

/** The pickle of a tensor of a storage of `count` numbers. */
function tensorPickle({
  count = 4,
  offset = 0,
  shape = [2, 2],
  strides = [2, 1],
  id = joined(unicode('storage'), name('torch', 'FloatStorage'), unicode('0'), unicode('cpu'), int32(count)),
}: {
  count?: number
  offset?: number
  shape?: readonly number[]
  strides?: readonly number[]
  id?: Uint8Array
}): Uint8Array {
  const tuple = (values: readonly number[]): Uint8Array => joined(raw('('), ...values.map(int32), raw('t'))
  return joined(
    P2,
    name('torch._utils', '_rebuild_tensor_v2'),
    joined(raw('(('), id, raw('t'), PERSISTENT, int32(offset), tuple(shape), tuple(strides)),
    joined(op(0x89), name('collections', 'OrderedDict'), op(0x29), REDUCE, raw('t'), REDUCE, STOP),
  )
}

function plain(value: PickleValue): unknown {
  if (value instanceof PickleDict) return new Map([...value.entries].map(([key, held]) => [key, plain(held)]))
  if (value instanceof PickleList || value instanceof PickleTuple) return value.items.map(plain)
  if (value instanceof PickleArray) return { type: value.type, shape: [...value.shape], bytes: [...value.bytes] }
  return value instanceof Uint8Array ? [...value] : value
}

describe('a pickle', () => {
  it.each([2, 3, 4, 5])('of NumPy of protocol %i is read to what was written', (protocol) => {
    expect(plain(readPickle(modelFile(`numpy-${protocol}.pickle`), 'p'))).toEqual(
      new Map<unknown, unknown>([
        ['small', { type: 'u1', shape: [2, 3], bytes: [0, 1, 2, 3, 4, 5] }],
        ['long', { type: 'i8', shape: [3], bytes: [...new Uint8Array(BigInt64Array.of(0n, 1n, 2n).buffer)] }],
        ['number', 0.5],
        [7, [true, null, -3, 2 ** 40, 1.5, 'text', [1, 2], [3], [...Buffer.from('bytes')]]],
      ]),
    )
  })

  it('holds a tensor that lies inside of its storage', () => {
    expect(readPickle(tensorPickle({ offset: 1, shape: [3], strides: [1] }), 'p')).toMatchObject({
      storage: { key: '0', type: 'float32', count: 4 },
      offset: 1,
      shape: [3],
    })
  })
})

const list = raw(']')
const nested = (depth: number): Uint8Array => joined(P2, list, ...Array.from({ length: depth }, () => op(0x85)), STOP)
const attack = (call: Uint8Array): Uint8Array => joined(P2, call, text('touch owned'), op(0x85), REDUCE, STOP)
const array = (shape: Uint8Array, type: Uint8Array, bytes: Uint8Array): Uint8Array =>
  joined(
    P2,
    joined(name('numpy.core.multiarray', '_reconstruct'), name('numpy', 'ndarray'), byte(0), op(0x85), text('b')),
    joined(op(0x87), REDUCE, raw('('), byte(1), shape, name('numpy', 'dtype'), type, op(0x85), REDUCE),
    joined(op(0x89), bytes, raw('t'), BUILD, STOP),
  )

/** What is tried with pickles, and what it is refused with. */
const tricks: readonly [what: string, bytes: Uint8Array, why: RegExp][] = [
  ['os.system by REDUCE', attack(name('os', 'system')), /"os.system".*nothing was executed/],
  ['posix.system by REDUCE', attack(name('posix', 'system')), /"posix.system"/],
  ['builtins.eval', attack(name('builtins', 'eval')), /"builtins.eval"/],
  ['builtins.exec of Python 2', attack(name('__builtin__', 'execfile')), /"__builtin__.execfile"/],
  ['builtins.getattr, to reach anything', attack(name('builtins', 'getattr')), /"builtins.getattr"/],
  ['a partial', attack(name('functools', 'partial')), /"functools.partial"/],
  ['a method of a known module', attack(name('torch', 'load')), /"torch.load"/],
  [
    'a dotted name of a known module',
    joined(P4, unicode('torch'), unicode('hub.load'), STACK_GLOBAL),
    /"torch.hub.load"/,
  ],
  ['numpy.load inside a known package', attack(name('numpy', 'load')), /"numpy.load"/],
  ['numpy.testing.runstring', attack(name('numpy.testing._private.utils', 'runstring')), /runstring/],
  [
    '__reduce__ chains: the result is called again',
    joined(P2, name('collections', 'OrderedDict'), op(0x29), REDUCE, op(0x29), REDUCE, STOP),
    /calls something that is no name/,
  ],
  [
    'a name put together from texts by the memo',
    joined(P4, unicode('os'), op(0x94), unicode('system'), op(0x94), get(0), get(1), STACK_GLOBAL, STOP),
    /"os.system"/,
  ],
  ['a name that is no text', joined(P4, byte(1), byte(2), STACK_GLOBAL), /a name that is no text/],
  ['a name of __proto__', attack(name('torch', '__proto__')), /"torch.__proto__"/],
  ['a name that only objects have', attack(name('constructor', 'constructor')), /"constructor.constructor"/],
  [
    'REDUCE under POP, whose result nobody sees',
    joined(P2, name('os', 'system'), op(0x29), REDUCE, op(0x30)),
    /"os.system"/,
  ],
  ['POP', joined(P2, byte(1), op(0x30), STOP), /operation POP,/],
  ['DUP', joined(P2, byte(1), op(0x32), STOP), /operation DUP,/],
  ['INST', joined(P2, raw('('), text('x'), raw('ios\nsystem\n'), STOP), /operation INST,/],
  ['OBJ', joined(P2, raw('('), name('collections', 'OrderedDict'), raw('o'), STOP), /operation OBJ,/],
  [
    'NEWOBJ of an unknown class',
    joined(P2, name('numpy', 'ndarray'), op(0x29), NEWOBJ, STOP),
    /makes an object of "numpy.ndarray"/,
  ],
  ['NEWOBJ_EX', joined(P4, name('collections', 'OrderedDict'), op(0x29), raw('}'), op(0x92), STOP), /NEWOBJ_EX/],
  ['an extension of the registry', joined(P2, Uint8Array.of(0x82, 1), STOP), /operation EXT1,/],
  ['a large extension', joined(P2, Uint8Array.of(0x84, 1, 0, 0, 0), STOP), /operation EXT4,/],
  ['a persistent id as text', joined(P2, raw('Pstorage\n'), STOP), /operation PERSID,/],
  ['BUILD on a list', joined(P2, list, op(0x29), BUILD, STOP), /takes none/],
  ['BUILD on a name', joined(P2, name('collections', 'OrderedDict'), raw('}'), BUILD, STOP), /a state is no tuple/],
  ['a name as a value', joined(P2, name('torch', 'FloatStorage'), STOP), /as if it were a value/],
  [
    'a name that is only known as one, called',
    joined(P2, name('torch', 'FloatStorage'), op(0x29), REDUCE, STOP),
    /only known as a name/,
  ],
  ['a protocol of the past, with its own operations', joined(raw('cos\nsystem\n(S"x"\ntR.')), /"os.system"/],
  ['a protocol of the future', joined(Uint8Array.of(0x80, 6), byte(1), STOP), /is of protocol 6/],
  ['a value used before it is there', joined(P2, get(4), STOP), /uses the value 4 before it is there/],
  ['a list that holds itself', joined(P2, list, put(0), get(0), raw('a'), STOP), /in itself/],
  [
    'two lists that hold each other',
    joined(P2, list, put(0), list, put(1), get(0), raw('a'), get(1), raw('a'), STOP),
    /in itself|in another one/,
  ],
  ['a thousand tuples inside each other', nested(1000), /more than 64 containers inside each other/],
  [
    'a hundred thousand open marks',
    joined(
      P2,
      Uint8Array.from({ length: 100_001 }, () => 0x28),
    ),
    /values waiting at once/,
  ],
  [
    'one long text turned into bytes again and again',
    joined(
      P2,
      Uint8Array.of(0x58, 0xe8, 3, 0, 0),
      raw('x'.repeat(1000)),
      put(0),
      list,
      ...Array.from({ length: 100 }, () =>
        joined(name('_codecs', 'encode'), get(0), unicode('latin1'), op(0x86), REDUCE, raw('a')),
      ),
    ),
    /makes more of its values than it holds/,
  ],
  ['a text longer than the file', joined(P2, Uint8Array.of(0x58, 255, 255, 255, 127), STOP), /is cut off/],
  ['bytes of 2^63', joined(P4, Uint8Array.of(0x8e, 0, 0, 0, 0, 0, 0, 0, 128)), /is cut off/],
  ['a number of 2 GB', joined(P2, Uint8Array.of(0x8b, 255, 255, 255, 127)), /operation LONG4,/],
  ['a number of 255 bytes', joined(P2, Uint8Array.of(0x8a, 255)), /a number of 255 bytes/],
  [
    'a frame that lies',
    joined(P4, Uint8Array.of(0x95, 255, 255, 255, 0, 0, 0, 0, 0), STOP),
    /is cut off|a frame that reaches/,
  ],
  ['a text that is none', joined(P2, Uint8Array.of(0x8c, 1, 0xff), STOP), /a text that is no text/],
  ['a key that is a list', joined(P2, raw('}'), list, byte(1), raw('s'), STOP), /a key of a dictionary/],
  ['entries for a list', joined(P2, list, byte(1), byte(2), raw('s'), STOP), /no dictionary/],
  ['a mark as a value', joined(P2, raw('(.')), /lacks a value/],
  ['no end', joined(P2, byte(1), put(1)), /is cut off/],
  ['something behind the end', joined(P2, byte(1), raw('.x')), /has 1 bytes behind its end/],
  ['values left over', joined(P2, byte(1), byte(2), STOP), /leaves 1 values over/],
  ['an empty file', new Uint8Array(), /is cut off/],
  ['a storage out of range', tensorPickle({ offset: 2 }), /reaches outside of its 4 numbers/],
  ['a negative offset', tensorPickle({ offset: -1 }), /begins at an impossible place/],
  ['negative strides', tensorPickle({ strides: [-2, 1] }), /impossible strides/],
  ['a negative size', tensorPickle({ shape: [-1, 2] }), /impossible shape/],
  ['a huge shape over one number', tensorPickle({ shape: [2 ** 30, 2 ** 30], strides: [0, 0] }), /reaches outside/],
  ['as many strides as there are no axes', tensorPickle({ strides: [1] }), /impossible strides/],
  [
    'a storage of another kind',
    tensorPickle({
      id: joined(unicode('file'), name('torch', 'FloatStorage'), unicode('0'), unicode('cpu'), int32(4)),
    }),
    /not that of a storage/,
  ],
  [
    'a storage of an unknown type',
    tensorPickle({
      id: joined(unicode('storage'), name('collections', 'OrderedDict'), unicode('0'), unicode('cpu'), int32(4)),
    }),
    /unknown type/,
  ],
  [
    'a storage whose key is a path',
    tensorPickle({
      id: joined(
        unicode('storage'),
        name('torch', 'FloatStorage'),
        unicode('../../etc/passwd'),
        unicode('cpu'),
        int32(4),
      ),
    }),
    /no usable key/,
  ],
  ['a storage of negative size', tensorPickle({ count: -4 }), /impossible size/],
  [
    'an array of objects',
    array(joined(byte(1), op(0x85)), text('O8'), text('x')),
    /elements of type "O8" are not read/,
  ],
  ['an array with other bytes than it says', array(joined(byte(9), op(0x85)), text('u1'), text('x')), /has 1 bytes/],
  ['an array of negative size', array(joined(int32(-1), op(0x85)), text('u1'), text('x')), /no list of numbers/],
]

describe('a pickle of a stranger', () => {
  it.each(tricks)('is refused with %s', async (_what, bytes, why) => {
    const refusal = await refusalOf(() => readPickle(bytes, 'p'))
    expect(refusal).toMatch(/^p: .*at byte \d+/)
    expect(refusal).toMatch(why)
  })

  it('may hold the same list in many places: it is there once', () => {
    const doubled = Array.from({ length: 30 }, () => joined(put(0), get(0), op(0x86)))
    expect(readPickle(joined(P2, list, ...doubled, STOP), 'p')).toBeInstanceOf(PickleTuple)
  })
})

describe('a file of PyTorch', () => {
  const tensor = tensorPickle({})
  const read = (entries: Parameters<typeof zip>[0]): unknown => {
    const { value, open } = readTorchFile(zip(entries), 'f', importLimits)
    return open(value as never).values()
  }
  const storage = new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer)

  it('has its numbers in entries of their own', () => {
    expect(
      read([
        { name: 'a/data.pkl', content: tensor },
        { name: 'a/data/0', content: storage },
      ]),
    ).toEqual(Float32Array.of(1, 2, 3, 4))
  })

  it.each([
    ['no pickle', [{ name: 'a/data', content: tensor }], /0 entries "data.pkl"/],
    [
      'two of them',
      [
        { name: 'a/data.pkl', content: tensor },
        { name: 'b/data.pkl', content: tensor },
      ],
      /2 entries/,
    ],
    ['no storage', [{ name: 'a/data.pkl', content: tensor }], /the storage a\/data\/0 is missing/],
    [
      'a storage that is too short',
      [
        { name: 'a/data.pkl', content: tensor },
        { name: 'a/data/0', content: storage.subarray(4) },
      ],
      /has 12 bytes where 4 x float32 need 16/,
    ],
    [
      'the order of another machine',
      [
        { name: 'a/data.pkl', content: tensor },
        { name: 'a/byteorder', content: raw('big') },
      ],
      /big-endian/,
    ],
    ['a path that leads out', [{ name: '../data.pkl', content: tensor }], /leads out of the archive/],
  ] as const)('is refused with %s', async (_what, entries, why) => {
    expect(await refusalOf(() => read(entries))).toMatch(why)
  })

  it('that is a whole module is refused by the name of its class', async () => {
    expect(await refusalOf(() => readTorchFile(modelFile('whole-model.pt'), 'f', importLimits))).toMatch(
      /"torch.nn.modules.linear.Linear".*nothing was executed/,
    )
  })

  it.each(['anp-last-model.th', 'nad.tar'])('in the older layout is refused cut off anywhere: %s', async (file) => {
    const whole = modelFile(file)
    for (let cut = 1; cut < 40; cut++) {
      const bytes = whole.subarray(0, Math.floor((whole.length * cut) / 40))
      expect(await refusalOf(() => readTorchFile(bytes, 'f', importLimits))).toMatch(/^f: /)
    }
  })
})
