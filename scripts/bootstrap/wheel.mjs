// One file from PyPI: download, verify, unpack the part that is needed.

import { createHash } from 'node:crypto'
import { createReadStream, existsSync, openSync, closeSync, readSync, rmSync, statSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { run } from './exec.mjs'
import { Problem, step } from './say.mjs'

/** @typedef {import('./wheels.mjs').Wheel} Wheel */

// Where the members of a wheel go. The C API's header includes a few of TensorFlow's own, which pull in the rest.
const members = [
  ['tensorflow/libtensorflow_cc.so.2', 'lib/libtensorflow_cc.so.2'],
  ['tensorflow/libtensorflow_framework.so.2', 'lib/libtensorflow_framework.so.2'],
  ['tensorflow/include/tensorflow/c/', 'include/tensorflow/c/'],
  ['tensorflow/include/tensorflow/core/platform/ctstring', 'include/tensorflow/core/platform/ctstring'],
  ['tensorflow/include/tsl/', 'include/tsl/'],
  ['tensorflow/include/xla/', 'include/xla/'],
  // TensorFlow looks for the CUDA libraries in ../nvidia as seen from its own folder.
  ['nvidia/', 'nvidia/'],
]

// Python is there anyway, for pip, and checks each member's checksum while reading. Modes are kept because one of the
// CUDA wheels holds a program.
const unpackScript = `
import json, os, shutil, sys, zipfile
wheel, target, members = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
with zipfile.ZipFile(wheel) as archive:
    for member in archive.infolist():
        for prefix, place in members:
            name = member.filename
            header = name.startswith('nvidia/') and '/include/' in name
            if not name.startswith(prefix) or member.is_dir() or header:
                continue
            path = os.path.join(target, place + name[len(prefix):])
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with archive.open(member) as source, open(path, 'wb') as sink:
                shutil.copyfileobj(source, sink, 1 << 20)
            if member.external_attr >> 16 & 0o100:
                os.chmod(path, 0o755)
`

/** An error that may well not come again. */
class Mishap extends Problem {}

/**
 * Downloads, and once more when what arrived is not what was asked for: a connection cut off in the middle is the
 * usual reason.
 * @param {Wheel} wheel
 * @param {string} folder
 * @returns {Promise<string>} the file
 */
export async function downloadWheel(wheel, folder) {
  await mkdir(folder, { recursive: true })
  try {
    return await download(wheel, folder)
  } catch (error) {
    if (!(error instanceof Mishap)) throw error
    step('engine', `${error.message} Trying once more.`)
    return download(wheel, folder)
  }
}

/**
 * @param {Wheel} wheel
 * @param {string} folder
 */
async function download(wheel, folder) {
  const path = join(folder, wheel.file)
  const requirement = `${wheel.name}==${wheel.version}`
  // No pip cache: a bad file would come out of it again, and our own cache keeps what is good.
  const flags = ['--only-binary=:all:', '--no-deps', '--no-cache-dir', '--disable-pip-version-check', '--no-input']
  const patience = ['--retries', '2', '--timeout', '30']
  const result = await run(
    'python3',
    ['-m', 'pip', 'download', ...flags, ...patience, '--python-version', '3.11', '--dest', folder, requirement],
    // pip downloads into the temporary folder first, which is often a small disk in memory.
    { show: true, env: { TMPDIR: folder, PIP_REQUIRE_VIRTUALENV: '0' } },
  )
  if (result.code !== 0) throw whyFailed(requirement, result.stderr)
  if (!existsSync(path)) {
    throw new Problem(
      `pip found another file than ${wheel.file} for ${requirement}.`,
      'A package index of your own (pip config list) has to carry the files of PyPI unchanged.',
    )
  }
  const found = await sha256Of(path)
  if (found === wheel.sha256) return path
  const wrong = isWholeZip(path)
    ? `does not have the content that was checked for this version (sha256 ${found}, expected ${wheel.sha256})`
    : `is incomplete (${statSync(path).size} bytes arrived)`
  rmSync(path, { force: true })
  throw new Mishap(
    `The download of ${wheel.file} ${wrong}.`,
    'Start again when the connection is better. If it stays so, the package index or a proxy changes the file.',
  )
}

/**
 * @param {string} requirement
 * @param {string} stderr
 */
function whyFailed(requirement, stderr) {
  if (/No space left|Errno 28/.test(stderr)) {
    return new Problem(
      `The disk is full; ${requirement} could not be downloaded.`,
      'Make room, or name a folder on another disk in the environment variable UNBACKDOOR_CACHE.',
    )
  }
  if (/Retrying|Connection|timed out|ProxyError|SSLError|resolve/i.test(stderr)) {
    // Without even the list of files, pip has just tried several times; otherwise it got lost on the way.
    const Kind = /No matching distribution/.test(stderr) ? Problem : Mishap
    return new Kind(
      `${requirement} could not be downloaded: pip did not reach the package index.`,
      "Check the network connection, and pip's proxy and index (python3 -m pip config list).",
    )
  }
  const lastLine = stderr.trim().split('\n').at(-1) ?? ''
  return new Problem(
    `${requirement} could not be downloaded. pip said: ${lastLine}`,
    `This command shows more: python3 -m pip download --no-deps --python-version 3.11 --only-binary=:all: ${requirement}`,
  )
}

/**
 * @param {string} wheelFile
 * @param {string} target
 */
export async function unpackWheel(wheelFile, target) {
  await mkdir(target, { recursive: true })
  const result = await run('python3', ['-c', unpackScript, wheelFile, target, JSON.stringify(members)])
  if (result.code === 0) return
  const lastLine = result.stderr.trim().split('\n').at(-1) ?? ''
  throw new Problem(
    `The downloaded TensorFlow could not be unpacked: ${lastLine || `python3 ended by ${result.signal}`}`,
  )
}

/** @param {string} path */
async function sha256Of(path) {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

/**
 * A zip ends with its table of contents, so a file that was cut off has none.
 * @param {string} path
 */
function isWholeZip(path) {
  const { size } = statSync(path)
  const tail = Buffer.alloc(Math.min(size, 66_000))
  const descriptor = openSync(path, 'r')
  readSync(descriptor, tail, 0, tail.length, size - tail.length)
  closeSync(descriptor)
  return tail.includes('PK\x05\x06')
}
