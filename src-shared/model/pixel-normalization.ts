import { z } from 'zod'

const perChannel = z.array(z.number()).min(1).max(4)

/** Per channel, in units of 0..1 pixels: (pixel - mean) / deviation. */
export const PixelNormalization = z
  .object({ mean: perChannel, deviation: z.array(z.number().gt(0)).min(1).max(4) })
  .refine(({ mean, deviation }) => mean.length === deviation.length, 'must have as many means as deviations')
export type PixelNormalization = z.infer<typeof PixelNormalization>

/**
 * What training code normalises pixels by. A file of weights does not say it, so it has to be known by where the file
 * comes from, or told.
 */
export const knownNormalizations = [
  { id: 'none', title: 'None: pixels from 0 to 1', mean: [0], deviation: [1] },
  { id: 'half', title: 'Pixels from -1 to 1', mean: [0.5], deviation: [0.5] },
  {
    id: 'cifar-10',
    title: 'CIFAR-10, as BackdoorBench has it',
    mean: [0.4914, 0.4822, 0.4465],
    deviation: [0.247, 0.243, 0.261],
  },
  {
    id: 'cifar-10-narrow',
    title: 'CIFAR-10 with the deviation of single images, as in much other code',
    mean: [0.4914, 0.4822, 0.4465],
    deviation: [0.2023, 0.1994, 0.201],
  },
  {
    id: 'cifar-10-trojanzoo',
    title: 'CIFAR-10, as TrojanZoo has it',
    mean: [0.49139968, 0.48215827, 0.44653124],
    deviation: [0.24703233, 0.24348505, 0.26158768],
  },
  {
    id: 'cifar-100',
    title: 'CIFAR-100, as BackdoorBench has it',
    mean: [0.5071, 0.4865, 0.4409],
    deviation: [0.2673, 0.2564, 0.2762],
  },
  {
    id: 'tiny-imagenet',
    title: 'Tiny ImageNet, as BackdoorBench has it',
    mean: [0.4802, 0.4481, 0.3975],
    deviation: [0.2302, 0.2265, 0.2262],
  },
  { id: 'imagenet', title: 'ImageNet', mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] },
  { id: 'mnist', title: 'MNIST', mean: [0.1307], deviation: [0.3081] },
] as const satisfies readonly { id: string; title: string; mean: readonly number[]; deviation: readonly number[] }[]

/** The same for as many channels; null where it is for another number of them. */
export function forChannels(
  { mean, deviation }: { readonly mean: readonly number[]; readonly deviation: readonly number[] },
  channels: number,
): PixelNormalization | null {
  if (mean.length === channels) return { mean: [...mean], deviation: [...deviation] }
  if (mean.length !== 1) return null
  const repeated = (value: number): number[] => Array.from({ length: channels }, () => value)
  return { mean: repeated(mean[0]!), deviation: repeated(deviation[0]!) }
}

export function knownNormalization(id: string): (typeof knownNormalizations)[number] | null {
  return knownNormalizations.find((known) => known.id === id) ?? null
}
