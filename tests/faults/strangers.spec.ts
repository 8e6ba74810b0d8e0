/** A workspace from a stranger, whose every text tries something. */
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { inertJson, plain } from '../../src-main/cli/output.js'
import { runRow } from '../../src-shared/runs/run-row.js'
import { csvText } from '../../src-shared/util/csv.js'
import { tableText } from '../../src-shared/util/table-text.js'
import { verifyWorkspace } from '../../src-main/app/verify/verify-workspace.js'
import { doneRecord, openStore, runId, withWorkspace } from './workspace.js'
import { tried } from './figures.js'

const texts = [
  '\u001B]0;title\u0007\u001B[2J\u001B[31mred',
  '\u009B31mred',
  '=cmd|"/C calc"!A0',
  '＝1+1',
  '@SUM(1)',
  '-2+3',
  '\t=1',
  '<img src=x onerror=alert(1)>',
  '\\input{/etc/passwd}',
  '../../etc/passwd',
  '__proto__',
  'constructor',
]

async function plant(workspace: string, record: object): Promise<string> {
  const folder = join(workspace, 'runs', runId)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'run.json'), JSON.stringify(record))
  return folder
}

describe('a run of a stranger', () => {
  it.each(texts)('is listed by a name that does nothing: %j', async (name) => {
    await withWorkspace(async (workspace) => {
      await plant(workspace, { ...doneRecord, experiment: { ...doneRecord.experiment, name } })
      const store = openStore(workspace)
      const [listing] = (await store.list()).runs
      store.close()
      expect(runRow(listing!).name).toBe(name.trim())
      expect(plain(name)).not.toMatch(/(?![\n\t])\p{Cc}/u)
      expect(inertJson({ name })).not.toMatch(/\p{Cc}/u)
      expect(JSON.parse(inertJson({ name }))).toEqual({ name })
      const cells = [csvText([[name]]), tableText({ columns: ['a'], rows: [[name]] }, 'tsv').split('\n')[1]!]
      for (const cell of cells) expect(cell.replace(/^"/, '')).not.toMatch(/^\s*[=+\-@＝＋－＠]/u)
    })
    tried('Text of a stranger', 'in a name: terminal, JSON, CSV, TSV', 1)
  })

  it('changes no object but its own by the names of its parameters', async () => {
    await withWorkspace(async (workspace) => {
      const record = JSON.stringify(doneRecord).replace(
        '"params":{',
        '"params":{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},',
      )
      const folder = await plant(workspace, doneRecord)
      await writeFile(join(folder, 'run.json'), record)
      const store = openStore(workspace)
      await store.list()
      store.close()
      expect('polluted' in {}).toBe(false)
    })
  })

  it('with a million tags is listed without them, and they are left as they are', async () => {
    await withWorkspace(async (workspace) => {
      const folder = await plant(workspace, doneRecord)
      const tags = Array.from({ length: 1_000_000 }, (_, index) => `t${index}`)
      const file = { format: 'unbackdoor.annotations', version: 1, note: '', isStarred: false, isArchived: false, tags }
      await writeFile(join(folder, 'annotations.json'), JSON.stringify(file))
      const store = openStore(workspace)
      expect((await store.list()).runs[0]?.annotations).toBeNull()
      await expect(store.annotate(runId, { addTags: ['mine'] })).rejects.toMatchObject({ code: 'storage' })
      store.close()
    })
  })

  it('cannot lead out of its folder by a link or a path', async () => {
    await withWorkspace(async (workspace) => {
      const artifact = { path: 'trigger.png', title: 'Trigger', mediaType: 'image/png', byteLength: 4 }
      const folder = await plant(workspace, { ...doneRecord, artifacts: [artifact] })
      await symlink('/etc/passwd', join(folder, 'trigger.png'))
      const { findings } = await verifyWorkspace(workspace, { datasetCache: null })
      expect(findings.map(({ text }) => text)).toContain('It is no plain file.')
      await plant(workspace, { ...doneRecord, artifacts: [{ ...artifact, path: '../../../etc/passwd' }] })
      const store = openStore(workspace)
      expect((await store.list()).unreadable).toEqual([runId])
      store.close()
    })
  })
})
