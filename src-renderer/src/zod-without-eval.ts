import { z } from 'zod'

// The page may not make code out of text, and zod would try to. To be imported before anything that has schemas.
z.config({ jitless: true })
