import { onBeforeUnmount, ref, type Ref } from 'vue'

/** The time, twice a second: for clocks that run while one looks. */
export function useNow(): Ref<number> {
  const now = ref(Date.now())
  const timer = setInterval(() => (now.value = Date.now()), 500)
  onBeforeUnmount(() => clearInterval(timer))
  return now
}
