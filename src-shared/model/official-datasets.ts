/**
 * Facts of the official datasets: form, class names, where they are published, and the checksums that their publishers
 * state. MNIST: LeCun, Cortes and Burges. Fashion-MNIST: github.com/zalandoresearch/fashion-mnist. CIFAR-10 and
 * CIFAR-100: cs.toronto.edu/~kriz/cifar.html. Normalisation constants: those that BackdoorBench uses.
 */

/** A file as it is published. */
export interface PublishedFile {
  readonly name: string
  readonly bytes: number
  readonly md5: string
}

export interface OfficialDataset {
  readonly id: string
  readonly title: string
  readonly format: 'idx' | 'cifar-10' | 'cifar-100'
  readonly shape: { readonly height: number; readonly width: number; readonly channels: 1 | 3 }
  readonly classNames: readonly string[]
  readonly pixelNormalization: { readonly mean: readonly number[]; readonly deviation: readonly number[] }
  readonly trainImages: number
  readonly testImages: number
  /** Whether every class has the same number of images, within each split. */
  readonly isBalanced: boolean
  /** Every file in which the dataset is published, in any of its formats. */
  readonly published: readonly PublishedFile[]
  /** Those of them that a download fetches, and the folders where they lie, best first. */
  readonly download: { readonly files: readonly string[]; readonly folders: readonly string[] }
  /** Checksums of unpacked files by name, as far as they are known: md5 (32 digits) or sha256 (64). */
  readonly contents: Readonly<Record<string, string>>
}

const digits = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']

const idxFiles = [
  'train-images-idx3-ubyte.gz',
  'train-labels-idx1-ubyte.gz',
  't10k-images-idx3-ubyte.gz',
  't10k-labels-idx1-ubyte.gz',
] as const

export const mnist: OfficialDataset = {
  id: 'mnist',
  title: 'MNIST',
  format: 'idx',
  shape: { height: 28, width: 28, channels: 1 },
  classNames: digits,
  pixelNormalization: { mean: [0.5], deviation: [0.5] },
  trainImages: 60_000,
  testImages: 10_000,
  isBalanced: false,
  published: [
    { name: idxFiles[0], bytes: 9_912_422, md5: 'f68b3c2dcbeaaa9fbdd348bbdeb94873' },
    { name: idxFiles[1], bytes: 28_881, md5: 'd53e105ee54ea40749a09fcbcd1e9432' },
    { name: idxFiles[2], bytes: 1_648_877, md5: '9fb629c4189551a2d022fa330f9573f3' },
    { name: idxFiles[3], bytes: 4_542, md5: 'ec29112dd5afa0611ce80d1b7f02629c' },
  ],
  download: {
    files: idxFiles,
    folders: ['https://ossci-datasets.s3.amazonaws.com/mnist/', 'https://storage.googleapis.com/cvdf-datasets/mnist/'],
  },
  contents: {
    'train-images-idx3-ubyte': 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
    'train-labels-idx1-ubyte': '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
    't10k-images-idx3-ubyte': '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
    't10k-labels-idx1-ubyte': 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
  },
}

export const fashionMnist: OfficialDataset = {
  id: 'fashion-mnist',
  title: 'Fashion-MNIST',
  format: 'idx',
  shape: { height: 28, width: 28, channels: 1 },
  classNames: [
    'T-shirt/top',
    'Trouser',
    'Pullover',
    'Dress',
    'Coat',
    'Sandal',
    'Shirt',
    'Sneaker',
    'Bag',
    'Ankle boot',
  ],
  pixelNormalization: { mean: [0.5], deviation: [0.5] },
  trainImages: 60_000,
  testImages: 10_000,
  isBalanced: true,
  published: [
    { name: idxFiles[0], bytes: 26_421_880, md5: '8d4fb7e6c68d591d4c3dfef9ec88bf0d' },
    { name: idxFiles[1], bytes: 29_515, md5: '25c81989df183df01b3e8a0aad5dffbe' },
    { name: idxFiles[2], bytes: 4_422_102, md5: 'bef4ecab320f06d8554ea6380940ec79' },
    { name: idxFiles[3], bytes: 5_148, md5: 'bb300cfdad3c16e7a12a480ee83cd310' },
  ],
  download: {
    files: idxFiles,
    folders: [
      'https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/',
      'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/',
    ],
  },
  // The publisher states checksums of the packed files only.
  contents: {},
}

const toronto = ['https://www.cs.toronto.edu/~kriz/']

