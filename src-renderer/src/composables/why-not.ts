import { inject, shallowRef, type InjectionKey, type Ref } from 'vue'

/** Why nothing can be changed on this page, in words; null where it can. The frame knows. */
export const whyNotKey: InjectionKey<Readonly<Ref<string | null>>> = Symbol('why nothing can be changed')

export function useWhyNot(): Readonly<Ref<string | null>> {
  return inject(whyNotKey, () => shallowRef(null), true)
}
