import { exampleFor, meantBy, wrongValue } from '../access/context-keys.ts'
import { judgeEitherFlow } from '../access/either-flow.ts'
import { namedThing } from '../access/name-of.ts'
import { nestedStacks } from '../access/pools.ts'
import type { Question, Source, Verdict } from '../access/question.ts'
import { placeholdersFor, type Site } from '../access/show/deployments.ts'
import { tableJson, verdictJson } from '../access/show/json.ts'
import { markdownText } from '../access/show/markdown.ts'
import { withNested } from '../access/show/nested.ts'
import { keysAsked } from '../access/show/probes/statements.ts'
import { type Subject, sheetOf } from '../access/show/sheet.ts'
import { nameGiven, withNames } from '../access/show/spelled.ts'
import { svgText } from '../access/show/svg.ts'
import { type AccessTable, peopleOf, tableOf } from '../access/show/table.ts'
import { terminalText } from '../access/show/terminal.ts'
import { rolesIn } from '../access/ways.ts'
import { whyNot } from '../access/why-not.ts'
import { writableClaims } from '../access/writable-claims.ts'
import { runsBundled } from '../build/engine.ts'
import { type Finding, moduleError } from '../build/finding.ts'
import type { World } from '../build/index.ts'
import { keptAnswers } from '../build/kept-answers.ts'
import { readTemplate } from '../build/read-template.ts'
import { fingerprint } from '../build/recall.ts'
import { type Document, isObject } from '../document.ts'
import { dnsSuffix, partitionOf } from '../launch/partitions.ts'
import type { Assignment } from '../launch/values.ts'
import { printable } from '../printable.ts'
import { type Resolved, resolve, Unknown } from '../resolve/index.ts'
import type { AccessArguments, Asked } from './arguments.ts'
import { doubts, wrongIdentity, wrongResource } from './doubts.ts'
import { type NestedFiles, nestedTemplates } from './nested.ts'
import { isTerminal, print } from './print.ts'
import { plainFinding, reportFindings } from './report.ts'

/**
 * The exit status: 0 where the table is shown, 1 where something is wrong with the template or its parameters, 2 where
 * it is called wrongly. Of a question: 0 allow, 1 deny, 3 it cannot be known; 2 where there is no answer.
 */
export async function runAccess(args: AccessArguments, world: World): Promise<number> {
  const wrong = wrongUse(args)
  if (wrong !== undefined) {
    print('stderr', `error: ${printable(wrong)}\n`)
    return 2
  }
  const unanswered = args.can === undefined ? 1 : 2
  const template = await readTemplate(args.file, world)
  if ('findings' in template) {
    await report(template.findings, args)
    return unanswered
  }
  const { document: parent } = template
  if (!isObject(parent.Resources)) {
    const finding = moduleError('unreadable-file', args.file, 'is no template: it has no Resources', wayTo(parent))
    await report([finding], args)
    return unanswered
  }
  const given = Object.fromEntries(args.param.map(({ name, value }) => [name, value]))
  const nested = await nestedTemplates(parent, args, given, world)
  if ('findings' in nested) {
    await report(nested.findings, args)
    return unanswered
  }
  const screen = await screenOf()
  const texts = [template.text, ...nested.texts].join('\0')
  const kept = args.can === undefined && !args.failOnWrong ? keptTable(texts, args, screen, world) : undefined
  if (kept?.known !== undefined) {
    print('stdout', kept.known)
    return 0
  }
  const site = siteOf(args)
  // an answer must not rest on names that are made up
  const document = withNested(parent, nested.documents, args.can === undefined ? site : undefined)
  const placeholders = args.can === undefined ? placeholdersFor(document, site, given) : {}
  const resolved = resolve(document, {
    ...site,
    parameters: { ...(args.can === undefined ? {} : unknownParameters(document)), ...placeholders, ...given },
  })
  const findings = [...repeated(args), ...resolved.diagnostics.map(it => ({ ...it, module: args.file }))]
  if (findings.length > 0) {
    await report(findings, args)
    return unanswered
  }
  if (args.can !== undefined) return answer(resolved, args, args.can, nested.files)
  const shown = masked(document, given)
  const basis = { given: shown, placeholders, nested: nested.files }
  const { text, hasWrong } = tableText(resolved, args, site, screen, basis)
  print('stdout', text)
  if (args.failOnWrong && hasWrong) return 1
  // what is not to be seen is not to be kept either
  if (Object.keys(given).every(name => shown[name] === given[name])) kept?.keep(text)
  return 0
}

