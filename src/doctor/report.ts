import { wrapped as linesOf, shown } from '../printable.ts'
import type { Severity } from './causes.ts'
import type { Finding, Place } from './finding.ts'
import type { Diagnosis } from './index.ts'

export type Paper = {
  /** In characters. */
  readonly width: number
  readonly isColoured: boolean
}

const colours: Readonly<Record<Severity, string>> = { error: '1;31', warning: '1;33' }

/** As a person reads it: the worst first, commands as they can be pasted. `subject` says of what. */
export function terminalText({ findings, unseen }: Diagnosis, subject: readonly string[], paper: Paper): string {
  const { width, isColoured } = paper
  const styled = (text: string, code: string) => (isColoured ? `\u001b[${code}m${text}\u001b[0m` : text)
  // what one command mends together is shown once
  const told = new Set<string>()
  const blocks = [
    subject.flatMap(it => wrapped(it, width, '')),
    ...findings.map(it => block(it)),
    ...(unseen.length === 0
      ? []
      : [
          [
            ...wrapped('Not known to be well, as it could not be looked at:', width, ''),
            ...unseen.flatMap(({ what, reason, help }) =>
              wrapped(`- ${what}: ${reason}${help === undefined ? '' : `. ${help}`}`, width, '  '),
            ),
          ],
        ]),
    wrapped(verdict({ findings, unseen }), width, '').map(it => styled(it, '1')),
  ]
  return `${blocks.map(lines => lines.join('\n')).join('\n\n')}\n`

  /** JSON in quotes may stand deeper: blanks between its parts say nothing. */
  function pasted(command: string): readonly string[] {
    if (told.has(command)) return []
    told.add(command)
    return printable(command)
      .split('\n')
      .map(line => `    ${line}`)
  }

  function block({ code, severity, what, seen, where, mend, reference }: Finding): readonly string[] {
    const place = placeWords(where)
    const [first = '', ...rest] = wrapped(`${severity}: ${what} [${code}]`, width, '  ')
    return [
      first.replace(severity, styled(severity, colours[severity])),
      ...rest,
      ...(place === '' ? [] : wrapped(`  Where: ${place}`, width, '    ')),
      ...seen.flatMap(({ text, kind }) => {
        const lead = kind === 'exact' ? 'Seen:' : kind === 'such-as' ? 'Seen, such as:' : 'Seen:'
        return wrapped(`  ${lead} ${text}`, width, '    ')
      }),
      ...mend.flatMap(({ words, command }) => [
        ...wrapped(
          `  Mend: ${words}${command === undefined ? '' : told.has(command) ? ', by the command above' : ':'}`,
          width,
          '    ',
        ),
        ...(command === undefined ? [] : pasted(command)),
      ]),
      `  See: ${reference}`,
    ]
  }
}

/** `1 error and 2 warnings.` */
export function verdict({ findings, unseen }: Diagnosis): string {
  const count = (severity: Severity, name: string) => {
    const found = findings.filter(it => it.severity === severity).length
    return found === 0 ? [] : [`${found} ${name}${found === 1 ? '' : 's'}`]
  }
  const counts = [...count('error', 'error'), ...count('warning', 'warning')]
  const things = unseen.length === 1 ? '1 thing' : `${unseen.length} things`
  if (counts.length > 0) {
    return `${counts.join(' and ')}${unseen.length === 0 ? '' : `; ${things} could not be looked at`}.`
  }
  return unseen.length === 0
    ? 'Nothing is wrong with it.'
    : `Nothing wrong was found, but ${things} could not be looked at.`
}

/** `the role notes-auth, statement 1 of its AssumeRolePolicyDocument` */
export function placeWords({ role, policy, statement, sid, provider, rule, group, property }: Place): string {
  const named = sid === undefined ? '' : ` (${sid})`
  const parts = [
    ...(property === undefined ? [] : [`${property} in the template`]),
    ...(role === undefined ? [] : [`the role ${role}`]),
    ...(statement === undefined || policy === undefined
      ? policy === undefined
        ? []
        : [policy]
      : [`statement ${statement}${named} of ${policy}`]),
    ...(group === undefined ? [] : [`the group ${group}`]),
    ...(rule === undefined ? [] : [`rule ${rule}`]),
    ...(provider === undefined ? [] : [`the provider ${provider}`]),
  ]
  return parts.join(', ')
}

function wrapped(text: string, width: number, indent: string): readonly string[] {
  return linesOf(printable(text), width, indent)
}

/** What an account holds may be anybody's: it must not steer the terminal. Lines of commands stay. */
function printable(text: string): string {
  return text.split('\n').map(shown).join('\n')
}
