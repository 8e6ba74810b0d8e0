/** What a spreadsheet would take for a formula, also in its wide forms. */
const FORMULA = /^\s*[=+\-@＝＋－＠]|^[\t\r]/u

/** Text with an apostrophe before it if a spreadsheet would run it as a formula (OWASP, "CSV Injection"). */
export function inertCell(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text
}
