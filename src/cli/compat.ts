import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { World } from '../build/index.ts'
import { compare } from '../compat/compare.ts'
import type { Registry } from '../compat/registry.ts'
import { type Change, inOrder, isMore, type Level, worst } from '../compat/report.ts'
import type { Stack, Template } from '../compat/sides.ts'
import { isEnough, nextVersion, stepBetween } from '../compat/versions.ts'
import { readService, serviceOf, type TypeRecord } from '../knowledge/schemas.ts'
import type { Assignment } from '../launch/values.ts'
import { printable } from '../printable.ts'
import { formatRefusal, placeProblem, type Refusal } from './account.ts'
import { type Compared, formatJson, formatMarkdown, formatText } from './compat-report.ts'
import { readSource, type Source } from './compat-sources.ts'
import { isTerminal, print } from './print.ts'

/** What `poolform compat` was called with. */
export type CompatArguments = {
  /** Each a file, a folder with a manifest.json, a URL of either, or, of the old one, `stack:NAME`. */
  readonly old: string
  readonly fresh: string
  readonly oldVersion?: string
  readonly newVersion?: string
  /** What the update of a stack gives. */
  readonly param: readonly Assignment[]
  readonly region?: string
  readonly endpointUrl?: string
  /** Fail where a change is as large. */
  readonly failOn?: Level
  readonly format: 'text' | 'json' | 'markdown'
}

/**
 * The exit status: 0 where the step of the version is large enough, or nobody says what it is; 1 where it is not, where
 * `failOn` says so, and where a template cannot be read; 2 of wrong use.
 */
