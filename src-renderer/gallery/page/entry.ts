import type { VNodeChild } from 'vue'

/** One state of a component, as it is to be looked at. */
export interface GalleryState {
  readonly title: string
  /** Called once in the setup of a component of its own; what it returns draws the state. */
  readonly setup: () => () => VNodeChild
}

/** What the gallery shows of a component. Its file lies where the component does: `entries/x.ts` for `src/ui/x.vue`. */
export interface GalleryEntry {
  readonly states: readonly GalleryState[]
}

/** A state that only has to be drawn. */
export function shown(title: string, render: () => VNodeChild): GalleryState {
  return { title, setup: () => render }
}

/** A state that keeps something, such as what was chosen. */
export function live(title: string, setup: () => () => VNodeChild): GalleryState {
  return { title, setup }
}

export const LONG =
  'A text that is much longer than anyone expects, as names of experiments, of classes and of files tend to be once ' +
  'people use a program in earnest, WithoutABreakSomewhereInTheMiddleOfItToo, and then goes on a little more'
