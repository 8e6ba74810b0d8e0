/** More runs than this are no longer told apart in a chart or read in a table. */
export const MAX_COMPARED = 20
