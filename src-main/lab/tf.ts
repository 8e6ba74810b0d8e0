/**
 * The one import of tfjs in the laboratory. Which backend computes is decided by the process that hosts it, by making
 * one current before any of this runs.
 */
import * as tf from '@tensorflow/tfjs'

export { tf }
export type { DataType, Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs'
