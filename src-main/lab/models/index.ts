import type { ModelDefinition } from '../define.js'
import { createRegistry } from '../registry.js'
import { resnet20, resnet8 } from './cifar-resnet.js'
import { mobilenetV2 } from './mobilenet-v2.js'
import { preactResnet18 } from './preact-resnet18.js'
import { resnet18 } from './resnet18.js'
import { smallCnn } from './small-cnn.js'
import { vgg16Bn } from './vgg16-bn.js'
import { wrn16x1 } from './wrn-16-1.js'

export const models = createRegistry<ModelDefinition>('model', [
  smallCnn,
  resnet8,
  resnet20,
  resnet18,
  preactResnet18,
  wrn16x1,
  vgg16Bn,
  mobilenetV2,
])
