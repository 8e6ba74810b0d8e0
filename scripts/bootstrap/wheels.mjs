// Which files the native engine is made of, for each variant and machine. They come from PyPI, and nothing whose
// sha256 differs from the one written here is ever unpacked.

/**
 * @typedef {{ name: string, version: string, file: string, sha256: string }} Wheel
 *
 * @typedef {object} EngineSource
 * @property {'cpu' | 'gpu'} variant
 * @property {string} tensorflowVersion
 * @property {string} platform
 * @property {string} arch
 * @property {Wheel[]} wheels the TensorFlow wheel first
 * @property {number} diskMegabytes free space needed while downloading and unpacking
 * @property {string} size what people are told about the download
 */

const tensorflowVersion = '2.18.1'

/** @type {Wheel} */
const cpuWheel = {
  name: 'tensorflow-cpu',
  version: tensorflowVersion,
  file: 'tensorflow_cpu-2.18.1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
  sha256: '810c75d7149d2da0cb2092187817b0dcabb80728ca9f9cf3a61f3f42fadd1298',
}

// On 64-bit ARM the plain package is the build without CUDA.
/** @type {Wheel} */
const armWheel = {
  name: 'tensorflow',
  version: tensorflowVersion,
  file: 'tensorflow-2.18.1-cp311-cp311-manylinux_2_17_aarch64.manylinux2014_aarch64.whl',
  sha256: '8a6485edd2148f70d011dbd1d8dc2c775e91774a5a159466e83d0d1f21580944',
}

/** @type {Wheel} */
const cudaWheel = {
  name: 'tensorflow',
  version: tensorflowVersion,
  file: 'tensorflow-2.18.1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
  sha256: 'c9f87e5d2a680a4595f5dc30daf6bbaec9d4129b46d7ef1b2af63c46ac7d2828',
}

// The CUDA libraries, at the exact versions that TensorFlow 2.18.1 names in its `and-cuda` extra. The hashes of these and
// of the CUDA build above are those that the package index publishes for the files.
const nvidiaWheels = [
  nvidia('cublas', '12.5.3.2', 'ca070ad70e9fa6654084575d01bd001f30cc4665e33d4bb9fc8e0f321caa034b'),
  nvidia('cuda-cupti', '12.5.82', 'bde77a5feb66752ec61db2adfe47f56b941842825b4c7e2068aff27c9d107953'),
  nvidia('cuda-nvcc', '12.5.82', 'b03e545b8e8c3ce7ebcd7fc44063180ff52ff01d064ece2127ed90a04ef12cd0'),
  nvidia('cuda-nvrtc', '12.5.82', '3dbd97b0104b4bfbc3c4f8c79cd2496307c89c43c29a9f83125f1d76296ff3fd'),
  nvidia('cuda-runtime', '12.5.82', '3e79a060e126df40fd3a068f3f787eb000fa51b251ec6cd97d09579632687115'),
  nvidia('cudnn', '9.3.0.75', '9ad9c6929ebb5295eb4a1728024666d1c88283373e265a0c5c883e6f9d5cd76d'),
  nvidia('cufft', '11.2.3.61', '9a6e8df162585750f61983a638104a48c756aa13f9f48e19ab079b38e3c828b8'),
  nvidia('curand', '10.3.6.82', '2823fb27de4e44dbb22394a6adf53aa6e1b013aca0f8c22867d1cfae58405536'),
  nvidia('cusolver', '11.6.3.83', '93cfafacde4428b71778eeb092ec615a02a3d05404da1bcf91c53e3fa1bce42b'),
  nvidia('cusparse', '12.5.1.3', '016df8e993c437e8301e62739f01775cba988fd5253cd4c64173f8e8d2f8e752'),
  nvidia('nccl', '2.21.5', '8579076d30a8c24988834445f8d633c697d42397e92ffc3f63fa26766d25e0a0'),
  nvidia('nvjitlink', '12.5.82', 'f9b37bc5c8cf7509665cb6ada5aaa0ce65618f2332b7d3e78e9790511f111212'),
]

/**
 * @param {string} part
 * @param {string} version
 * @param {string} sha256
 * @returns {Wheel}
 */
function nvidia(part, version, sha256) {
  const name = `nvidia-${part}-cu12`
  return { name, version, sha256, file: `${name.replaceAll('-', '_')}-${version}-py3-none-manylinux2014_x86_64.whl` }
}

/**
 * @param {'cpu' | 'gpu'} variant
 * @param {string} platform
 * @param {string} arch
 * @returns {EngineSource | null} null where there is none
 */
export function engineSource(variant, platform, arch) {
  if (platform !== 'linux') return null
  const common = { variant, tensorflowVersion, platform, arch }
  if (variant === 'gpu') {
    if (arch !== 'x64') return null
    const size = '615 MB of TensorFlow and about 2 GB of CUDA libraries'
    return { ...common, wheels: [cudaWheel, ...nvidiaWheels], diskMegabytes: 9000, size }
  }
  const wheel = { x64: cpuWheel, arm64: armWheel }[arch]
  return wheel ? { ...common, wheels: [wheel], diskMegabytes: 1300, size: '230 MB' } : null
}
