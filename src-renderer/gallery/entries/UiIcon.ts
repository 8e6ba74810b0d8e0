import { h } from 'vue'
import UiIcon from '../../src/ui/UiIcon.vue'
import { icons, type IconName } from '../../src/ui/icons.js'
import { shown, type GalleryEntry } from '../page/entry.js'

export const entry: GalleryEntry = {
  states: (Object.keys(icons) as IconName[]).map((name) => shown(name, () => h(UiIcon, { name }))),
}
