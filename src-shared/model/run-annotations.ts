import { z } from 'zod'

export const ANNOTATIONS_FORMAT = 'unbackdoor.annotations'
export const ANNOTATIONS_VERSION = 1

export const MAX_TAGS = 20
export const MAX_TAG_LENGTH = 32
export const MAX_NOTE_LENGTH = 4000

/** One word in small letters, so that it can be asked for as `tag:word`. */
export const Tag = z
  .string()
  .trim()
  .toLowerCase()
  .max(MAX_TAG_LENGTH)
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}._/+-]*$/u, 'must be one word of letters, digits and . _ / + -, such as "mnist"')

/** What people say about a run after the fact. */
export const RunAnnotations = z.strictObject({
  tags: z.array(Tag).max(MAX_TAGS),
  note: z.string().max(MAX_NOTE_LENGTH),
  isStarred: z.boolean(),
  /** Kept, but out of the way: lists leave it out unless asked. */
  isArchived: z.boolean(),
})
export type RunAnnotations = z.infer<typeof RunAnnotations>

/** Where it is kept: a file of its own beside the record, which is the engine's alone. */
export const AnnotationsFile = RunAnnotations.extend({
  format: z.literal(ANNOTATIONS_FORMAT),
  version: z.literal(ANNOTATIONS_VERSION),
})
export type AnnotationsFile = z.infer<typeof AnnotationsFile>

export const noAnnotations: RunAnnotations = { tags: [], note: '', isStarred: false, isArchived: false }

/** What to change; the rest stays. Tags are added and removed one by one, so that two windows do not undo each other. */
export const AnnotationsChange = z.strictObject({
  addTags: z.array(Tag).max(MAX_TAGS).optional(),
  removeTags: z.array(Tag).max(MAX_TAGS).optional(),
  note: RunAnnotations.shape.note.optional(),
  isStarred: z.boolean().optional(),
  isArchived: z.boolean().optional(),
})
export type AnnotationsChange = z.infer<typeof AnnotationsChange>

/** May come out with more tags than are allowed: whoever keeps the result checks it. */
export function changedAnnotations(
  before: RunAnnotations,
  { addTags = [], removeTags = [], note, isStarred, isArchived }: AnnotationsChange,
): RunAnnotations {
  const kept = before.tags.filter((tag) => !removeTags.includes(tag))
  return {
    tags: [...new Set([...kept, ...addTags])],
    note: note ?? before.note,
    isStarred: isStarred ?? before.isStarred,
    isArchived: isArchived ?? before.isArchived,
  }
}
