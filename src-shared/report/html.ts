import { escapeXml } from '../util/xml.js'

/** HTML that is ready to stand in a page; plain text becomes it by `text` alone, so that nothing gets in unescaped. */
export type Html = string & { readonly __html: true }

type Attributes = Readonly<Record<string, string | number | boolean>>

/** Elements that have no end tag. */
const VOID = new Set(['img', 'meta', 'br'])

export function text(words: string): Html {
  return escapeXml(words) as Html
}

/** Markup that another part of the program has made, such as a picture of a chart. */
export function made(markup: string): Html {
  return markup as Html
}

/** One element. An attribute that is true stands by its name alone, one that is false not at all. */
export function tag(name: string, attributes: Attributes, ...inside: readonly Html[]): Html {
  const written = Object.entries(attributes).flatMap(([key, value]) => {
    if (value === false) return []
    return [value === true ? ` ${key}` : ` ${key}="${escapeXml(String(value))}"`]
  })
  const start = `<${name}${written.join('')}>`
  return (VOID.has(name) ? start : `${start}${inside.join('')}</${name}>`) as Html
}

export function joined(parts: readonly Html[]): Html {
  return parts.join('\n') as Html
}
