import { accountId, Deployments, environment, type Place, places } from '../access/scenarios.ts'
import { deploymentsOf, placeholdersFor, type Site } from '../access/show/deployments.ts'
import { otherPlaceholder, requiredPlaceholders } from '../access/show/placeholders.ts'
import { type Document, isObject } from '../document.ts'
import { allowedValuesOf } from '../parameter.ts'
import { type Environment, type Resolved, resolve, Unknown, type Value } from '../resolve/index.ts'
import { type AccessDifference, type AccessOutcome, accessOutcomes, poolOutcomes, questionOf } from './access.ts'
import { accessChanges, attributeChanges, outputChange, resourceChange, type Told } from './changes.ts'
import { type Deployed, deploymentsToCompare, type Enumeration, type Joint, jointOf } from './deployments.ts'
import { elsewhereChanges, macroChanges, ruleChanges } from './elsewhere.ts'
import { type Outcome, type Update, updateOf } from './outcome.ts'
import { type OutputOutcome, outputOutcomes } from './outputs.ts'
import { changedDefaults, declarationsOf, defaultOf, parameterChanges, standingChanges } from './parameters.ts'
import type { Registry } from './registry.ts'
import { type Change, type Comparison, inOrder, type Witness, worst } from './report.ts'
import { shrunk } from './shrink.ts'
import type { Stack, Template } from './sides.ts'
import { templateChanges } from './template.ts'
import { own } from './values.ts'

/**
 * What an update from one template to another does to stacks: to one that stands, or to each way in which the old
 * template can be deployed, as far as the two tell them apart. Parameters keep their values, as an update has it that
 * says `UsePreviousValue`; new ones have their defaults.
 */
export function compare(old: Template, fresh: Template, registry: Registry, stack?: Stack): Comparison {
  const isSame = JSON.stringify(old.document) === JSON.stringify(fresh.document)
  if (stack === undefined && isSame) return nothing
  const judged = judgeUpdates(old, fresh, registry, stack)
  const changes = [
    ...templateChanges(old, fresh),
    ...attributeChanges(old.document, fresh.document),
    ...(stack === undefined
      ? parameterChanges(old.document, fresh.document)
      : standingChanges(old.document, fresh.document, stack)),
    ...macroChanges(old.document, fresh.document),
    ...judged.changes,
  ]
  const isSilent = changes.length === 0 && !isSame
  const all = inOrder(isSilent ? [inOtherWords] : changes)
  const { permissions, deployments, remarks } = judged
  return { changes: all, verdict: worst(all.map(({ level }) => level)), permissions, deployments, remarks }
}

const nothing: Comparison = { changes: [], verdict: 'none', permissions: [], deployments: 0, remarks: [] }

const inOtherWords: Change = {
  ...{ code: 'text', level: 'patch', section: 'Template', subject: '' },
  message: 'says the same in other words: no resource changes',
  help: 'Nothing has to be done',
}

type Judged = Omit<Comparison, 'verdict'>

/** All that one update comes to, by what it is. */
type Judgement = {
  readonly update: Update | undefined
  readonly outcomes: ReadonlyMap<string, Found>
}

type Found =
  | { readonly kind: 'resource'; readonly outcome: Outcome }
  | { readonly kind: 'output'; readonly outcome: OutputOutcome }
  | { readonly kind: 'rule'; readonly rule: string; readonly message: string }

