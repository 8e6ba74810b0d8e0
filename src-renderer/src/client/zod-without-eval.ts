import { z } from 'zod'

/**
 * By itself zod tries whether it may compile code from text, and the page's policy reports each try as a violation. It
 * tries when a schema is made, so this has to be the first import of the page.
 */
z.config({ jitless: true })
