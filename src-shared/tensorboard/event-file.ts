/**
 * The event files that TensorBoard reads (tensorflow/core/util/event.proto, tensorflow/core/framework/summary.proto):
 * numbers and pictures by tag, step and time.
 */
import { createProtoWriter, type ProtoWriter } from '../util/proto.js'
import { recordFile } from './record-file.js'

/** Numbers of the fields, as the definitions have them. */
const EVENT = { wallTime: 1, step: 2, fileVersion: 3, summary: 5 } as const
const SUMMARY = { value: 1 } as const
const VALUE = { tag: 1, simpleValue: 2, image: 4 } as const
const IMAGE = { height: 1, width: 2, colorspace: 3, encoded: 4 } as const
const FILE_VERSION = 'brain.Event:2'

interface Point {
  readonly tag: string
  readonly step: number
  /** Milliseconds since 1970. */
  readonly atMs: number
}

export interface ScalarPoint extends Point {
  readonly value: number
}

export interface ImagePoint extends Point {
  /** A PNG file. */
  readonly png: Uint8Array
  readonly width: number
  readonly height: number
  /** 1 for grey, 3 for red, green and blue, 4 with opacity. */
  readonly channels: number
}

/** The file of one run. TensorBoard wants the points of each tag in the order of their steps. */
export function eventFile(
  beganMs: number,
  scalars: readonly ScalarPoint[],
  images: readonly ImagePoint[],
): Uint8Array<ArrayBuffer> {
  const first = createProtoWriter()
    .double(EVENT.wallTime, beganMs / 1000)
    .text(EVENT.fileVersion, FILE_VERSION)
  return recordFile([
    first.finish(),
    ...scalars.map((point) => event(point, (value) => value.float(VALUE.simpleValue, point.value))),
    ...images.map((point) =>
      event(point, (value) =>
        value.message(VALUE.image, (image) =>
          image
            .integer(IMAGE.height, point.height)
            .integer(IMAGE.width, point.width)
            .integer(IMAGE.colorspace, point.channels)
            .bytes(IMAGE.encoded, point.png),
        ),
      ),
    ),
  ])
}

function event({ tag, step, atMs }: Point, write: (value: ProtoWriter) => void): Uint8Array {
  return createProtoWriter()
    .double(EVENT.wallTime, atMs / 1000)
    .integer(EVENT.step, step)
    .message(EVENT.summary, (summary) =>
      summary.message(SUMMARY.value, (value) => {
        value.text(VALUE.tag, tag)
        write(value)
      }),
    )
    .finish()
}
