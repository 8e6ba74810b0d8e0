import type { Component, InjectionKey } from 'vue'

/**
 * Controls that a page has for special fields, by the name that the schema gives them. Each takes `id`, `spec`, `value`,
 * `path`, `isWrong` and `describedBy`, and emits `change` with the new value.
 */
export type SpecialControls = Readonly<Record<string, Component>>

export const specialControlsKey: InjectionKey<SpecialControls> = Symbol('controls for special fields')
