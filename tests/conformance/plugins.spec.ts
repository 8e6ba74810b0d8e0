import { describe, expect, it } from 'vitest'
import { allPlugins, describeCatalogue } from '../../src-main/lab/catalogue.js'
import { Catalogue } from '../../src-shared/model/plugin-manifest.js'
import { expectWellDescribed } from './promises.js'

describe('every plug-in', () => {
  it.each(allPlugins.map((plugin) => [`${plugin.kind} ${plugin.id}`, plugin] as const))(
    '%s describes itself completely',
    (_name, plugin) => expectWellDescribed(plugin),
  )

  it('has an id of its own, whatever its kind', () => {
    const ids = allPlugins.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('crosses the wire as data', () => {
    const catalogue = describeCatalogue()
    expect(Catalogue.parse(JSON.parse(JSON.stringify(catalogue)))).toEqual(catalogue)
  })
})
