// The packages of a lockfile, with what may be asked of each.

/**
 * @typedef {object} Package
 * @property {string} path under `node_modules`
 * @property {string} version
 * @property {string} licence SPDX
 * @property {boolean} isShipped left out of what only building and testing need
 */

/**
 * @param {string} lockfile the text of a package-lock.json of version 3
 * @returns {Package[]}
 */
export function packagesIn(lockfile) {
  const { packages } =
    /** @type {{ packages: Record<string, { version?: string, license?: string, dev?: boolean }> }} */ (
      JSON.parse(lockfile)
    )
  return Object.entries(packages)
    .filter(([path]) => path !== '')
    .map(([path, { version = '?', license = 'none stated', dev = false }]) => ({
      path: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
      version,
      licence: license,
      isShipped: !dev,
    }))
}

/** Licences that ask for no more than to be named, and of which nothing passes on to the program. */
const PERMISSIVE = ['MIT', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'BlueOak-1.0.0']
/** Fine for tools that are not shipped. */
const FOR_TOOLS = ['MPL-2.0', 'CC-BY-4.0']

/**
 * Whether a package may be used where it is used. Of an expression with AND all parts have to be allowed.
 * @param {Package} candidate
 */
export function isLicenceAllowed({ licence, isShipped }) {
  const allowed = isShipped ? PERMISSIVE : [...PERMISSIVE, ...FOR_TOOLS]
  return licence
    .replaceAll(/[()]/g, '')
    .split(' AND ')
    .every((part) => allowed.includes(part))
}

/**
 * @param {readonly Package[]} packages
 * @returns {string} Markdown
 */
export function licenceTable(packages) {
  const rows = packages
    .toSorted((a, b) => a.path.localeCompare(b.path))
    .map(
      ({ path, version, licence, isShipped }) => `| ${path} | ${version} | ${licence} | ${isShipped ? 'yes' : 'no'} |`,
    )
  return ['| package | version | licence | shipped |', '| --- | --- | --- | --- |', ...rows, ''].join('\n')
}