/** A table that an earlier run has shown, if nothing has changed of what it was made of. */
function keptTable(text: string, args: AccessArguments, screen: Screen, world: World) {
  if (!runsBundled()) return undefined
  const { recall, keep } = keptAnswers('tables', world)
  const asked = JSON.stringify([args, screen])
  // a few for each file, whatever is asked
  const subject = `${world.cwd}\0${args.file}\0${fingerprint(asked).slice(-1)}`
  const question = `${asked}\n${text}`
  return { known: recall(subject, question), keep: (table: string) => keep(subject, question, table) }
}

type Screen = Parameters<typeof terminalText>[1]

async function screenOf(): Promise<Screen> {
  const isScreen = await isTerminal('stdout')
  const columns = Number(process.env['COLUMNS']) || (isScreen ? process.stdout.columns : 0) || 100
  return { width: Math.max(30, columns), isColoured: isScreen && !process.env['NO_COLOR'] }
}

/** To a template, from a file that is none: of the Serverless Framework, which wants both keys, what it deploys. */
function wayTo(file: Document): string {
  return 'service' in file && 'provider' in file
    ? 'Run serverless package, and name .serverless/cloudformation-template-update-stack.json'
    : 'Name a template; of a project of another tool, what that deploys'
}

function wrongUse({ region, identity, account, can, context, format }: AccessArguments): string | undefined {
  if (partitionOf(region) === undefined) return `--region ${region} is no region, such as eu-west-1`
  const noIdentity = identity === undefined ? undefined : wrongIdentity(identity)
  if (noIdentity !== undefined) return `--identity ${identity} ${noIdentity}`
  if (account !== undefined && !/^\d{12}$/.test(account)) return '--account takes the 12 digits of an account ID'
  if (can === undefined) return context.length > 0 ? '--context goes with --can' : undefined
  if (!/^[a-z0-9-]+:\w+$/i.test(can.action)) return `--can ${can.action} is no action, such as s3:GetObject`
  if (can.resource !== '*' && !/^(?:arn:|\{\w+(?:\.[\w.]+)?\})/.test(can.resource)) {
    return `--can ${can.action} ${can.resource}: a resource is an ARN, such as {Bucket.Arn}/x of a resource of the template, or * for an action that has none`
  }
  const noResource = wrongResource(can)
  if (noResource !== undefined) return `--can ${can.action} ${can.resource}: ${noResource}`
  for (const [key, value] of Object.entries(contextOf(context))) {
    const wrong = wrongValue(key, typeof value === 'string' ? [value] : value)
    if (wrong !== undefined) return `--context ${wrong}`
  }
  return format === 'markdown' || format === 'svg' ? `--can prints a line, or --json: no --${format}` : undefined
}

function siteOf({ region, account, can }: AccessArguments): Site {
  const partition = partitionOf(region) ?? 'aws'
  // an answer must not rest on an account that nobody has named
  const unnamed = can === undefined ? '123456789012' : new Unknown({ kind: 'pseudo', name: 'AWS::AccountId' })
  const pseudo = (name: string) => new Unknown({ kind: 'pseudo', name })
  return {
    parameters: {},
    ...{ region, partition, urlSuffix: dnsSuffix(partition), accountId: account ?? unnamed },
    ...{ stackName: pseudo('AWS::StackName'), stackId: pseudo('AWS::StackId') },
  }
}

/** An answer must not rest on placeholders: what must be given, and is not, is not known. */
function unknownParameters({ Parameters }: Document): Readonly<Record<string, Unknown>> {
  const declared = isObject(Parameters) ? Object.entries(Parameters) : []
  return Object.fromEntries(
    declared.flatMap(([name, declaration]) =>
      isObject(declaration) && declaration['Default'] === undefined
        ? [[name, new Unknown({ kind: 'parameter', name })] as const]
        : [],
    ),
  )
}

/** What is not to be seen on a screen. */
function masked({ Parameters }: Document, given: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      const declaration = isObject(Parameters) ? Parameters[name] : undefined
      const isSecret = isObject(declaration) && String(declaration['NoEcho']) === 'true'
      return [name, isSecret ? '****' : value]
    }),
  )
}

