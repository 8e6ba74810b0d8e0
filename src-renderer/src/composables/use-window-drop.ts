import { onBeforeUnmount, onMounted, ref, type Ref } from 'vue'
import type { Dropped } from '../files/dropped.js'
import { droppedFile } from '../files/transfer.js'

/**
 * Takes files and folders that are dropped anywhere on the window, unless a part of the page takes them first. Returns
 * whether something that could be dropped is over the window.
 */
export function useWindowDrop(take: (dropped: Dropped) => void): Ref<boolean> {
  const isOver = ref(false)

  function over(event: DragEvent): void {
    if (event.dataTransfer?.types.includes('Files') !== true) return
    // Without this the browser would leave the page and show the file.
    event.preventDefault()
    isOver.value = true
  }

  function leave(event: DragEvent): void {
    if (event.relatedTarget === null) isOver.value = false
  }

  function drop(event: DragEvent): void {
    const dropped = event.dataTransfer === null ? null : droppedFile(event.dataTransfer)
    if (dropped === null) return
    event.preventDefault()
    void dropped.then(take)
  }

  /** Before whoever takes it, and may keep it from going on. */
  const end = (): void => void (isOver.value = false)

  onMounted(() => {
    addEventListener('dragover', over)
    addEventListener('dragleave', leave)
    addEventListener('drop', end, { capture: true })
    addEventListener('drop', drop)
  })
  onBeforeUnmount(() => {
    removeEventListener('dragover', over)
    removeEventListener('dragleave', leave)
    removeEventListener('drop', end, { capture: true })
    removeEventListener('drop', drop)
  })
  return isOver
}