function judgeUpdates(old: Template, fresh: Template, registry: Registry, stack: Stack | undefined): Judged {
  const judge = judgeOf(old, fresh, registry, stack)
  const joint = jointOf(old.document, fresh.document)
  const { deployments, isPartial } = stack === undefined ? enumerated(joint) : standing(stack)
  const remarks = [
    ...(isPartial ? ['Of conditions that meet in one place not every combination was looked at.'] : []),
    ...(deployments.length === 0
      ? ['No values were found that the old template takes: what an update does to resources is not known.']
      : []),
  ]
  const updates = deployments.map(deployed => ({ deployed, leftOut: [], judgement: judge(deployed, []) }))
  const presets = stack === undefined ? changedDefaults(old.document, fresh.document) : []
  const seen = new Set(updates.flatMap(({ judgement }) => [...judgement.outcomes.keys()]))
  const isChosen = (id: string): boolean => [old, fresh].every(({ document }) => hasResource(document, id))
  const nested =
    presets.length === 0
      ? []
      : deployments.map(deployed => ({ deployed, leftOut: presets, judgement: judge(deployed, presets) }))
  const known = observations(updates)
  const others = new Map([...observations(nested)].filter(([key]) => !seen.has(key)))
  const told = (observation: Observation, isAlways: boolean): Told => {
    const { key, sample, at } = observation
    const happens = (deployed: Deployed, leftOut: readonly string[]) => judge(deployed, leftOut).outcomes.has(key)
    return isAlways || stack !== undefined
      ? { found: sample, properties: observation.properties, when: undefined }
      : { found: sample, properties: observation.properties, when: witnessOf(joint, at, happens) }
  }
  const all = [
    ...[...known.values()].map(it => told(it, isEverywhere(it, updates, isChosen))),
    ...[...others.values()].map(it => told(it, false)),
  ]
  const context = { old, fresh, registry, physicalIds: stack?.physicalIds ?? {} }
  const access = accessJudgement(old, fresh, registry, stack)
  const kinds = kindsOf([...known.values(), ...others.values()].map(({ sample }) => sample))
  const elsewhere =
    stack !== undefined
      ? []
      : [
          ...elsewhereChanges(joint, { registry, isVersion: isVersion(old, fresh) }, kinds),
          ...ruleChanges(joint, kinds),
        ]
  const changes = [...all.flatMap(it => changeOf(it, context, access.silentRoles)), ...elsewhere, ...access.changes]
  const macros = updates[0]?.judgement.update?.fresh.macros ?? []
  return {
    changes,
    permissions: permissionsOf(
      [...known.values()].map(({ sample }) => sample),
      fresh.document,
      registry,
    ),
    deployments: deployments.length,
    remarks: [
      ...remarks,
      ...(macros.length === 0
        ? []
        : [`${macros.join(', ')} changes the template before it is deployed: what it makes of it is not compared.`]),
      ...access.remarks,
    ],
  }
}

/** What was found, by `Resources.Pool`; also by what a resource is called in the other template. */
function kindsOf(found: readonly Found[]): (subject: string) => readonly string[] {
  const kinds = new Map<string, string[]>()
  const add = (subject: string, kind: string) => kinds.set(subject, [...(kinds.get(subject) ?? []), kind])
  for (const it of found) {
    switch (it.kind) {
      case 'resource':
        for (const id of [it.outcome.id, it.outcome.other]) {
          if (id !== undefined) add(`Resources.${id}`, it.outcome.kind)
        }
        break
      case 'output':
        add(`Outputs.${it.outcome.id}`, it.outcome.kind)
        if (it.outcome.kind === 'output-renamed') add(`Outputs.${it.outcome.other ?? ''}`, it.outcome.kind)
        break
      case 'rule':
        add(`Rules.${it.rule}`, 'rule')
    }
  }
  return subject => kinds.get(subject) ?? []
}

/** Those that tell the two apart, and those that show what each option gives. */
function enumerated(joint: Joint): Enumeration {
  const { deployments, isPartial } = deploymentsToCompare(joint)
  const shown = accessDeployments(joint.old, undefined).filter(({ place }) => place === places[0])
  const all = new Map([...shown, ...deployments].map(it => [JSON.stringify([it.place.region, it.parameters]), it]))
  return { deployments: [...all.values()], isPartial }
}

function standing({ place, parameters }: Stack): {
  readonly deployments: readonly Deployed[]
  readonly isPartial: boolean
} {
  const known = Object.entries(parameters).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as const] : [],
  )
  return { deployments: [{ place, parameters: Object.fromEntries(known) }], isPartial: false }
}

type Judge = (deployed: Deployed, leftOut: readonly string[]) => Judgement

/** What becomes of a deployment; each is asked once. */
function judgeOf(old: Template, fresh: Template, registry: Registry, stack: Stack | undefined): Judge {
  const known = new Map<string, Judgement>()
  return (deployed, leftOut) => {
    const key = JSON.stringify([deployed.place.region, deployed.parameters, leftOut])
    const answer = known.get(key) ?? judgeOne(old, fresh, registry, deployed, leftOut, stack)
    known.set(key, answer)
    return answer
  }
}

