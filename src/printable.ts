/**
 * In one line, and without what a terminal takes for commands: whatever a template holds is shown, and nothing but shown.
 */
export function printable(text: string): string {
  return text.replace(/[ \t]*[\r\n\u2028\u2029]+[ \t]*/g, ' ').replace(/[\p{Cc}\p{Cf}]/gu, '\ufffd')
}
