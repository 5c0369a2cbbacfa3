/** Texts quoted for what reads them, so that no value can end its quote, nor a terminal see a key in it. */

export type Shell = 'posix' | 'powershell'

/**
 * Holds what a terminal would take for a key when it is pasted, or what makes text look like another: control and
 * format characters (also those that turn the direction of writing), line separators, halves of surrogate pairs.
 */
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u

/**
 * What each shell hands to `aws` as it stands. In PowerShell that is less than its quoting rules promise: up to 7.2 it
 * passes " on unescaped, and where `aws` is a .cmd file, cmd.exe reads the line once more.
 * https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_parsing
 */
export function canPass(shell: Shell, text: string): boolean {
  switch (shell) {
    case 'posix':
      return !hidden.test(text)
    case 'powershell':
      return /^[A-Za-z0-9_./:=,@+*~$ -]*$/.test(text)
  }
}

/** One word of a command line; `canPass` must hold of it for an argument of a program. */
export function word(shell: Shell, text: string): string {
  switch (shell) {
    case 'posix':
      if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(text)) return text
      return `'${text.replaceAll("'", "'\\''")}'`
    case 'powershell':
      if (/^(--)?[A-Za-z0-9][A-Za-z0-9_./:=-]*$/.test(text)) return text
      // PowerShell ends a quote at typographic ones too
      return `'${text.replace(/['\u2018-\u201b]/g, '$&$&')}'`
  }
}

/** A command over several lines; `lines` are groups of words. */
export function command(shell: Shell, lines: readonly (readonly string[])[], indent = ''): string {
  const end = shell === 'posix' ? ' \\' : ' `'
  return lines.map(words => words.map(text => word(shell, text)).join(' ')).join(`${end}\n${indent}  `)
}

/** JSON in printable ASCII without a single quote, so that it stands in single quotes of either shell as it is. */
export function plainJson(value: unknown): string {
  return JSON.stringify(value).replace(/[^\x20-\x7e]|'/g, unit => `\\u${hex(unit.charCodeAt(0), 4)}`)
}

/** A command that writes JSON to a file, in any encoding that the AWS CLI may take a file for. */
export function writeJson(shell: Shell, file: string, value: unknown): string {
  const text = word(shell, plainJson(value))
  switch (shell) {
    case 'posix':
      return `printf '%s\\n' ${text} > ${word(shell, file)}`
    case 'powershell':
      return `Set-Content -Encoding ascii -LiteralPath ${word(shell, file)} -Value ${text}`
  }
}

/**
 * A double-quoted scalar: the one style of YAML that can hold every text and is read alike by YAML 1.1 and 1.2.
 * https://yaml.org/spec/1.2.2/#731-double-quoted-style
 */
export function yamlText(text: string): string {
  return `"${escaped(text, '"', eightDigits)}"`
}

/** A string literal of TypeScript and JavaScript. */
export function scriptText(text: string): string {
  return `'${escaped(text, "'", code => `\\u{${hex(code, 1)}}`)}'`
}

/**
 * A quoted template of HCL, in which `${` and `%{` would begin an expression.
 * https://developer.hashicorp.com/terraform/language/expressions/strings
 */
export function hclText(text: string): string {
  const body = escaped(text, '"', eightDigits).replace(/([$%]+)\{/g, (sign, run: string) =>
    // a longer run has no escape of its own
    run.length === 1 ? `${run}${sign}` : `${[...run].map(it => `\\u${hex(it.charCodeAt(0), 4)}`).join('')}{`,
  )
  return `"${body}"`
}

/** What none of the three languages could take as it stands, escaped; half of a surrogate pair, which is no text, replaced. */
function escaped(text: string, quote: string, beyond: (code: number) => string): string {
  return text.replace(/["'\\\ufffe\uffff]|[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, character => {
    if (character === '"' || character === "'") return character === quote ? `\\${character}` : character
    if (character === '\\') return '\\\\'
    if (character === '\n') return '\\n'
    if (character === '\t') return '\\t'
    const code = character.codePointAt(0) ?? 0
    if (code >= 0xd800 && code <= 0xdfff) return '\ufffd'
    return code > 0xffff ? beyond(code) : `\\u${hex(code, 4)}`
  })
}

function eightDigits(code: number): string {
  return `\\U${hex(code, 8)}`
}

function hex(code: number, width: number): string {
  return code.toString(16).padStart(width, '0')
}
