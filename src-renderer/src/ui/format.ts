export * from '../../../src-shared/util/format.js'