function judgeOne(
  old: Template,
  fresh: Template,
  registry: Registry,
  deployed: Deployed,
  leftOut: readonly string[],
  stack: Stack | undefined,
): Judgement {
  const env = environmentOf(deployed, stack)
  const before = resolve(old.document, { ...env, parameters: stack?.parameters ?? deployed.parameters })
  const carried = carriedTo(fresh.document, before.env.parameters, deployed.place, old.document, leftOut)
  const given = { ...carried, ...(stack?.given ?? {}) }
  const kept = resolve(fresh.document, { ...env, parameters: given })
  const outcomes = new Map<string, Found>()
  // of values that it refuses the parameters tell
  if (kept.diagnostics.some(({ path }) => path[0] === 'Parameters')) return { update: undefined, outcomes }
  for (const { code, path, message } of kept.diagnostics) {
    if (code !== 'failed-rule') continue
    const rule = String(path[1])
    outcomes.set(`rule ${rule}`, { kind: 'rule', rule, message: message.replace(/^refuses these values: /, '') })
  }
  // what becomes of it with what the rule asks for
  const after = outcomes.size === 0 ? kept : mended(fresh.document, given, env, siteOf(deployed, stack))
  if (after === undefined) return { update: undefined, outcomes }
  const update = updateOf(before, after, registry)
  for (const outcome of update.outcomes) {
    outcomes.set(`${outcome.kind} ${outcome.id} ${outcome.other ?? ''}`, { kind: 'resource', outcome })
  }
  for (const outcome of outputOutcomes(update.old, update.fresh, update, isVersion(old, fresh))) {
    outcomes.set(`${outcome.kind} ${outcome.id} ${outcome.other ?? ''}`, { kind: 'output', outcome })
  }
  return { update, outcomes }
}

/** With values for what its rules ask for; undefined where they cannot be met so. */
function mended(
  document: Document,
  given: Environment['parameters'],
  env: Environment,
  site: Site,
): Resolved | undefined {
  const texts = Object.entries(given).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as const] : [],
  )
  const parameters = { ...placeholdersFor(document, site, Object.fromEntries(texts)), ...given }
  const resolved = resolve(document, { ...env, parameters })
  const isRefused = resolved.diagnostics.some(({ path }) => path[0] === 'Parameters' || path[0] === 'Rules')
  return isRefused ? undefined : resolved
}

/** Is it nothing but the version, which is another in every release? */
function isVersion(old: Template, fresh: Template): (before: Value, after: Value) => boolean {
  return (before, after) =>
    old.version !== undefined && fresh.version !== undefined && before === old.version && after === fresh.version
}

function environmentOf({ place }: Deployed, stack: Stack | undefined): Environment {
  const env = environment(place, {})
  if (stack !== undefined) {
    const { accountId: account, stackId, stackName } = stack
    return { ...env, accountId: account, stackId, stackName }
  }
  // what nobody has said, and must not decide anything
  const unknown = (name: string) => new Unknown({ kind: 'pseudo', name })
  return { ...env, stackName: unknown('AWS::StackName'), stackId: unknown('AWS::StackId') }
}

/** The values that the new template gets. */
function carriedTo(
  fresh: Document,
  values: Environment['parameters'],
  place: Place,
  old: Document,
  leftOut: readonly string[],
): Environment['parameters'] {
  const before = declarationsOf(old)
  const required = requiredPlaceholders(fresh, place)
  return Object.fromEntries(
    [...declarationsOf(fresh)].flatMap(([name, declaration]): readonly (readonly [string, string | Unknown])[] => {
      const was = before.get(name)
      const value = own(values, name) ?? (was === undefined ? undefined : defaultOf(was))
      const isLeft = leftOut.includes(name) && was !== undefined && value === defaultOf(was)
      if (was !== undefined && value !== undefined && !isLeft) return [[name, value]]
      if (defaultOf(declaration) !== undefined) return []
      return [[name, own(required, name) ?? new Unknown({ kind: 'parameter', name })]]
    }),
  )
}

