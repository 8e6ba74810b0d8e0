const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
/** What no XML 1.0 document may hold, not even escaped: controls, halves of pairs, two non-characters. */
const FORBIDDEN = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu

/** Text for the inside of an element or of an attribute. */
export function escapeXml(text: string): string {
  return text.replaceAll(FORBIDDEN, '').replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign)
}

export type Attributes = Readonly<Record<string, string | number>>

/** One element. `inside` is XML already: text goes through `escapeXml` first. */
export function element(name: string, attributes: Attributes, inside = ''): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(String(value))}"`)
  return inside === '' ? `<${name}${written.join('')}/>` : `<${name}${written.join('')}>${inside}</${name}>`
}

export interface PictureSize {
  readonly width: number
  readonly height: number
}

/** A whole picture with its size in pixels of the page. */
export interface VectorPicture {
  readonly svg: string
  readonly size: PictureSize
}

/** The root of a picture. It opens on its own: nothing is fetched, so that font and colours have to be written down. */
export function svgRoot({ width, height }: PictureSize, font: string, inside: string): string {
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      'font-family': font,
      role: 'img',
    },
    inside,
  )
}
