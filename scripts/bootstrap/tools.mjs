// What the machine has to provide before anything is downloaded or compiled, all of it asked for at once.

import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { run, which } from './exec.mjs'
import { Problem } from './say.mjs'

/** @typedef {{ what: string, why: string, debian: string[] }} Missing */

/** @param {{ download: boolean, compile: boolean }} needs */
export async function requireTools(needs) {
  /** @type {Missing[]} */
  const missing = []
  if (!which('python3')) {
    missing.push({
      what: 'python3',
      why: 'fetches and unpacks TensorFlow from PyPI',
      debian: ['python3', 'python3-pip'],
    })
  } else if (needs.download && (await run('python3', ['-m', 'pip', '--version'])).code !== 0) {
    missing.push({ what: 'pip (python3 -m pip)', why: 'fetches TensorFlow from PyPI', debian: ['python3-pip'] })
  }
  if (needs.compile) {
    const compiler = process.env.CXX?.split(' ')[0] || 'g++'
    if (!which(compiler)) missing.push({ what: compiler, why: 'compiles the engine binding', debian: ['g++'] })
    if (!which('make')) missing.push({ what: 'make', why: 'compiles the engine binding', debian: ['make'] })
  }
  if (missing.length === 0) return
  const sentences = missing.map(({ what, why }) => `${what}, which ${why}, was not found.`)
  const apt = `sudo apt install ${missing.flatMap(({ debian }) => debian).join(' ')}`
  const names = missing.map(({ what }) => what).join(', ')
  throw new Problem(
    sentences.join(' '),
    existsSync('/etc/debian_version')
      ? `Install it with: ${apt}`
      : `Install ${names} with the package manager of your system.`,
  )
}

/**
 * @param {string} folder
 * @param {number} megabytes
 */
export async function requireSpace(folder, megabytes) {
  const { bavail, bsize } = await statfs(folder)
  const free = Math.floor((bavail * bsize) / 1e6)
  if (free >= megabytes) return
  throw new Problem(
    `There is too little disk space in ${folder}: ${megabytes} MB are needed, ${free} MB are free.`,
    'Make room, or name a folder on another disk in the environment variable UNBACKDOOR_CACHE.',
  )
}