function repeated({ param, file }: AccessArguments): readonly Finding[] {
  const names = param.map(({ name }) => name)
  const twice = [...new Set(names.filter((name, at) => names.indexOf(name) !== at))]
  return twice.map(name => ({
    ...moduleError('invalid-parameter', file, 'is given more than once', 'Give it once'),
    path: ['Parameters', name],
  }))
}

async function report(findings: readonly Finding[], { format }: AccessArguments): Promise<void> {
  if (format !== 'json') return reportFindings(findings, false)
  print('stdout', `${JSON.stringify({ formatVersion: 1, findings: findings.map(plainFinding) }, undefined, 2)}\n`)
}

function answer(template: Resolved, args: AccessArguments, { action, resource }: Asked, nested: NestedFiles): number {
  const thing = namedThing(resource, template)
  if (thing === undefined) {
    print('stderr', `error: --can ${action} ${resource}: the template has no such resource\n`)
    return 2
  }
  const resolved = withNames(template)
  const people = peopleOf(resolved, args.region, args.identity)
  // what a provider says of the user is not known
  const { provider, claims, ...user } = people.user
  const who = args.as === 'guest' ? people.guest : user
  const context = contextOf(args.context)
  const question = {
    ...{ who, action, resource: nameGiven(thing, template) },
    ...(args.context.length === 0 ? {} : { context }),
  }
  const { flow, ...verdict } = judgeEitherFlow(resolved, question)
  const notes = [
    ...settling(verdict),
    ...verdict.notes,
    ...(verdict.decision === 'allow' ? [] : whyNot(resolved, question)),
    ...misspelt(resolved, question),
    ...doubts(resolved, { ...args, action }),
    ...(args.identity === undefined ? [`Asked for the identity ${who.id}: name another by --identity.`] : []),
    ...unsaid(question, verdict.decision === 'allow' ? [] : keysAsked(resolved, rolesIn(resolved), action)),
    ...unseen(resolved, nested),
  ]
  if (args.format === 'json') {
    const asked = {
      ...{ file: args.file, region: args.region, as: args.as ?? 'user', identity: who.id, flow, action, resource },
      ...(args.context.length === 0 ? {} : { context }),
    }
    print('stdout', `${JSON.stringify(verdictJson({ ...verdict, notes }, asked), undefined, 2)}\n`)
  } else {
    const lines = [`${verdict.decision}: ${printable(verdict.because)}`, ...notes.map(note => `  ${printable(note)}`)]
    print('stdout', lines.map(line => `${line}\n`).join(''))
  }
  return statusOf(verdict)
}

/** What to say, so that what is not known is: by which statements, and how. */
function settling({ missing, by }: Verdict): readonly string[] {
  if (missing === undefined) return []
  const askers = by.slice(0, 3).map(nameOfStatement).join(', ')
  const because =
    askers === '' ? '' : `: ${askers}${by.length > 3 ? ' and others' : ''} ask${by.length > 1 ? '' : 's'} for it`
  return [
    ...missing.keys.map(key => `Say ${key} by --context ${key}=${exampleFor(key)}${because}.`),
    ...missing.parameters.flatMap(name => {
      if (name === 'AWS::AccountId') return ['Say which account it is by --account 123456789012.']
      return name.startsWith('AWS::') ? [] : [`Say ${name} by --param ${name}=VALUE.`]
    }),
  ]
}

/** `the statement Office (policy office of the role Users)` */
function nameOfStatement({ role, policy, statement, sid }: Source): string {
  const [name, where] = [sid ?? `${statement}`, policy === trustPolicy ? 'trust policy' : `policy ${policy}`]
  return `statement ${name} (${where} of the role ${role})`
}

const trustPolicy = 'AssumeRolePolicyDocument'

function misspelt(resolved: Resolved, { context = {} }: Omit<Question, 'who'>): readonly string[] {
  return Object.keys(context).flatMap(key => {
    const meant = meantBy(key, resolved)
    return meant === undefined
      ? []
      : [`Neither AWS's list nor the template has a condition key ${key}: is it ${meant}?`]
  })
}