type Seen = { readonly deployed: Deployed; readonly leftOut: readonly string[] }

type Observed = Seen & { readonly judgement: Judgement }

type Observation = {
  readonly key: string
  readonly sample: Found
  /** Of all deployments in which it happens. */
  readonly properties: readonly string[]
  readonly at: readonly Seen[]
}

function observations(updates: readonly Observed[]): ReadonlyMap<string, Observation> {
  const found = new Map<string, Observation>()
  for (const { deployed, leftOut, judgement } of updates) {
    for (const [key, sample] of judgement.outcomes) {
      const known = found.get(key)
      const own = sample.kind === 'resource' ? sample.outcome.properties : []
      found.set(key, {
        ...{ key, sample: known?.sample ?? sample },
        properties: [...new Set([...(known?.properties ?? []), ...own])],
        at: [...(known?.at ?? []), { deployed, leftOut }],
      })
    }
  }
  return found
}

/** In all deployments that have what it happens to, of those of commercial regions if there are any. */
function isEverywhere(
  observation: Observation,
  updates: readonly Observed[],
  isChosen: (id: string) => boolean,
): boolean {
  const usual = observation.at.filter(isUsual).length
  return usual === 0
    ? observation.at.length === relevant(observation, updates, isChosen)
    : usual === relevant(observation, updates.filter(isUsual), isChosen)
}

function isUsual({ deployed }: { readonly deployed: Deployed }): boolean {
  return deployed.place.partition === places[0]?.partition
}

/** In how many deployments it could happen: in those that have what it happens to. */
function relevant(
  { sample }: Observation,
  updates: readonly Observed[],
  /** Is a resource in both templates, so that it comes and goes by its condition? */
  isChosen: (id: string) => boolean,
): number {
  if (sample.kind === 'resource' && isChosen(sample.outcome.id)) {
    const { kind } = sample.outcome
    if (kind === 'created' || kind === 'deleted') return updates.length
  }
  return updates.filter(({ judgement: { update } }) => update === undefined || couldHappen(sample, update)).length
}

function hasResource({ Resources }: Document, id: string): boolean {
  return isObject(Resources) && Object.hasOwn(Resources, id)
}

function couldHappen(sample: Found, { old, fresh }: Update): boolean {
  switch (sample.kind) {
    case 'rule':
      return true
    case 'resource': {
      const { id, other = id, kind } = sample.outcome
      const isOfNew = ['created', 'collides', 'rivals', 'renamed'].includes(kind)
      return isOfNew
        ? own(fresh.Resources, id) !== undefined || own(old.Resources, other) !== undefined
        : own(old.Resources, id) !== undefined
    }
    case 'output': {
      const { id, kind } = sample.outcome
      const isOfNew = kind === 'output-new' || kind === 'export-new'
      return own((isOfNew ? fresh : old).Outputs, id) !== undefined
    }
  }
}

