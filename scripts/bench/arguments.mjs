import { Problem } from '../bootstrap/say.mjs'
import { benchCases } from './cases.mjs'

/**
 * @typedef {object} BenchOptions
 * @property {boolean} againstTorch
 * @property {string | null} python a Python that has PyTorch already; null for an environment of our own
 * @property {boolean} json
 * @property {readonly import('./cases.mjs').BenchCase[]} cases
 * @property {number | null} repeats null for those of each case
 * @property {number | null} threads null for one per core
 */

const usage = `Usage: npm run bench -- [--against torch [--python PATH]] [--case ID]... [--repeats N] [--threads N] [--json]
Cases: ${benchCases.map(({ id }) => id).join(', ')}`

/**
 * @param {readonly string[]} argv
 * @returns {BenchOptions}
 */
export function readBenchArguments(argv) {
  const left = [...argv]
  /** @type {BenchOptions & { cases: import('./cases.mjs').BenchCase[] }} */
  const options = { againstTorch: false, python: null, json: false, cases: [], repeats: null, threads: null }
  while (left.length > 0) {
    const [name = '', ...joined] = (left.shift() ?? '').split('=')
    const value = () => {
      const given = joined.length > 0 ? joined.join('=') : left.shift()
      if (given === undefined || given === '') throw refusal(`${name} needs a value.`)
      return given
    }
    switch (name) {
      case '--json':
        options.json = true
        break
      case '--against': {
        const other = value()
        if (other !== 'torch') throw refusal(`--against was given "${other}"; the only other side there is is "torch".`)
        options.againstTorch = true
        break
      }
      case '--python':
        options.python = value()
        break
      case '--case':
        options.cases.push(caseOf(value()))
        break
      case '--repeats':
        options.repeats = countOf(name, value())
        break
      case '--threads':
        options.threads = countOf(name, value())
        break
      default:
        throw refusal(`There is no option "${name}".`)
    }
  }
  if (options.python !== null && !options.againstTorch) throw refusal('--python is of use only with --against torch.')
  return { ...options, cases: options.cases.length > 0 ? options.cases : benchCases }
}

/** @param {string} id */
function caseOf(id) {
  const found = benchCases.find((each) => each.id === id)
  if (found === undefined) throw refusal(`There is no case "${id}".`)
  return found
}

/**
 * @param {string} name
 * @param {string} given
 */
function countOf(name, given) {
  const count = Number(given)
  if (Number.isInteger(count) && count >= 1 && count <= 1000) return count
  throw refusal(`${name} was given "${given}"; allowed are whole numbers from 1 to 1000.`)
}

/** @param {string} message */
function refusal(message) {
  return new Problem(message, usage, 2)
}
