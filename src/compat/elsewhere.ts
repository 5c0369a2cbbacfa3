import { environment, type Place } from '../access/scenarios.ts'
import { formatWitness, type Solver, solverOf, type Witness } from '../check/conditions.ts'
import { type Document, isList, isObject, type Json, type JsonObject, member } from '../document.ts'
import { allowedValuesOf, declarationOf } from '../parameter.ts'
import { evaluateConditions } from '../resolve/conditions.ts'
import { type ResolvedResource, resolve, Unknown, type Value } from '../resolve/index.ts'
import { isPlacedIn, type Joint, keysBy, mark } from './deployments.ts'
import { canonicalReference } from './outcome.ts'
import { effectOf, pageOf, type Registry } from './registry.ts'
import type { Change } from './report.ts'
import { keptBy } from './template.ts'
import { mappedObject, sameness } from './values.ts'

/** By `Resources.Pool`, the kinds of what was found in the deployments that were tried. */
export type Known = (subject: string) => readonly string[]

export type Context = {
  readonly registry: Registry
  /** Is it nothing but the version that is another? */
  readonly isVersion: (old: Value, fresh: Value) => boolean
}

/**
 * What differs in deployments of which none was tried: each part that differs is compared once more, not with values of
 * parameters but with what nobody knows in place of them, for each combination of its conditions that can be. What comes
 * out the same by that is the same whatever is given. Told is the worst of each resource, output and rule, unless as
 * bad was found.
 */
export function elsewhereChanges(joint: Joint, context: Context, known: Known): readonly Change[] {
  const subjects = new Set(joint.units.map(({ subject }) => subject))
  return [...subjects].flatMap((subject): readonly Change[] => {
    const [, section, id = ''] = /^(Resources|Outputs)\.(.*)$/s.exec(subject) ?? []
    if (section === undefined) return []
    const seen = known(subject)
    if (seen.some(kind => worstKinds.includes(kind))) return []
    const findings = findingsOf(joint, subject, id, section === 'Outputs', context)
    const [worst] = [...findings].sort((a, b) => ranks.indexOf(a.kind) - ranks.indexOf(b.kind))
    if (worst === undefined || isCovered(worst.kind, seen)) return []
    return [inWords(worst, id, section === 'Outputs', joint)]
  })
}

/** After these nothing worse can be told. */
const worstKinds: readonly string[] = [
  ...['type-changed', 'collides', 'custom-name', 'renamed', 'replaced', 'may-be-replaced', 'deleted'],
  ...['output-lost', 'output-renamed', 'output-changed', 'export-lost', 'export-changed'],
]

const ranks = ['deleted', 'replaced', 'kept-less', 'changed', 'created', 'kept-more', 'unclear'] as const

type Kind = (typeof ranks)[number]

type Finding = {
  readonly kind: Kind
  readonly type: string
  readonly properties: readonly string[]
  readonly place: Place
  readonly witness: Witness
}

function isCovered(kind: Kind, seen: readonly string[]): boolean {
  switch (kind) {
    // the worst has been asked for before
    case 'deleted':
    case 'replaced':
    case 'kept-less':
    case 'kept-more':
      return false
    case 'changed':
    case 'unclear':
      return seen.length > 0
    case 'created':
      return seen.some(it => ['created', 'output-new', 'export-new'].includes(it))
  }
}

/** Of one subject; first with parameters that nobody knows, then, where that finds something, with values that decide. */
function findingsOf(
  joint: Joint,
  subject: string,
  id: string,
  isOutput: boolean,
  context: Context,
): readonly Finding[] {
  const own = joint.units.filter(unit => unit.subject === subject)
  const conditions = [...new Set(own.flatMap(it => it.conditions))]
  const places = own.some(unit => isPlacedIn(joint, unit)) ? joint.places : joint.places.slice(0, 1)
  const ask = (values: readonly Valued[]) => compareAll(joint, { id, isOutput, conditions, places, values }, context)
  const found = ask([])
  if (found.length === 0 || found.some(({ kind }) => kind === 'unclear')) return found
  const values = valuesIn(
    joint,
    own.flatMap(it => it.parameters),
  )
  return values.length === 0 ? found : ask(values)
}

