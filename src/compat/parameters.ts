import { type Document, isObject, type JsonObject, member } from '../document.ts'
import { nearest } from '../nearest.ts'
import { isListType, isSecret, isStoredType, textOf, violations } from '../parameter.ts'
import type { Change } from './report.ts'
import type { Stack } from './sides.ts'
import { inclusionOf } from './taken.ts'
import { own } from './values.ts'

/** What becomes of the parameters: of those that a deployer gives today, and of those that have to be given tomorrow. */
export function parameterChanges(old: Document, fresh: Document): readonly Change[] {
  const [before, after] = [declarationsOf(old), declarationsOf(fresh)]
  const lost = [...before].filter(([name]) => !after.has(name))
  const added = [...after].filter(([name]) => !before.has(name))
  const renamed = renamesOf(lost, added)
  return [
    ...lost.map(([name]) => lostChange(name, renamed.get(name))),
    ...added.flatMap(([name, declaration]) => addedChange(name, declaration)),
    ...[...before].flatMap(([name, declaration]) => {
      const other = after.get(name)
      return other === undefined ? [] : differences(name, declaration, other)
    }),
  ]
}

/**
 * The same for one stack that stands: by the values that it has, and by those that the update gives, whatever other stacks
 * may have.
 */
export function standingChanges(
  old: Document,
  fresh: Document,
  { parameters, given }: Pick<Stack, 'parameters' | 'given'>,
): readonly Change[] {
  const [before, after] = [declarationsOf(old), declarationsOf(fresh)]
  const quiet: readonly Change['code'][] = ['parameter-narrowed', 'parameter-may-be-narrowed', 'parameter-widened']
  const general = parameterChanges(old, fresh).filter(({ code, subject }) => {
    if (code === 'parameter-required' || code === 'parameter-new')
      return !before.has(subject) && own(given, subject) === undefined
    return !quiet.includes(code) && code !== 'parameter-type' && code !== 'default-changed'
  })
  const refused = [...after].flatMap(([name, declaration]): readonly Change[] => {
    const value = own(given, name) ?? own(parameters, name)
    if (typeof value !== 'string' || violations(declaration, value).length === 0) return []
    const whose = own(given, name) === undefined ? 'which the stack has' : 'which --param gives'
    return [
      {
        ...{ code: 'parameter-narrowed', level: 'major', section: 'Parameters', subject: name },
        message: `refuses ${quoted(value)}, ${whose}: the update is refused`,
        help: `Give with --param ${name}=… a value that the new template takes`,
      },
    ]
  })
  return [...general, ...refused]
}

/** Those whose default is another: a stack that gives no value changes with it. */
export function changedDefaults(old: Document, fresh: Document): readonly string[] {
  const after = declarationsOf(fresh)
  return [...declarationsOf(old)].flatMap(([name, declaration]) => {
    const preset = defaultOf(declaration)
    const next = defaultOf(after.get(name) ?? {})
    return preset !== undefined && next !== undefined && preset !== next ? [name] : []
  })
}

export function declarationsOf(document: Document): ReadonlyMap<string, JsonObject> {
  const root: JsonObject = document
  const section = member(root, 'Parameters')
  const entries = isObject(section) ? Object.entries(section) : []
  return new Map(entries.flatMap(([name, it]) => (isObject(it) ? [[name, it] as const] : [])))
}

export function defaultOf(declaration: JsonObject): string | undefined {
  return textOf(member(declaration, 'Default'))
}

type Declared = readonly [name: string, declaration: JsonObject]

function lostChange(name: string, other: string | undefined): Change {
  const found = { level: 'major', section: 'Parameters', subject: name } as const
  const source = 'https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStack.html'
  if (other === undefined) {
    const message = 'is gone: an update, or a parent stack, that gives it a value is refused'
    return { ...found, code: 'parameter-lost', message, help: `Keep ${name}, even if nothing reads it`, source }
  }
  const message = `is called ${other} now: an update, or a parent stack, that gives ${name} is refused, and its value is lost`
  return { ...found, code: 'parameter-renamed', message, help: `Keep the name ${name}`, source }
}

function addedChange(name: string, declaration: JsonObject): readonly Change[] {
  const found = { section: 'Parameters', subject: name } as const
  return defaultOf(declaration) === undefined
    ? [
        {
          ...{ ...found, code: 'parameter-required', level: 'major' },
          message: 'is new and has no default: an update that does not give it is refused',
          help: `Give ${name} a default with which all stays as it was`,
        },
      ]
    : [
        {
          ...{ ...found, code: 'parameter-new', level: 'minor' },
          message: `is new; left out, it is ${quoted(defaultOf(declaration) ?? '')}`,
          help: 'Nothing has to be done',
        },
      ]
}

