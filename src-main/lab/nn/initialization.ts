/** How a weight starts. */
export type Initializer =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'uniform'; readonly bound: number }
  | { readonly kind: 'normal'; readonly deviation: number }

/** How many values one output of a layer is summed from, and how many outputs one input goes into. */
export interface Fan {
  readonly in: number
  readonly out: number
}

export type FanInitializer = (fan: Fan) => Initializer

/** By kind of weight, for a whole network. */
export interface Initialization {
  readonly conv: FanInitializer
  readonly linear: FanInitializer
  readonly bias: FanInitializer
}

/** Kaiming initialisation for ReLU (He et al., 2015), keeping the size of what goes forward. */
export const kaimingFanIn: FanInitializer = (fan) => ({ kind: 'normal', deviation: Math.sqrt(2 / fan.in) })

/** The same, keeping the size of the gradients that come back. */
export const kaimingFanOut: FanInitializer = (fan) => ({ kind: 'normal', deviation: Math.sqrt(2 / fan.out) })

export const zero: FanInitializer = () => ({ kind: 'constant', value: 0 })

const uniformFanIn: FanInitializer = (fan) => ({ kind: 'uniform', bound: 1 / Math.sqrt(fan.in) })

/** PyTorch's defaults for convolution and linear layers. */
export const pytorchDefaults: Initialization = { conv: uniformFanIn, linear: uniformFanIn, bias: uniformFanIn }