/** That a parameter has a value, as a condition. */
type Valued = { readonly parameter: string; readonly value: string; readonly condition: string }

/** The values by which parameters are told apart: those that are listed, compared with, or looked up by. */
function valuesIn(joint: Joint, parameters: readonly string[]): readonly Valued[] {
  const declared: JsonObject = joint.document.Parameters ?? {}
  return [...new Set(parameters)].flatMap(parameter => {
    const declaration = declarationOf(declared, parameter)
    if (declaration === undefined) return []
    const compared = literalsOf(joint.document.Conditions ?? {}, parameter)
    const keys = [joint.old, joint.fresh].flatMap(it => keysBy(it, parameter))
    const values = [...new Set(allowedValuesOf(declaration) ?? [...compared, ...keys])]
    return values.map(value => ({ parameter, value, condition: `${parameter} is ${value}${mark}` }))
  })
}

function literalsOf(json: Json, parameter: string): readonly string[] {
  if (isList(json)) return json.flatMap(item => literalsOf(item, parameter))
  if (!isObject(json)) return []
  const operands = json['Fn::Equals']
  const isIn = isList(operands) && operands.some(it => isObject(it) && it['Ref'] === parameter)
  const literals = isIn && isList(operands) ? operands.filter(it => typeof it === 'string') : []
  return [...literals, ...Object.values(json).flatMap(item => literalsOf(item, parameter))]
}

type Asked = {
  readonly id: string
  readonly isOutput: boolean
  readonly conditions: readonly string[]
  readonly places: readonly Place[]
  readonly values: readonly Valued[]
}

const mostCombinations = 256

const nowhere = { type: '', properties: [], witness: [] } as const

function compareAll(joint: Joint, asked: Asked, context: Context): readonly Finding[] {
  const { values, conditions } = asked
  const extra = values.map(({ parameter, value, condition }) => [
    condition,
    { 'Fn::Equals': [{ Ref: parameter }, value] },
  ])
  const document = withConditions(joint.document, { ...joint.document.Conditions, ...Object.fromEntries(extra) })
  const solver = solverOf(values.length === 0 ? joint.document : document)
  const names = [...conditions, ...values.map(({ condition }) => condition)]
  const found = new Map<Kind, Finding>()
  for (const place of asked.places) {
    const given = decidedBy(joint.document, place)
    let count = 0
    for (const truths of solver.explore(names, given).combinations(names)) {
      if (++count > mostCombinations) {
        found.set('unclear', { ...nowhere, kind: 'unclear', place })
        return [...found.values()]
      }
      const when = names.map((condition, at) => ({ condition, holds: truths[at] === true }))
      const finding = compareOnce(joint, asked, when, place, context)
      if (finding === undefined || found.has(finding.kind)) continue
      const witness = solver.satisfiable([...given, ...when]) ?? []
      found.set(finding.kind, { ...finding, place, witness })
    }
  }
  return [...found.values()]
}

function withConditions(document: Document, Conditions: JsonObject): Document {
  return { ...document, Conditions }
}

/** What nobody has said of the account and of the stack. */
function unknownIn(place: Place, parameters: Readonly<Record<string, string | Unknown>>) {
  const unknown = (name: string) => new Unknown({ kind: 'pseudo', name })
  return {
    ...environment(place, parameters),
    accountId: unknown('AWS::AccountId'),
    stackName: unknown('AWS::StackName'),
    stackId: unknown('AWS::StackId'),
  }
}

function unknownParameters(document: Document): Readonly<Record<string, string | Unknown>> {
  return Object.fromEntries(
    Object.entries(document.Parameters ?? {}).map(([name, declaration]) => {
      const [value, ...others] = isObject(declaration) ? (allowedValuesOf(declaration) ?? []) : []
      const isOne = value !== undefined && others.length === 0
      return [name, isOne ? value : new Unknown({ kind: 'parameter', name })]
    }),
  )
}

