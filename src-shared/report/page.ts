import { toBase64 } from '../util/base64.js'
import { sha256Bytes } from '../util/sha256.js'
import { utf8 } from '../util/utf8.js'
import { joined, made, tag, text, type Html } from './html.js'
import { REPORT_STYLE } from './style.js'

/**
 * What a page of ours may do once it has left: show its own pictures in the one style that it was made with. Nothing is
 * fetched, and no script runs.
 */
const POLICY = `default-src 'none'; img-src data:; style-src 'sha256-${toBase64(sha256Bytes(utf8(REPORT_STYLE)))}'; base-uri 'none'; form-action 'none'`

/** A whole page that opens on its own, without network, and prints. */
export function reportPage(title: string, body: readonly Html[]): string {
  const head = joined([
    tag('meta', { charset: 'utf-8' }),
    tag('meta', { 'http-equiv': 'Content-Security-Policy', content: POLICY }),
    tag('meta', { name: 'viewport', content: 'width=device-width' }),
    tag('title', {}, text(title)),
    tag('style', {}, made(REPORT_STYLE)),
  ])
  return `<!doctype html>\n${tag('html', { lang: 'en' }, tag('head', {}, head), tag('body', {}, tag('main', {}, joined(body))))}\n`
}
