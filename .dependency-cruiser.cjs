/**
 * Which room may import what. The reasons are in docs/architecture.md; this file is the rule that is enforced.
 * Node built-ins are `core`, npm packages live under node_modules.
 */
const NPM = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown']

/** A room that may use npm packages only if their name matches. */
const onlyPackages = (room, allowed, why) => ({
  name: `${room.replaceAll('/', '-')}-packages`,
  comment: why,
  severity: 'error',
  from: { path: `^${room}/` },
  to: { dependencyTypes: NPM, pathNot: `(^|/)node_modules/(${allowed})(/|$)` },
})

/** A room that may import only itself and the given other rooms. */
const onlyRooms = (room, allowed, why) => ({
  name: `${room.replaceAll('/', '-')}-rooms`,
  comment: why,
  severity: 'error',
  from: { path: `^${room}/` },
  to: { path: '^src-', pathNot: `^(${[room, ...allowed].join('|')})/` },
})

const noBuiltins = (room, why) => ({
  name: `${room.replaceAll('/', '-')}-builtins`,
  comment: why,
  severity: 'error',
  from: { path: `^${room}/` },
  to: { dependencyTypes: ['core'] },
})

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one idea in two places, or two ideas in one.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolved',
      comment: 'An import that leads nowhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'entries-are-leaves',
      comment: 'Nobody imports an entry: it is where a process starts.',
      severity: 'error',
      from: {},
      to: { path: '^src-main/((desktop|serve|cli)/main|engine/entry|engine/bench/main|preload/preload)[.]ts$' },
    },

    onlyRooms('src-shared', [], 'Shared code runs anywhere, so it stands on nothing.'),
    onlyPackages('src-shared', 'zod', 'Shared code knows zod and nothing else.'),
    noBuiltins('src-shared', 'Shared code runs in the page too.'),

    onlyRooms('src-main/lab', ['src-shared'], 'The laboratory is a pure library.'),
    onlyPackages('src-main/lab', 'zod|@tensorflow/tfjs', 'tfjs and zod; the native backend belongs to the engine.'),
    noBuiltins('src-main/lab', 'No files, no process: bytes come in through a reader, results leave through RunFiles.'),
    {
      name: 'tfjs-through-one-door',
      comment: 'Only lab/tf.ts imports tfjs, so that there is one copy and one place to look.',
      severity: 'error',
      from: { path: '^src-', pathNot: '^src-main/lab/tf[.]ts$' },
      to: { path: 'node_modules/@tensorflow/tfjs(/|-core|-backend)' },
    },
    {
      name: 'native-only-in-engine',
      comment: 'Only the engine process loads native TensorFlow: a crash in it must not take a window or server along.',
      severity: 'error',
      from: { path: '^src-', pathNot: '^src-main/engine/' },
      to: { path: 'node_modules/@tensorflow/tfjs-node' },
    },

    onlyRooms('src-main/storage', ['src-shared'], 'File formats and safe writes, for engine and application.'),
    onlyPackages('src-main/storage', 'zod', 'Plain files need no package.'),
    onlyRooms('src-main/engine-contract', ['src-shared'], 'What application and engine say to each other.'),
    onlyPackages('src-main/engine-contract', 'zod', 'A contract is schemas.'),
    onlyRooms(
      'src-main/engine',
      ['src-shared', 'src-main/lab', 'src-main/engine-contract', 'src-main/storage'],
      'The engine hosts the laboratory and answers to the application.',
    ),
    onlyPackages(
      'src-main/engine',
      'zod|fast-png|@jsquash/jpeg|@tensorflow/tfjs-node-gpu',
      'No Electron: it also runs without.',
    ),
    onlyRooms(
      'src-main/app',
      ['src-shared', 'src-main/engine-contract', 'src-main/storage'],
      'The application knows neither who asks nor how things are computed.',
    ),
    onlyPackages('src-main/app', 'zod', 'No Electron, no HTTP, no tfjs.'),
    onlyRooms(
      'src-main/desktop',
      ['src-shared', 'src-main/app', 'src-main/engine-contract', 'src-main/storage'],
      'A shell around the application.',
    ),
    onlyPackages('src-main/desktop', 'electron|zod', 'Electron lives here.'),
    onlyRooms('src-main/preload', ['src-shared'], 'The bridge must fit in one small file.'),
    onlyPackages('src-main/preload', 'electron', 'No packages in the sandboxed bridge.'),
    onlyRooms('src-main/serve', ['src-shared', 'src-main/app'], 'A shell around the application.'),
    onlyPackages('src-main/serve', 'fastify|@fastify/[a-z-]+|commander|zod', 'HTTP lives here.'),
    onlyRooms('src-main/cli', ['src-shared', 'src-main/app', 'src-main/storage'], 'A shell around the application.'),
    onlyPackages('src-main/cli', 'commander|zod|fast-png', 'Small and quick to start; pictures are written as PNG.'),

    onlyRooms('src-renderer', ['src-shared'], 'The page is a client of the contract and nothing else.'),
    noBuiltins('src-renderer', 'The page runs in a browser.'),
    {
      name: 'gallery-is-not-shipped',
      comment: 'The gallery looks at the page; the page must not need it, or recordings would travel with the product.',
      severity: 'error',
      from: { path: '^src-renderer/src/' },
      to: { path: '^src-renderer/gallery/' },
    },
    {
      name: 'no-electron-in-renderer',
      comment: 'The same page runs in a window and in a browser.',
      severity: 'error',
      from: { path: '^src-renderer/' },
      to: { path: 'node_modules/electron' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      extensions: ['.ts', '.vue', '.mjs', '.cjs', '.js'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
    skipAnalysisNotInRules: true,
  },
}