type Truth = { readonly condition: string; readonly holds: boolean }

const decided = new WeakMap<Document, Map<string, readonly Truth[]>>()

/** What the place alone decides. */
function decidedBy(document: Document, place: Place): readonly Truth[] {
  const known = decided.get(document) ?? new Map<string, readonly Truth[]>()
  decided.set(document, known)
  const answer =
    known.get(place.region) ??
    [...evaluateConditions(document, unknownIn(place, unknownParameters(document)))].flatMap(([condition, holds]) =>
      typeof holds === 'boolean' ? [{ condition, holds }] : [],
    )
  known.set(place.region, answer)
  return answer
}

function compareOnce(
  joint: Joint,
  { id, isOutput, values }: Asked,
  when: readonly Truth[],
  place: Place,
  { registry, isVersion }: Context,
): Omit<Finding, 'place' | 'witness'> | undefined {
  const other = `${id}${mark}`
  const [before, after] = isOutput
    ? [member(joint.old.Outputs ?? {}, id), member(joint.renamed.Outputs ?? {}, id)]
    : [member(joint.old.Resources, id), member(joint.renamed.Resources, id)]
  const stubs = Object.fromEntries(
    [joint.old.Resources, joint.renamed.Resources].flatMap(resources =>
      Object.entries(resources).flatMap(([name, it]) =>
        name !== id && isObject(it) && typeof it['Type'] === 'string' ? [[name, { Type: it['Type'] }] as const] : [],
      ),
    ),
  )
  const pair = Object.fromEntries(
    [[id, before] as const, [other, after] as const].flatMap(([name, it]) => (it === undefined ? [] : [[name, it]])),
  )
  const literal = (holds: boolean): Json => ({ 'Fn::Equals': ['true', String(holds)] })
  const truths = Object.fromEntries(when.map(({ condition, holds }) => [condition, literal(holds)]))
  const known = values.flatMap(({ parameter, value, condition }) =>
    when.some(it => it.condition === condition && it.holds) ? [[parameter, value] as const] : [],
  )
  const { Rules, ...rest } = joint.document
  const document = {
    ...rest,
    Parameters: { ...joint.fresh.Parameters, ...joint.document.Parameters },
    // what is the same on both sides needs no others
    Conditions: truths,
    Resources: isOutput ? stubs : { ...stubs, ...pair },
    Outputs: isOutput ? pair : {},
    Transform: 'AWS::LanguageExtensions',
  }
  const parameters = {
    ...unknownParameters(joint.document),
    ...Object.fromEntries(joint.defaults),
    ...Object.fromEntries(known),
  }
  const resolved = resolve(document, unknownIn(place, parameters))
  const change = canonicalReference(resolved.Resources, registry)
  if (isOutput) {
    const [one, another] = [own(resolved.Outputs, id), own(resolved.Outputs, other)]
    const nothing = { type: '', properties: [] }
    if (one === undefined) return another === undefined ? undefined : { kind: 'created', ...nothing }
    if (another === undefined) return { kind: 'deleted', ...nothing }
    const shown = ({ Value: value, attributes: { Export = null } }: typeof one) =>
      mappedObject({ value, export: Export }, change)
    if (isVersion(one.Value, another.Value)) return undefined
    const same = sameness(shown(one), shown(another), () => 'same')
    return same === 'same' ? undefined : { kind: 'changed', ...nothing }
  }
  const [one, another] = [own(resolved.Resources, id), own(resolved.Resources, other)]
  if (one === undefined && another === undefined) return undefined
  const { Type: type } = one ?? another ?? { Type: '' }
  if (one === undefined) return { kind: 'created', type, properties: [] }
  if (another === undefined) return { kind: 'deleted', type, properties: [] }
  const inOne = (resource: ResolvedResource): ResolvedResource => ({
    ...resource,
    Properties: mappedObject(resource.Properties, change),
  })
  const { kind, properties } = effectOf(inOne(one), inOne(another), registry, () => 'same')
  const isReplacement = kind === 'replacement' || kind === 'may-be-replacement'
  const isOpen = isMacroed(before, after)
  if (isReplacement || (isOpen && (registry(type)?.createOnly ?? []).length > 0)) {
    return { kind: 'replaced', type, properties }
  }
  const policies = policyShifts(one, another).filter(({ name }) => isChosen(before, name) || isChosen(after, name))
  if (policies.some(({ isLess }) => isLess)) {
    return { kind: 'kept-less', type, properties: policies.filter(it => it.isLess).map(({ name }) => name) }
  }
  if (kind !== 'nothing' || isOpen) return { kind: 'changed', type, properties }
  if (policies.length > 0) return { kind: 'kept-more', type, properties: policies.map(({ name }) => name) }
  return undefined
}

