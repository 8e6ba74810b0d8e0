/** What a pickle can hold here. Every kind is plain data; nothing of it can be called. */

/** Something that holds other values. */
export abstract class Container {
  /** Containers inside each other, with this one. */
  depth = 1
  /** Whether it lies in another one. From then on it is not changed, so nothing ever holds itself. */
  isPlaced = false
}

export class PickleList extends Container {
  readonly items: PickleValue[] = []
}

export class PickleTuple extends Container {
  constructor(readonly items: readonly PickleValue[]) {
    super()
  }
}

export class PickleDict extends Container {
  readonly entries = new Map<string | number, PickleValue>()

  get(key: string | number): PickleValue | undefined {
    return this.entries.get(key)
  }
}

/** An array of NumPy. */
export class PickleArray {
  constructor(
    /** Of each element, as NumPy writes it without the byte order: `u1`, `f4`, `i8`. */
    readonly type: string,
    readonly shape: readonly number[],
    /** Little-endian, row by row. Not a copy. */
    readonly bytes: Uint8Array,
  ) {}
}

export type StorageType =
  'float32' | 'float64' | 'float16' | 'bfloat16' | 'int64' | 'int32' | 'int16' | 'int8' | 'uint8' | 'bool'

/** Numbers of a PyTorch file that tensors are views of; they lie outside the pickle. */
export class PickleStorage {
  constructor(
    readonly key: string,
    readonly type: StorageType,
    /** Of its elements. */
    readonly count: number,
  ) {}
}

/** A tensor of PyTorch: a view of a storage, which it lies inside of and has no more elements than. */
export class PickleTensor {
  constructor(
    readonly storage: PickleStorage,
    /** All in elements. */
    readonly offset: number,
    readonly shape: readonly number[],
    readonly strides: readonly number[],
  ) {}
}

/** Something that was not made: of a class that is known to occur and is not needed. */
export class PickleOpaque {
  constructor(readonly name: string) {}
}

/** Texts of Python 2 come as bytes, because it did not tell the two apart. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleList
  | PickleTuple
  | PickleDict
  | PickleArray
  | PickleStorage
  | PickleTensor
  | PickleOpaque

/** A text, of Python 2 as well. */
export function textOf(value: PickleValue | undefined): string | null {
  if (typeof value === 'string') return value
  return value instanceof Uint8Array ? latin1(value) : null
}

/** The items of a list or tuple. */
export function itemsOf(value: PickleValue | undefined): readonly PickleValue[] | null {
  return value instanceof PickleList || value instanceof PickleTuple ? value.items : null
}

export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}
