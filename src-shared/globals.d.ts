/** The few names that every runtime has, declared here because this folder has neither DOM nor Node types. */
declare function structuredClone<T>(value: T): T
declare function queueMicrotask(callback: () => void): void
declare class TextDecoder {
  constructor(label: 'utf-8', options: { readonly fatal: boolean })
  decode(bytes: Uint8Array): string
}