export const cifar10: OfficialDataset = {
  id: 'cifar-10',
  title: 'CIFAR-10',
  format: 'cifar-10',
  shape: { height: 32, width: 32, channels: 3 },
  classNames: ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'],
  pixelNormalization: { mean: [0.4914, 0.4822, 0.4465], deviation: [0.247, 0.243, 0.261] },
  trainImages: 50_000,
  testImages: 10_000,
  isBalanced: true,
  published: [
    { name: 'cifar-10-python.tar.gz', bytes: 170_498_071, md5: 'c58f30108f718f92721af3b95e74349a' },
    { name: 'cifar-10-binary.tar.gz', bytes: 170_052_171, md5: 'c32a1d4ab5d03f1284b67883e8d87530' },
  ],
  download: { files: ['cifar-10-binary.tar.gz'], folders: toronto },
  contents: {
    data_batch_1: 'c99cafc152244af753f735de768cd75f',
    data_batch_2: 'd4bba439e000b95fd0a9bffe97cbabec',
    data_batch_3: '54ebc095f3ab1f0389bbae665268c751',
    data_batch_4: '634d18415352ddfa80567beed471001a',
    data_batch_5: '482c414d41f54cd18b22e5b47cb7c3cb',
    test_batch: '40351d587109b95175f43aff81a1287e',
  },
}

export const cifar100: OfficialDataset = {
  id: 'cifar-100',
  title: 'CIFAR-100',
  format: 'cifar-100',
  shape: { height: 32, width: 32, channels: 3 },
  // prettier-ignore
  classNames: [
    'apple', 'aquarium_fish', 'baby', 'bear', 'beaver', 'bed', 'bee', 'beetle', 'bicycle', 'bottle',
    'bowl', 'boy', 'bridge', 'bus', 'butterfly', 'camel', 'can', 'castle', 'caterpillar', 'cattle',
    'chair', 'chimpanzee', 'clock', 'cloud', 'cockroach', 'couch', 'crab', 'crocodile', 'cup', 'dinosaur',
    'dolphin', 'elephant', 'flatfish', 'forest', 'fox', 'girl', 'hamster', 'house', 'kangaroo', 'keyboard',
    'lamp', 'lawn_mower', 'leopard', 'lion', 'lizard', 'lobster', 'man', 'maple_tree', 'motorcycle', 'mountain',
    'mouse', 'mushroom', 'oak_tree', 'orange', 'orchid', 'otter', 'palm_tree', 'pear', 'pickup_truck', 'pine_tree',
    'plain', 'plate', 'poppy', 'porcupine', 'possum', 'rabbit', 'raccoon', 'ray', 'road', 'rocket',
    'rose', 'sea', 'seal', 'shark', 'shrew', 'skunk', 'skyscraper', 'snail', 'snake', 'spider',
    'squirrel', 'streetcar', 'sunflower', 'sweet_pepper', 'table', 'tank', 'telephone', 'television', 'tiger', 'tractor',
    'train', 'trout', 'tulip', 'turtle', 'wardrobe', 'whale', 'willow_tree', 'wolf', 'woman', 'worm',
  ],
  pixelNormalization: { mean: [0.5071, 0.4865, 0.4409], deviation: [0.2673, 0.2564, 0.2762] },
  trainImages: 50_000,
  testImages: 10_000,
  isBalanced: true,
  published: [
    { name: 'cifar-100-python.tar.gz', bytes: 169_001_437, md5: 'eb9058c3a382ffc7106e4002c42a8d85' },
    { name: 'cifar-100-binary.tar.gz', bytes: 168_513_733, md5: '03b5dce01913d631647c71ecec9e9cb8' },
  ],
  download: { files: ['cifar-100-binary.tar.gz'], folders: toronto },
  contents: {
    train: '16019d7e3df5f24257cddd939b257f8d',
    test: 'f0ef6b0ae62326f3e7ffdfab6717acfc',
  },
}

export const officialDatasets: readonly OfficialDataset[] = [mnist, fashionMnist, cifar10, cifar100]

export function officialDataset(id: string): OfficialDataset | null {
  return officialDatasets.find((dataset) => dataset.id === id) ?? null
}

/** Comes with the program. */
export const BUILT_IN = { id: 'mnist-10k', title: 'MNIST, 10,000 digits' }

/** The plug-in whose images are imported from folders under names. */
export const IMAGE_FOLDER = 'image-folder'
