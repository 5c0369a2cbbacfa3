/**
 * In one line, and without what a terminal takes for commands: whatever a template holds is shown, and nothing but shown.
 */
export function printable(text: string): string {
  return text.replace(/[ \t]*[\r\n\u2028\u2029]+[ \t]*/g, ' ').replace(/[\p{Cc}\p{Cf}]/gu, '\ufffd')
}

/** The same for text whose length or lines matter: character for character. */
export function shown(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\ufffd')
}

/** Lines that are no longer than the width, as far as blanks let them be. */
export function wrapped(text: string, width: number, indent: string): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/(?<=\S) +/)) {
    const next = line === '' ? word : `${line} ${word}`
    if (line !== '' && next.length > width) {
      lines.push(line)
      line = `${indent}${word}`
    } else line = next
  }
  return [...lines, line]
}