/** Of those that go each with the one that comes in its place: declared alike, and if several are, with a like name. */
function renamesOf(lost: readonly Declared[], added: readonly Declared[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const [name, declaration] of lost) {
    const free = added.filter(([other]) => ![...found.values()].includes(other))
    const alike = free.filter(([, it]) => constraintsOf(it) === constraintsOf(declaration)).map(([other]) => other)
    const near = nearest(
      name,
      free.filter(([, it]) => typeOf(it) === typeOf(declaration)).map(([other]) => other),
    )
    const other = nearest(name, alike) ?? (alike.length === 1 ? alike[0] : near)
    if (other !== undefined) found.set(name, other)
  }
  return found
}

/** All but what is for people. */
function constraintsOf({ Description, ConstraintDescription, ...rest }: JsonObject): string {
  return JSON.stringify(Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function differences(name: string, old: JsonObject, fresh: JsonObject): readonly Change[] {
  return [
    ...typeChange(name, old, fresh),
    ...rangeChange(name, old, fresh),
    ...defaultChange(name, old, fresh),
    ...secretChange(name, old, fresh),
  ]
}

function typeOf(declaration: JsonObject): string {
  return textOf(member(declaration, 'Type')) ?? 'String'
}

function typeChange(name: string, old: JsonObject, fresh: JsonObject): readonly Change[] {
  const [before, after] = [typeOf(old), typeOf(fresh)]
  if (before === after) return []
  // text is the widest: of a number it is its digits
  const isWider = after === 'String' && !isListType(before) && !isStoredType(before)
  return [
    {
      ...{ code: isWider ? 'parameter-widened' : 'parameter-type', level: isWider ? 'minor' : 'major' },
      ...{ section: 'Parameters', subject: name, help: `Keep the type ${before}, or take a new name for the new one` },
      message: `is of type ${after}, and was of ${before}${isWider ? '' : ': values that stacks have may not fit'}`,
    },
  ]
}

function rangeChange(name: string, old: JsonObject, fresh: JsonObject): readonly Change[] {
  const found = { section: 'Parameters', subject: name } as const
  const inclusion = inclusionOf(old, fresh)
  switch (inclusion.kind) {
    case 'not':
      return [
        {
          ...{ ...found, code: 'parameter-narrowed', level: 'major' },
          message: `takes less: ${quoted(inclusion.value)} is refused, so a stack that has it cannot be updated`,
          help: `Take ${quoted(inclusion.value)} still`,
        },
      ]
    case 'unknown':
      return [
        {
          ...{ ...found, code: 'parameter-may-be-narrowed', level: 'minor' },
          message: 'may take less: its patterns are more than can be compared, and no value was found that is refused',
          help: 'Compare the patterns by eye, or write them without look-around and back references',
        },
      ]
    case 'all': {
      const wider = inclusionOf(fresh, old)
      if (wider.kind !== 'not') return []
      const message = `takes more: ${quoted(wider.value)}, too`
      return [{ ...found, code: 'parameter-widened', level: 'minor', message, help: 'Nothing has to be done' }]
    }
  }
}

function defaultChange(name: string, old: JsonObject, fresh: JsonObject): readonly Change[] {
  const [before, after] = [defaultOf(old), defaultOf(fresh)]
  if (before === after) return []
  const found = { section: 'Parameters', subject: name } as const
  if (after === undefined) {
    return [
      {
        ...{ ...found, code: 'parameter-required', level: 'major' },
        message: 'has no default any more: a parent stack that leaves it out is refused',
        help: `Keep the default ${quoted(before ?? '')}`,
      },
    ]
  }
  if (before === undefined) {
    const message = `has a default now: ${quoted(after)}`
    return [{ ...found, code: 'parameter-new', level: 'minor', message, help: 'Nothing has to be done' }]
  }
  return [
    {
      ...{ ...found, code: 'default-changed', level: 'minor' },
      message:
        `is ${quoted(after)} by default, and was ${quoted(before)}: a stack keeps its value as long as updates say ` +
        'UsePreviousValue; a parent stack that leaves it out, and every new stack, gets the new one',
      help: `Keep the default ${quoted(before)}, or say it in the release notes`,
      source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Parameter.html',
    },
  ]
}

function secretChange(name: string, old: JsonObject, fresh: JsonObject): readonly Change[] {
  if (isSecret(old) === isSecret(fresh)) return []
  const found = { section: 'Parameters', subject: name } as const
  return isSecret(old)
    ? [
        {
          ...{ ...found, code: 'secret-shown', level: 'major' },
          message: 'is not hidden any more (NoEcho): who may describe the stack sees its value',
          help: 'Keep NoEcho',
        },
      ]
    : [
        {
          ...{ ...found, code: 'secret-hidden', level: 'minor' },
          message: 'is hidden from now on (NoEcho): a tool that reads it back gets ****',
          help: 'Nothing has to be done',
        },
      ]
}

/** As a person is shown a value: `''` for an empty one, long ones shortened. */
export function quoted(value: string): string {
  const text = JSON.stringify(value).slice(1, -1)
  return text.length > 60 ? `'${text.slice(0, 40)}…' (${[...value].length} characters)` : `'${text}'`
}
