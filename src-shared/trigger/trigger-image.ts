/** Longest side in pixels of a picture that an experiment carries: bounded, so that an experiment stays small. */
export const MAX_IMAGE_SIDE = 128
