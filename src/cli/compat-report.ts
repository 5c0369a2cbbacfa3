import type { Change, Comparison, Verdict, Witness } from '../compat/report.ts'
import type { Step } from '../compat/versions.ts'
import { printable } from '../printable.ts'
import { counted } from './report.ts'

/** Two templates of one name, or a stack and what it would become. */
export type Compared = Comparison & {
  readonly name: string
  readonly oldName: string
  readonly stack?: string
  readonly versions: { readonly old: string | undefined; readonly fresh: string | undefined }
  /** What the versions promise; undefined where they are not known. */
  readonly step: Step | undefined
  /** The smallest version that may hold the changes. */
  readonly next: string | undefined
  readonly isEnough: boolean
}

const nothing = 'Nothing has to be done'

/** The worst first: a line for what happens, and one for the way out. */
export function formatText(compared: readonly Compared[], isColoured: boolean): string {
  return compared
    .map(shown)
    .map(one => {
      const lines = one.changes.flatMap(change => changeLines(change, isColoured))
      const notes = [...one.remarks, ...permissionNote(one)]
      return `${[headingOf(one), ...lines, ...notes].join('\n')}\n`
    })
    .join('\n')
}

/** With each text in it such as can be shown: names and messages come from templates of anybody. */
function shown(one: Compared): Compared {
  return {
    ...one,
    ...{ name: printable(one.name), oldName: printable(one.oldName) },
    ...(one.stack === undefined ? {} : { stack: printable(one.stack) }),
    changes: one.changes.map(change => ({
      ...change,
      ...{ subject: printable(change.subject), message: printable(change.message), help: printable(change.help) },
      ...(change.type === undefined ? {} : { type: printable(change.type) }),
      ...(change.when === undefined ? {} : { when: shownWhen(change.when) }),
    })),
    remarks: one.remarks.map(printable),
  }
}

function shownWhen({ parameters, placeholders, leftOut, ...rest }: Witness): Witness {
  return {
    ...rest,
    parameters: Object.fromEntries(
      Object.entries(parameters).map(([name, value]) => [printable(name), printable(value)]),
    ),
    placeholders: placeholders.map(printable),
    leftOut: leftOut.map(printable),
  }
}

function headingOf(one: Compared): string {
  const { name, oldName, stack, verdict } = one
  const { old, fresh } = one.versions
  const before = [stack === undefined ? oldName : `stack ${stack}`, ...(old === undefined ? [] : [old])].join(' ')
  const after = [...(name === oldName ? [] : [name]), ...(fresh === undefined || fresh === old ? [] : [fresh])].join(
    ' ',
  )
  const said = verdict === 'none' ? 'no change' : `${verdict} changes`
  return `${before}${after === '' ? '' : ` → ${after}`}: ${said}${claimText(one)}`
}

/** Whether the version is high enough: a clause. */
function claimText({ versions: { fresh }, step, next, verdict, isEnough }: Compared): string {
  if (step === undefined || verdict === 'none') return ''
  if (isEnough) return `, and ${fresh} is a step that may hold them`
  const way = next === undefined ? '' : `: give it ${next}, or undo them`
  switch (step) {
    case 'none':
      return `, and the version is the same${way}`
    case 'back':
      return `, and ${fresh} is older${way}`
    case 'patch':
    case 'minor':
    case 'major':
      return `, and ${fresh} is too small a step${way}`
  }
}

const hues: Readonly<Record<Change['level'], string>> = { major: '\u001b[31m', minor: '\u001b[33m', patch: '\u001b[2m' }

function changeLines(change: Change, isColoured: boolean): readonly string[] {
  const { level, help } = change
  const label = isColoured ? `${hues[level]}${level}\u001b[0m` : level
  const first = `${label}  ${subjectOf(change)} ${change.message}${whenText(change.when)}`
  return help === nothing ? [first] : [first, `       ${help}`]
}

function subjectOf(
  { section, subject, type }: Change,
  quote = (text: string): string => text,
  plain = (text: string): string => text,
): string {
  switch (section) {
    case 'Template':
      return subject === '' ? 'the template' : quote(subject)
    case 'Parameters':
      return `parameter ${quote(subject)}`
    case 'Rules':
      return `rule ${quote(subject)}`
    case 'Resources':
      return type === undefined ? quote(subject) : `${quote(subject)} (${plain(type)})`
    case 'Outputs':
      return `output ${quote(subject)}`
    case 'Access':
      return /^(?:an?|somebody|another)\b/.test(subject) ? subject : `a ${subject}`
  }
}