export async function runCompat(args: CompatArguments, world: World): Promise<number> {
  const wrong = misuse(args)
  if (wrong !== undefined) {
    print('stderr', `error: ${wrong}\n`)
    return 2
  }
  const isQuiet = args.format === 'json'
  const read = [await readSource(args.old, args, world, isQuiet), await readSource(args.fresh, args, world, isQuiet)]
  const [old, fresh] = read
  const refusal = read.find(it => 'refusal' in it)
  if (old === undefined || fresh === undefined || 'refusal' in old || 'refusal' in fresh) {
    return refused(refusal !== undefined && 'refusal' in refusal ? refusal.refusal : unreadable, args)
  }
  const paired = pair(old, fresh)
  if ('refusal' in paired) return refused(paired.refusal, args)
  const names = fresh.templates.flatMap(({ template }) => Object.keys(template.document.Parameters ?? {}))
  const strange = args.param.find(it => !names.includes(it.name))
  if (strange !== undefined) {
    const known = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`
    print(
      'stderr',
      `error: --param ${printable(`${strange.name}: the new template has no such parameter: ${known}`)}\n`,
    )
    return 2
  }
  const registry = registryIn(join(world.engine.root, 'schemas'))
  const compared = paired.pairs.map(it => comparePair(it, args, registry, old.stack))
  await show(compared, args)
  const verdict = worst(compared.map(it => it.verdict))
  const isTooLarge = args.failOn !== undefined && !isMore(args.failOn, verdict)
  return compared.some(it => !it.isEnough) || isTooLarge ? 1 : 0
}

const unreadable: Refusal = { code: 'unreadable-file', message: 'nothing to compare', help: 'Name two templates' }

function refused(refusal: Refusal, { format }: CompatArguments): number {
  if (format === 'json') print('stdout', `${JSON.stringify({ formatVersion: 1, error: refusal }, undefined, 2)}\n`)
  else print('stderr', formatRefusal(refusal))
  return 1
}

function misuse(args: CompatArguments): string | undefined {
  const { old, fresh, param, oldVersion, newVersion } = args
  if (fresh.startsWith('stack:')) return 'only OLD can be a stack: what is compared with it is what it would become'
  const isStack = old.startsWith('stack:')
  if (old === 'stack:') return 'name the stack: stack:NAME'
  if (param.length > 0 && !isStack) return '--param goes with a stack: it is what the update gives'
  if (!isStack && args.region !== undefined) return '--region goes with a stack'
  if (!isStack && args.endpointUrl !== undefined) return '--endpoint-url goes with a stack'
  const bad = [oldVersion, newVersion].find(it => it !== undefined && stepBetween(it, it) === undefined)
  if (bad !== undefined) return `"${bad}" is no semantic version, such as 1.2.0`
  return placeProblem(args)
}

type Pair = {
  readonly name: string
  readonly oldName: string
  readonly old: Template | undefined
  readonly fresh: Template | undefined
}

/** Those of one name; of two files the one and the other, whatever they are called. */
function pair(old: Source, fresh: Source): { readonly pairs: readonly Pair[] } | { readonly refusal: Refusal } {
  const [one, ...others] = old.templates
  const [other, ...more] = fresh.templates
  if (!old.isFolder && !fresh.isFolder && one !== undefined && other !== undefined) {
    return { pairs: [{ name: other.name, oldName: one.name, old: one.template, fresh: other.template }] }
  }
  const of = (source: Source, name: string): Template | undefined =>
    source.templates.find(it => it.name === name)?.template
  // a single template is looked for in the folder
  const single = old.isFolder ? (fresh.isFolder ? undefined : other) : one
  const names = single === undefined ? [...old.templates, ...fresh.templates].map(it => it.name) : [single.name]
  const pairs = [...new Set(names)].map(name => ({ name, oldName: name, old: of(old, name), fresh: of(fresh, name) }))
  const lacking = pairs.find(it => single !== undefined && (it.old === undefined || it.fresh === undefined))
  if (lacking !== undefined || others.length + more.length + pairs.length === 0) {
    const known = [...others, ...more].map(it => it.name)
    const message = `there is no ${single?.name ?? 'template'} to compare with`
    const help = `Name a template${known.length === 0 ? '' : `: there are ${known.join(', ')}`}`
    return { refusal: { code: 'unknown-template', message, help } }
  }
  return { pairs }
}

function comparePair(
  { name, oldName, old, fresh }: Pair,
  args: CompatArguments,
  registry: Registry,
  stack: Stack | undefined,
): Compared {
  const given = { ...(stack === undefined ? {} : { stack: stack.stackName }), name, oldName }
  const versions = {
    old: args.oldVersion ?? old?.version,
    fresh: args.newVersion ?? fresh?.version,
  }
  if (old === undefined || fresh === undefined) {
    const changes = [old === undefined ? templateNew : templateLost]
    // a template that is gone has no version of its own any more
    return judged({ ...given, versions, changes, permissions: [], deployments: 0, remarks: [] })
  }
  const comparison = compare(
    { ...old, version: versions.old },
    { ...fresh, version: versions.fresh },
    registry,
    stack === undefined
      ? undefined
      : { ...stack, given: Object.fromEntries(args.param.map(it => [it.name, it.value])) },
  )
  return judged({ ...given, versions, ...comparison })
}

const templateLost: Change = {
  ...{ code: 'template-lost', level: 'major', section: 'Template', subject: '' },
  message: 'is gone: links to its latest version stay at the last one',
  help: 'Keep it, or say in the release notes what takes its place',
}

const templateNew: Change = {
  ...{ code: 'template-new', level: 'minor', section: 'Template', subject: '' },
  message: 'is new',
  help: 'Nothing has to be done',
}

/** Is the step that the versions make as large as what changes asks for? */
function judged(found: Omit<Compared, 'verdict' | 'isEnough' | 'step' | 'next'>): Compared {
  const { versions, stack } = found
  const changes = inOrder(found.changes)
  const verdict = worst(changes.map(({ level }) => level))
  // what a stack changes by its parameters is no release
  const isRelease = stack === undefined || versions.old !== versions.fresh
  const step =
    isRelease && versions.old !== undefined && versions.fresh !== undefined
      ? stepBetween(versions.old, versions.fresh)
      : undefined
  const next = versions.old === undefined ? undefined : nextVersion(versions.old, verdict)
  return { ...found, changes, verdict, step, next, isEnough: step === undefined || isEnough(step, verdict) }
}

async function show(compared: readonly Compared[], { format, old, fresh }: CompatArguments): Promise<void> {
  switch (format) {
    case 'json':
      return print('stdout', formatJson(compared, { old, fresh }))
    case 'markdown':
      return print('stdout', formatMarkdown(compared))
    case 'text': {
      const isColoured = !process.env['NO_COLOR'] && (await isTerminal('stdout'))
      return print('stdout', formatText(compared, isColoured))
    }
  }
}

/** What the package's schemas say of each type; each service is read once. */
export function registryIn(schemas: string): Registry {
  const services = new Map<string, { readonly [type: string]: TypeRecord }>()
  return name => {
    const type = /^Custom::./.test(name) ? 'AWS::CloudFormation::CustomResource' : name
    const service = serviceOf(type)
    const known = services.get(service)
    if (known !== undefined) return known[type]
    const isThere = /^[a-z0-9-]+$/.test(service) && existsSync(join(schemas, 'resources', `${service}.json`))
    const read = isThere ? readService(schemas, service) : {}
    services.set(service, read)
    return Object.hasOwn(read, type) ? read[type] : undefined
  }
}