function own<T>(entries: Readonly<Record<string, T>>, id: string): T | undefined {
  return Object.hasOwn(entries, id) ? entries[id] : undefined
}

/** Of policies that are chosen when it is deployed; of others the templates say it. */
function policyShifts(old: ResolvedResource, fresh: ResolvedResource) {
  return (['DeletionPolicy', 'UpdateReplacePolicy'] as const).flatMap(name => {
    const [was, is] = [old, fresh].map(({ Type, Properties, attributes }) => {
      const policy = attributes[name]
      return policy === undefined || typeof policy === 'string' ? keptBy(policy, name, Type, Properties) : undefined
    })
    if (was === is) return []
    return [{ name, isLess: was === undefined || is === undefined || is < was }]
  })
}

/** By a function; undefined is none. */
function isChosen(resource: Json | undefined, name: string): boolean {
  const policy = isObject(resource) ? member(resource, name) : undefined
  return policy !== undefined && typeof policy !== 'string'
}

/** Does a macro have its say in one of them, and not the same in both? */
function isMacroed(old: Json | undefined, fresh: Json | undefined): boolean {
  const [one, other] = [old, fresh].map(it => JSON.stringify(it) ?? '')
  return one !== other && /"Fn::(?:Transform|ForEach)/.test(`${one}${other}`)
}

const guide = 'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide'

function inWords(
  { kind, type, properties, place, witness }: Finding,
  id: string,
  isOutput: boolean,
  joint: Joint,
): Change {
  const where = whereText(witness, place, joint)
  const named = properties.length === 0 ? '' : `, for ${properties.join(', ')}`
  const found: Pick<Change, 'section' | 'subject' | 'type' | 'properties'> = {
    ...{ section: isOutput ? 'Outputs' : 'Resources', subject: id },
    ...(type === '' ? {} : { type }),
    ...(properties.length === 0 ? {} : { properties }),
  }
  const help = `Compare a stack of your own, stack:NAME, or make ${id} say the same where it should`
  switch (kind) {
    case 'deleted':
      return isOutput
        ? { ...found, code: 'output-lost', level: 'major', message: `may be gone${where}`, help }
        : {
            ...{ ...found, code: 'resource-deleted', level: 'major', help },
            message: `may be deleted${where}`,
            source: `${guide}/aws-attribute-deletionpolicy.html`,
          }
    case 'replaced':
      return {
        ...{ ...found, code: 'resource-may-be-replaced', level: 'major', help, source: pageOf(type) },
        message: `may be replaced${named}: it differs${where || ' where no deployment was tried'}`,
      }
    case 'kept-less':
    case 'kept-more': {
      const source = `${guide}/aws-attribute-deletionpolicy.html`
      const isLess = kind === 'kept-less'
      return {
        ...{ ...found, code: 'deletion-policy', level: isLess ? 'major' : 'minor', help, source },
        message: `may keep ${isLess ? 'less' : 'more'} when it goes: ${properties.join(' and ')} differs${where}`,
      }
    }
    case 'changed':
      return isOutput
        ? { ...found, code: 'output-changed', level: 'major', message: `may give something else${where}`, help }
        : {
            ...{ ...found, code: 'resource-updated', level: 'minor', help, source: pageOf(type) },
            message: `may be updated in place${named}: it differs${where || ' where no deployment was tried'}`,
          }
    case 'created':
      return isOutput
        ? { ...found, code: 'output-new', level: 'minor', message: `may be new${where}`, help }
        : { ...found, code: 'resource-created', level: 'minor', message: `may be made${where}`, help }
    case 'unclear':
      return {
        ...{ ...found, code: 'not-compared', level: 'minor' },
        message: 'differs, and has more combinations of conditions than were looked at',
        help,
      }
  }
}

