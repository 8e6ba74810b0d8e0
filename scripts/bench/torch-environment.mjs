// PyTorch for the other side of the benchmark: a virtual environment of its own in the user's cache, made once.

import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run, which } from '../bootstrap/exec.mjs'
import { withLock } from '../bootstrap/lock.mjs'
import { Problem, step } from '../bootstrap/say.mjs'

const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url))
const isWindows = process.platform === 'win32'

/**
 * @param {string} cache the user's cache
 * @returns {Promise<string>} the Python of the environment
 */
export async function ensureTorch(cache) {
  const wanted = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12)
  const folder = join(cache, 'torch', wanted)
  const python = join(folder, isWindows ? 'Scripts/python.exe' : 'bin/python')
  const finished = join(folder, 'finished')
  if (existsSync(finished)) return python
  const lock = join(cache, 'lock')
  mkdirSync(lock, { recursive: true })
  return withLock(lock, 'torch', async () => {
    if (existsSync(finished)) return python
    rmSync(folder, { recursive: true, force: true })
    const system = await systemPython()
    step('torch', `putting PyTorch into ${folder}, once; a download of up to 3 GB`)
    await must(system, ['-m', 'venv', folder], 'The virtual environment for PyTorch could not be made.')
    const install = ['-m', 'pip', 'install', '--disable-pip-version-check', '--requirement', requirements]
    await must(python, install, 'pip could not install PyTorch.')
    await checkTorch(python)
    writeFileSync(finished, '')
    return python
  })
}

/**
 * Throws, in words, where this Python has no PyTorch.
 * @param {string} python
 */
export async function checkTorch(python) {
  const tried = await run(python, ['-c', 'import numpy, torch'])
  if (tried.code === 0) return
  throw new Problem(
    `${python} cannot load PyTorch: ${lastLine(tried.stderr)}`,
    'It needs the packages torch and numpy.',
  )
}

/** A Python that can make virtual environments with pip. */
async function systemPython() {
  const found = which('python3') ?? which('python')
  if (found === null) {
    throw new Problem(
      'python3, which runs the PyTorch side, was not found.',
      remedy('python3 python3-venv python3-pip'),
    )
  }
  // Debian leaves ensurepip out of python3 itself; without it a virtual environment has no pip.
  const parts = await run(found, ['-c', 'import venv, ensurepip'])
  if (parts.code === 0) return found
  throw new Problem(
    `${found} cannot make virtual environments with pip, which PyTorch is installed into: ${lastLine(parts.stderr)}`,
    remedy('python3-venv python3-pip'),
  )
}

/** @param {string} packages */
function remedy(packages) {
  return (
    (existsSync('/etc/debian_version')
      ? `Install it with: sudo apt install ${packages}`
      : 'Install Python 3 with pip.') +
    '\nOr name a Python that has PyTorch with --python. Without --against torch, only this program is measured.'
  )
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {string} failure
 */
async function must(command, args, failure) {
  const { code, stdout, stderr } = await run(command, args)
  if (code === 0) return
  throw new Problem(failure, (stderr.trim() || stdout.trim()).split('\n').slice(-5).join('\n'))
}

/** @param {string} text */
function lastLine(text) {
  return text.trim().split('\n').at(-1) ?? ''
}
