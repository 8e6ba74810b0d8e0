import { h, type VNode } from 'vue'

/** A control with the label and the help that its form gives it. */
export function labelled(id: string, control: (describedBy: string) => VNode): VNode {
  return h('div', [
    h('label', { id: `${id}-label`, for: id }, 'Setting'),
    ' ',
    control(`${id}-help`),
    h('p', { id: `${id}-help`, class: 'dim small' }, 'What it does.'),
  ])
}
