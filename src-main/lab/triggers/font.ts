/**
 * A pixel font for triggers: capitals, digits and a few signs, five dots high and as wide as each needs. Rows from top
 * to bottom, parted by blanks; `#` is a dot that is painted.
 */
const DRAWN: Readonly<Record<string, string>> = {
  A: '.#. #.# ### #.# #.#',
  B: '##. #.# ##. #.# ##.',
  C: '.## #.. #.. #.. .##',
  D: '##. #.# #.# #.# ##.',
  E: '### #.. ##. #.. ###',
  F: '### #.. ##. #.. #..',
  G: '.## #.. #.# #.# .##',
  H: '#.# #.# ### #.# #.#',
  I: '### .#. .#. .#. ###',
  J: '..# ..# ..# #.# .#.',
  K: '#.# #.# ##. #.# #.#',
  L: '#.. #.. #.. #.. ###',
  M: '#...# ##.## #.#.# #...# #...#',
  N: '#..# ##.# #.## #..# #..#',
  O: '.#. #.# #.# #.# .#.',
  P: '##. #.# ##. #.. #..',
  Q: '.##. #..# #..# #.#. .#.#',
  R: '##. #.# ##. #.# #.#',
  S: '.## #.. .#. ..# ##.',
  T: '### .#. .#. .#. .#.',
  U: '#.# #.# #.# #.# ###',
  V: '#.# #.# #.# #.# .#.',
  W: '#...# #...# #.#.# ##.## #...#',
  X: '#.# #.# .#. #.# #.#',
  Y: '#.# #.# .#. .#. .#.',
  Z: '### ..# .#. #.. ###',
  0: '### #.# #.# #.# ###',
  1: '.#. ##. .#. .#. ###',
  2: '##. ..# .#. #.. ###',
  3: '##. ..# .#. ..# ##.',
  4: '#.# #.# ### ..# ..#',
  5: '### #.. ##. ..# ##.',
  6: '.## #.. ### #.# ###',
  7: '### ..# ..# .#. .#.',
  8: '### #.# ### #.# ###',
  9: '### #.# ### ..# ##.',
  '!': '# # # . #',
  '?': '##. ..# .#. ... .#.',
  '+': '... .#. ### .#. ...',
  '-': '... ... ### ... ...',
  '.': '. . . . #',
  ':': '. # . # .',
  ' ': '.. .. .. .. ..',
}

export const LETTER_HEIGHT = 5
/** Blank dots between two letters. */
const GAP = 1

/** Every letter that can be drawn. Small letters are drawn as capitals. */
export const letters = Object.keys(DRAWN)

/** The dots of a text, row by row; true where it is painted. Letters that are not drawn are left out. */
export function dotsOf(text: string): boolean[][] {
  const glyphs = Array.from(text.toUpperCase(), (letter) => DRAWN[letter]?.split(' ')).filter(
    (glyph) => glyph !== undefined,
  )
  return Array.from({ length: LETTER_HEIGHT }, (_, row) =>
    glyphs.flatMap((glyph, index) => [
      ...(index === 0 ? [] : Array.from({ length: GAP }, () => false)),
      ...Array.from(glyph[row]!, (dot) => dot === '#'),
    ]),
  )
}