/** The least that a deployment must be given for it to happen. */
function witnessOf(
  { old, places: known }: Pick<Joint, 'old' | 'places'>,
  at: readonly Seen[],
  happens: (deployed: Deployed, leftOut: readonly string[]) => boolean,
): Witness | undefined {
  const declarations = declarationsOf(old)
  const givenOf = ({ parameters }: Deployed): readonly (readonly [string, string])[] =>
    Object.entries(parameters).filter(([name, value]) => value !== defaultOf(declarations.get(name) ?? {}))
  const [first] = [...at].sort(
    (a, b) =>
      Number(a.deployed.place !== places[0]) - Number(b.deployed.place !== places[0]) ||
      Number(isUsual(b)) - Number(isUsual(a)) ||
      givenOf(a.deployed).length - givenOf(b.deployed).length,
  )
  if (first === undefined) return undefined
  const { place, parameters } = first.deployed
  const deployments = new Deployments(old, place)
  const [needed, given] = partition(
    givenOf(first.deployed),
    ([name]) => defaultOf(declarations.get(name) ?? {}) === undefined,
  )
  const withGiven = (entries: readonly (readonly [string, string])[]): Deployed => {
    const presets = Object.keys(parameters).map(name => [name, defaultOf(declarations.get(name) ?? {}) ?? ''] as const)
    return { place, parameters: Object.fromEntries([...presets, ...needed, ...entries]) }
  }
  const least = shrunk(given, entries => {
    const less = withGiven(entries)
    return deployments.given(less.parameters) !== undefined && happens(less, first.leftOut)
  })
  const leftOut = shrunk(first.leftOut, names => names.length > 0 && happens(withGiven(least), names))
  // of what must be given in any case, that which decides it
  const decisive = needed.filter(([name, value]) => {
    const declaration = declarations.get(name) ?? {}
    const others = allowedValuesOf(declaration) ?? [otherPlaceholder(old, name, place) ?? value, `${value}2`]
    return others.some(other => {
      const { parameters: given } = withGiven(least)
      const instead = { place, parameters: { ...given, [name]: other } }
      return deployments.given(instead.parameters) !== undefined && !happens(instead, leftOut)
    })
  })
  const isOpen = ([name]: readonly [string, string]): boolean => {
    const declaration = declarations.get(name) ?? {}
    return allowedValuesOf(declaration) === undefined && defaultOf(declaration) === ''
  }
  const placeholders = least.filter(isOpen).map(([name]) => name)
  const told = Object.fromEntries([...decisive, ...least])
  // in the usual region, and not in another of its partition
  const isHere =
    place === places[0] &&
    known.some(it => it.partition === place.partition && !happens({ ...withGiven(least), place: it }, leftOut))
  return { ...regionOf(place, isHere), parameters: told, placeholders, leftOut }
}

function regionOf(place: Place, isHere: boolean): { readonly region?: string } {
  return place === places[0] && !isHere ? {} : { region: place.region }
}

function partition<T>(items: readonly T[], isFirst: (item: T) => boolean): readonly [readonly T[], readonly T[]] {
  return [items.filter(isFirst), items.filter(item => !isFirst(item))]
}

type Context = Parameters<typeof resourceChange>[1]

function changeOf(told: Told, context: Context, silentRoles: ReadonlySet<string>): readonly Change[] {
  const { found, when } = told
  switch (found.kind) {
    case 'resource':
      return resourceChange(found.outcome, context, told.properties, when, silentRoles)
    case 'output':
      return outputChange(found.outcome, when)
    case 'rule':
      return [
        {
          ...{ code: 'rule-refuses', level: 'major', section: 'Rules', subject: found.rule },
          message: `refuses deployments that stand, so that they cannot be updated: ${found.message}`,
          help: 'Let it refuse only what is new, or say it in the release notes',
          ...(when === undefined ? {} : { when }),
          source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html',
        },
      ]
  }
}

/** The IAM actions of the handlers that the update calls. */
function permissionsOf(found: readonly Found[], fresh: Document, registry: Registry): readonly string[] {
  const actions = new Set<string>()
  for (const it of found) {
    if (it.kind !== 'resource') continue
    const { kind, type } = it.outcome
    for (const handler of handlers[kind]) {
      for (const action of registry(type)?.permissions[handler] ?? []) actions.add(action)
    }
  }
  return isObject(fresh.Resources) ? [...actions].sort() : []
}

const handlers: Readonly<Record<Outcome['kind'], readonly string[]>> = {
  'type-changed': [],
  refused: [],
  rivals: [],
  collides: [],
  'custom-name': [],
  renamed: ['create', 'delete'],
  replaced: ['create', 'delete'],
  'may-be-replaced': ['create', 'update', 'delete'],
  deleted: ['delete'],
  created: ['create'],
  'in-place': ['update'],
  'may-be-in-place': ['update'],
}

// Access

type AccessJudgement = {
  readonly changes: readonly Change[]
  /** Roles of identities, of which the proof says the same before and after. */
  readonly silentRoles: ReadonlySet<string>
  readonly remarks: readonly string[]
}

