/**
 * A regular expression of a provider schema, as JavaScript reads it with the `u` flag; or why it cannot be read.
 *
 * The source's are written for Java and Python. What they write otherwise without meaning otherwise is put right: a
 * backslash before a character that needs none, `\A` and `\Z`, a bare hyphen beside `\w` in a class, and `(?s)` at the
 * start, which lets `.` match line ends.
 */
export function toJavaScript(pattern: string): { pattern: string } | { unreadable: string } {
  // these compile: to a class of the characters `[:alph`, and to one that holds `&`
  if (/\[:\^?\w+:\]/.test(pattern)) return { unreadable: 'POSIX class' }
  if (/\[[^\]]*&&\[/.test(pattern)) return { unreadable: 'intersection of classes' }
  const rewritten = rewrite(pattern)
  try {
    new RegExp(rewritten, 'u')
    return { pattern: rewritten }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { unreadable: message.replace(/^.*\/u: /s, '') }
  }
}

function rewrite(pattern: string): string {
  const prefix = /^\^?\(\?s\)/.exec(pattern)?.[0]
  const tokens = pattern.slice(prefix?.length ?? 0).match(/\\[pP]\{\w+\}|\\.|[^\\]/gsu) ?? []
  let inClass = false
  const rewritten = tokens.map((token, index) => {
    if (inClass && token === '-' && (isClass(tokens[index - 1]) || isClass(tokens[index + 1]))) return '\\-'
    if (token === '[') inClass = true
    if (token === ']') inClass = false
    if (token === '.' && !inClass && prefix !== undefined) return '[^]'
    if (token === '\\A') return '^'
    if (token === '\\Z' || token === '\\z') return '$'
    const needless = /^\\([^\w^$\\.*+?()[\]{}|/]|_)$/u.exec(token)?.[1]
    return needless === undefined || (inClass && needless === '-') ? token : needless
  })
  return (prefix?.startsWith('^') ? '^' : '') + rewritten.join('')
}

function isClass(token: string | undefined): boolean {
  return token !== undefined && /^\\[wWdDsSpP]/.test(token)
}
