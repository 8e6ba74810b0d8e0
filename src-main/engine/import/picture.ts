export interface PictureSize {
  readonly height: number
  readonly width: number
  /** As the file says: a picture in colour may still be gray. */
  readonly isGray: boolean
}

/** A picture that is read when it is asked for. */
export interface LabelledPicture {
  readonly label: number
  open(): Promise<Picture>
}

export interface Picture {
  readonly height: number
  readonly width: number
  readonly channels: 1 | 3
  /** height x width x channels, 0..255. Transparency is dropped. */
  readonly pixels: Uint8Array
}

/** The form that all pictures of a dataset get. */
export interface CommonShape {
  readonly height: number
  readonly width: number
  readonly channels: 1 | 3
  readonly notes: readonly string[]
}
