import { onBeforeUnmount, onMounted } from 'vue'

/** Calls back when the colours of the page change, by the setting or by the system. */
export function useThemeChange(onChange: () => void): void {
  const system = matchMedia('(prefers-color-scheme: dark)')
  const setting = new MutationObserver(onChange)
  onMounted(() => {
    system.addEventListener('change', onChange)
    setting.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
  })
  onBeforeUnmount(() => {
    system.removeEventListener('change', onChange)
    setting.disconnect()
  })
}