/** `, when UploadsBucketName is given and AllowProtectedFolder=true, in us-gov-west-1` */
function whenText(when: Witness | undefined, quote = (text: string): string => text): string {
  if (when === undefined) return ''
  const { region, parameters, placeholders, leftOut } = when
  const names = placeholders.map(quote)
  const values = Object.entries(parameters)
    .filter(([name]) => !placeholders.includes(name))
    .map(([name, value]) => quote(`${name}=${value === '' ? "''" : value}`))
  const given = names.length === 0 ? [] : [`${listed(names)} ${names.length === 1 ? 'is' : 'are'} given`]
  const isDefault = names.length + values.length + leftOut.length === 0 && region === undefined
  return [
    ...(names.length + values.length === 0 ? [] : [`, when ${listed([...given, ...values])}`]),
    ...(region === undefined ? [] : [`, in ${region}`]),
    ...(leftOut.length === 0
      ? []
      : [
          `, where ${listed(leftOut.map(quote))} ${leftOut.length === 1 ? 'is' : 'are'} left to the default, as a parent stack may`,
        ]),
    ...(isDefault ? [', when all is left to its defaults'] : []),
  ].join('')
}

/** `a, b and c` */
function listed(items: readonly string[]): string {
  const [last = '', ...others] = [...items].reverse()
  return others.length === 0 ? last : `${others.reverse().join(', ')} and ${last}`
}

function permissionNote({ permissions, changes }: Compared): readonly string[] {
  if (permissions.length === 0 || changes.length === 0) return []
  return [
    `Who deploys it needs up to ${counted(permissions.length, 'IAM action')} for what changes: --json lists them.`,
  ]
}

/** One document. */
export function formatJson(
  compared: readonly Compared[],
  asked: { readonly old: string; readonly fresh: string },
): string {
  const document = {
    ...{ formatVersion: 1, old: asked.old, new: asked.fresh },
    isEnough: compared.every(it => it.isEnough),
    templates: compared.map(({ name, oldName, stack, versions, verdict, step, next, isEnough, ...rest }) => ({
      name,
      ...(oldName === name ? {} : { oldName }),
      ...(stack === undefined ? {} : { stack }),
      ...(versions.old === undefined ? {} : { oldVersion: versions.old }),
      ...(versions.fresh === undefined ? {} : { newVersion: versions.fresh }),
      verdict,
      ...(step === undefined ? {} : { step }),
      ...(next === undefined ? {} : { next }),
      isEnough,
      ...rest,
    })),
  }
  return `${JSON.stringify(document, undefined, 2)}\n`
}

/** For release notes: of each template that changes stacks a list. */
export function formatMarkdown(compared: readonly Compared[]): string {
  const parts = compared
    .filter(({ verdict }) => verdict !== 'none')
    .map(shown)
    .map(one => {
      const lines = one.changes.map(change => {
        const { level, help, message } = change
        const subject = change.subject === '' ? 'The template' : subjectMarkdown(change)
        const way = help === nothing ? '' : ` ${help}.`
        return `- **${level}**: ${subject} ${escaped(message)}${whenText(change.when, code)}.${escaped(way)}`
      })
      return [`**${escaped(one.name)}**${escaped(oldVersion(one))}: ${verdictWords[one.verdict]}`, '', ...lines].join(
        '\n',
      )
    })
  return parts.length === 0 ? 'No template changes a stack.\n' : `${parts.join('\n\n')}\n`
}

const verdictWords: Readonly<Record<Verdict, string>> = {
  none: 'no stack changes.',
  patch: 'an update is safe.',
  minor: 'an update is safe, and changes what stands or adds to it.',
  major: 'an update loses or replaces something, fails, or wants something to be done.',
}

function oldVersion({ versions: { old } }: Compared): string {
  return old === undefined ? '' : ` since ${old}`
}

function subjectMarkdown(change: Change): string {
  return change.section === 'Access' ? escaped(subjectOf(change)) : subjectOf(change, code, escaped)
}

/** https://spec.commonmark.org/0.31.2/#code-spans: between more backticks than stand in it. */
function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  const pad = /^`|`$/.test(text) ? ' ' : ''
  return `${fence}${pad}${text}${pad}${fence}`
}

/** What Markdown would take for its own. */
function escaped(text: string): string {
  return text.replaceAll(/[\\*_<>[\]`&|~]/g, it => `\\${it}`)
}