/** ` where AWS::AccountId is '999999999999', in eu-west-1` */
function whereText(witness: Witness, place: Place, joint: Joint): string {
  const said = witness.filter(({ operand }) => operand !== 'AWS::Region' && operand !== 'AWS::Partition')
  const at = place === joint.places[0] ? '' : `, in ${place.region}`
  return `${said.length === 0 ? '' : ` where ${formatWitness(said)}`}${at}`
}

/** Rules of the new template that may refuse what stands: those of which it cannot be decided. */
export function ruleChanges(joint: Joint, known: Known): readonly Change[] {
  const solver: Solver = solverOf(joint.document)
  const rules = new Map<string, string>()
  for (const { subject } of joint.units) {
    const [, rule] = /^rule (.*) \d+ of the new template$/s.exec(subject) ?? []
    if (rule === undefined || rules.has(rule) || known(`Rules.${rule}`).length > 0) continue
    const same = [joint.old, joint.fresh].map(it => JSON.stringify(member(it.Rules ?? {}, rule)))
    if (same[0] === same[1]) continue
    if (solver.satisfiable([{ condition: subject, holds: true }]) !== undefined) rules.set(rule, subject)
  }
  return [...rules.keys()].map(rule => ({
    ...{ code: 'rule-refuses', level: 'major', section: 'Rules', subject: rule },
    message: 'may refuse deployments that stand, so that they cannot be updated: what it asks cannot be decided here',
    help: 'Let it refuse only what is new, or say it in the release notes',
    source: `${guide}/rules-section-structure.html`,
  }))
}

/** What a macro makes something of, and differs: nobody knows what becomes of it. */
export function macroChanges(old: Document, fresh: Document): readonly Change[] {
  return (['Transform', 'Resources', 'Outputs', 'Conditions', 'Mappings', 'Rules'] as const).flatMap(section => {
    const [one, other] = [sectionIn(old, section), sectionIn(fresh, section)]
    const keys = new Set([...Object.keys(one), ...Object.keys(other)])
    return [...keys].filter(isMacro).flatMap((key): readonly Change[] => {
      if (JSON.stringify(one[key]) === JSON.stringify(other[key])) return []
      const name = key === 'Transform' ? '' : key
      return [
        {
          ...{ code: 'not-compared', level: 'major', section: 'Template', subject: name },
          message: `${name === '' ? 'is made by another macro' : 'differs'}: what a macro makes of it, and what that replaces or deletes, is not known here`,
          help: 'Compare what the macro makes: aws cloudformation get-template --template-stage Processed',
          source: `${guide}/template-macros.html`,
        },
      ]
    })
  })
}

function isMacro(key: string): boolean {
  return key === 'Transform' || key === 'Fn::Transform' || key.startsWith('Fn::ForEach')
}

function sectionIn(document: Document, section: string): JsonObject {
  const root: JsonObject = document
  const found = member(root, section)
  if (section === 'Transform') {
    const top = member(root, 'Fn::Transform')
    const named = (isList(found) ? found : [found ?? null]).filter(
      it => it !== 'AWS::LanguageExtensions' && it !== null,
    )
    return {
      ...(named.length === 0 ? {} : { Transform: named }),
      ...(top === undefined ? {} : { 'Fn::Transform': top }),
    }
  }
  return isObject(found) ? found : {}
}