/** Requests without these are few, and mostly not what is meant. */
const usual: readonly (readonly [action: RegExp, key: string, example: string])[] = [
  [/^s3:List(?:Bucket|BucketVersions)$/i, 's3:prefix', 's3:prefix=private/'],
  [
    /^dynamodb:(?:(?:Batch)?GetItem|Query|(?:Put|Update|Delete)Item|BatchWriteItem)$/i,
    'dynamodb:LeadingKeys',
    'dynamodb:LeadingKeys=KEY',
  ],
  [/^kms:(?:Decrypt|Encrypt|GenerateDataKey)/i, 'kms:ViaService', 'kms:ViaService=s3.REGION.amazonaws.com'],
]

/** `asked` are keys that statements about the action ask for. */
function unsaid({ action, context = {} }: Omit<Question, 'who'>, asked: readonly string[]): readonly string[] {
  const said = Object.keys(context).map(key => key.toLowerCase())
  const told = usual.filter(([pattern]) => pattern.test(action)).map(([, key, example]) => ({ key, example }))
  const isTold = (key: string) => told.some(it => it.key.toLowerCase() === key.toLowerCase())
  const others = asked.filter(key => !isTold(key)).map(key => ({ key, example: `${key}=${exampleFor(key)}` }))
  return [...told, ...others]
    .filter(({ key }) => !said.includes(key.toLowerCase()))
    .map(({ key, example }) => `Asked without ${key}: say it by --context ${example}.`)
}

function statusOf({ decision }: Verdict): number {
  switch (decision) {
    case 'allow':
      return 0
    case 'deny':
      return 1
    case 'unknown':
      return 3
  }
}

/** Several values of one key are a list. */
function contextOf(assignments: readonly Assignment[]): Readonly<Record<string, string | readonly string[]>> {
  const values = new Map<string, readonly string[]>()
  for (const { name, value } of assignments) values.set(name, [...(values.get(name) ?? []), value])
  return Object.fromEntries([...values].map(([name, list]) => [name, list.length === 1 ? (list[0] ?? '') : list]))
}

/** What may give access, or change it, and is not looked into; and what is, though it is not in the file. */
function unseen(resolved: Resolved, nested: NestedFiles): readonly string[] {
  const { macros } = resolved
  const stacks = nestedStacks(resolved)
  const [first = ''] = stacks
  return [
    ...writableClaims(resolved),
    ...(macros.length === 0
      ? []
      : [`${macros.join(', ')} changes the template before it is deployed, in ways that are not known here.`]),
    ...[...nested].map(
      ([id, file]) => `${id} is looked into, as ${file} makes it: name another by --nested ${id}=FILE.`,
    ),
    ...(stacks.length === 0
      ? []
      : [`Nested stacks are not looked into: ${stacks.join(', ')}. Name their templates by --nested ${first}=FILE.`]),
  ]
}

type Basis = Pick<Subject, 'placeholders'> & {
  readonly given: Subject['parameters']
  readonly nested: NestedFiles
}

function tableText(
  resolved: Resolved,
  args: AccessArguments,
  site: Site,
  screen: Screen,
  { given, placeholders, nested }: Basis,
): { readonly text: string; readonly hasWrong: boolean } {
  const { file, region, format, identity } = args
  const table = tableOf(resolved, peopleOf(resolved, region, identity), site)
  const subject: Subject = {
    ...{ file, region, parameters: given, placeholders },
    columns: args.as === undefined ? ['user', 'guest'] : [args.as],
  }
  const hasWrong = isWrongSomewhere(table)
  if (format === 'json') {
    const document = { ...tableJson(table, subject), macros: resolved.macros, findings: [] }
    return { text: `${JSON.stringify(document, undefined, 2)}\n`, hasWrong }
  }
  const sheet = sheetOf(table, subject)
  const full = { ...sheet, notes: [...sheet.notes, ...doubts(resolved, args), ...unseen(resolved, nested)] }
  switch (format) {
    case 'markdown':
      return { text: markdownText(full), hasWrong }
    case 'svg':
      return { text: svgText(full), hasWrong }
    case 'text':
      return { text: terminalText(full, screen), hasWrong }
  }
}

/** Is anything allowed that should be nobody's? */
function isWrongSomewhere({ roles, rows }: AccessTable): boolean {
  return (
    roles.some(({ cells }) => cells.some(({ isWrong }) => isWrong)) ||
    rows.some(({ cells, more = [] }) => [...Object.values(cells), ...more].some(({ isWrong }) => isWrong))
  )
}