/** In the deployments that show what each option gives. */
function accessJudgement(
  old: Template,
  fresh: Template,
  registry: Registry,
  stack: Stack | undefined,
): AccessJudgement {
  const found = new Map<string, { readonly outcome: AccessOutcome; readonly at: Deployed[] }>()
  const [silent, loud] = [new Set<string>(), new Set<string>()]
  const answers = new Map<string, ReadonlyMap<string, AccessOutcome>>()
  const ask = (deployed: Deployed): ReadonlyMap<string, AccessOutcome> => {
    const key = JSON.stringify(deployed)
    const known = answers.get(key)
    if (known !== undefined) return known
    const answer = askAccess(deployed)
    answers.set(key, answer)
    return answer
  }
  const same = new Map<string, AccessDifference | undefined>()
  const askAccess = (deployed: Deployed): ReadonlyMap<string, AccessOutcome> => {
    const { update } = judgeOne(old, fresh, registry, deployed, [], stack)
    if (update === undefined) return new Map()
    const env = siteOf(deployed, stack)
    const [before, after] = [concrete(update.old, env), concrete(update.fresh, env)]
    const question = `${deployed.place.region} ${questionOf(before, after)}`
    const difference = same.has(question) ? same.get(question) : accessOutcomes(before, after, env, update)
    same.set(question, difference)
    if (difference !== undefined) {
      for (const id of rolesIn(update.fresh)) (difference.silentRoles.includes(id) ? silent : loud).add(id)
    }
    const outcomes = [...poolOutcomes(before, after, update), ...(difference?.outcomes ?? [])]
    return new Map(outcomes.map(outcome => [JSON.stringify(outcome), outcome]))
  }
  const deployments = accessDeployments(old.document, stack)
  for (const deployed of deployments) {
    for (const [key, outcome] of ask(deployed)) {
      const known = found.get(key)
      if (known === undefined) found.set(key, { outcome, at: [deployed] })
      else known.at.push(deployed)
    }
  }
  const all = [...found].filter(
    ([, { outcome }]) => outcome.kind !== 'access-unknown' || !isKnownElsewhere(outcome, found),
  )
  const told = all.map(([key, { outcome, at }]) => {
    const seen = at.map(deployed => ({ deployed, leftOut: [] }))
    const [usual, all] = [seen, deployments.map(deployed => ({ deployed }))].map(its => its.filter(isUsual).length)
    const isAlways = stack !== undefined || at.length === deployments.length || (usual !== 0 && usual === all)
    const when = isAlways
      ? undefined
      : witnessOf({ old: old.document, places }, seen, deployed => ask(deployed).has(key))
    return { outcome, when }
  })
  const silentRoles = new Set(told.length === 0 ? [...silent].filter(id => !loud.has(id)) : [])
  return { changes: accessChanges(told), silentRoles, remarks: [] }
}

/** Is it known in other deployments, so that it is unknown here only because of what others may allow or deny? */
function isKnownElsewhere(outcome: AccessOutcome, found: ReadonlyMap<string, unknown>): boolean {
  const kinds = ['access-lost', 'access-gained', 'access-hazard'] as const
  return kinds.some(kind => found.has(JSON.stringify({ ...outcome, kind })))
}

function rolesIn({ Resources }: Resolved): readonly string[] {
  return Object.keys(Resources).filter(id => Resources[id]?.Type === 'AWS::IAM::Role')
}

function accessDeployments(document: Document, stack: Stack | undefined): readonly Deployed[] {
  if (stack !== undefined) return standing(stack).deployments
  return places.flatMap(place => {
    const site = siteOf({ place, parameters: {} }, undefined)
    const all = deploymentsOf(document, site)
    // where the host of identities is another, what every option gives is in that which has them all
    const shown = place === places[0] ? all : all.filter(({ without }) => without === undefined)
    return shown.map(({ parameters }) => ({
      place,
      parameters: { ...presetsOf(document), ...parameters },
    }))
  })
}

function presetsOf(document: Document): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...declarationsOf(document)].flatMap(([name, declaration]) => {
      const preset = defaultOf(declaration)
      return preset === undefined ? [] : [[name, preset] as const]
    }),
  )
}

function siteOf({ place }: Deployed, stack: Stack | undefined) {
  return { ...environment(place, {}), ...place, accountId: stack?.accountId ?? accountId }
}

/** The proof asks where it is; the names of stacks do not matter to it. */
function concrete(resolved: Resolved, env: Environment): Resolved {
  return {
    ...resolved,
    env: { ...resolved.env, region: env.region, partition: env.partition, urlSuffix: env.urlSuffix },
  }
}
