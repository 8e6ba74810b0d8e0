import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { PNG_HEADER_BYTES } from '../../../src-shared/util/png.js'
import type { Dropped } from '../files/dropped.js'
import { MAX_PICTURE, pngSize } from '../files/png-header.js'
import { readPng } from '../files/png.js'
import { triggerImageOf } from '../files/trigger-image.js'
import { useCatalogueStore } from './catalogue.js'
import { useDraftStore } from './draft.js'
import { experimentIn, pluginOf, type DraftChoice } from './draft-model.js'
import { ownTopic } from './history.js'
import { pictureGroup, withPicture } from './picture-trigger.js'

const MAX_BYTES = 10_000_000
const ACCEPTED = 'An experiment file, the run.json or the whole folder of a run, and a PNG as trigger are accepted.'

/** What is brought into the form from outside: by drop, file button or paste. Whatever it replaces can be undone. */
export const useIntakeStore = defineStore('intake', () => {
  const draft = useDraftStore()
  const catalogue = useCatalogueStore()
  const message = shallowRef<{ readonly isProblem: boolean; readonly text: string } | null>(null)

  async function take(dropped: Dropped): Promise<void> {
    await told(async () => {
      if ('problem' in dropped) throw new Error(`${dropped.problem} ${ACCEPTED}`)
      const { file } = dropped
      if (file.size > MAX_BYTES) throw new Error(`${file.name} has ${file.size} bytes; at most ${MAX_BYTES} are read.`)
      const head = new Uint8Array(await file.slice(0, PNG_HEADER_BYTES).arrayBuffer())
      return pngSize(head) === null ? takeExperiment(await file.text(), file.name) : await takePicture(file)
    })
  }

  async function takeText(text: string, source: string): Promise<void> {
    await told(async () => takeExperiment(text, source))
  }

  async function told(work: () => Promise<string>): Promise<void> {
    try {
      if (catalogue.catalogue === null) throw new Error('The list of methods is not there yet. Try again in a moment.')
      message.value = { isProblem: false, text: `${await work()} Undo brings back what was here before.` }
    } catch (error) {
      message.value = { isProblem: true, text: error instanceof Error ? error.message : String(error) }
    }
  }

  function takeExperiment(text: string, source: string): string {
    try {
      draft.load(experimentIn(text))
    } catch (cause) {
      throw new Error(`${source}: ${(cause as Error).message} ${ACCEPTED}`, { cause })
    }
    return `Loaded from ${source}.`
  }

  async function takePicture(file: File): Promise<string> {
    const attack = attackWithPicture()
    const manifest = attack === null ? null : pluginOf(catalogue.plugins, 'attack', attack.id)
    const group = manifest === null ? null : pictureGroup(manifest)
    if (attack === null || manifest === null || group === null) {
      throw new Error(`${file.name}: ${manifest?.title ?? 'This attack'} takes no picture as trigger.`)
    }
    const picture = await readPng(file, MAX_PICTURE)
    const next = withPicture(attack, manifest, group, triggerImageOf(picture))
    draft.change(ownTopic('picture'), (before) => ({ ...before, attack: next }))
    return `${file.name} is the trigger now; its size and place are set under Attack.`
  }

  /** The attack of the draft; where there is none, the first one that takes a picture. */
  function attackWithPicture(): DraftChoice | null {
    const present = draft.draft?.attack ?? null
    if (present !== null) return present
    const first = catalogue.ofKind('attack').find((manifest) => pictureGroup(manifest) !== null)
    return first === undefined ? null : { id: first.id, params: {} }
  }

  return { message, take, takeText }
})
