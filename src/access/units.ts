import { type Document, isObject, type Json, type JsonObject } from '../document.ts'
import { isCall } from './branches.ts'
import { isLike } from './decide/glob.ts'

/**
 * What is read together in one decision, with the conditions that decide how it comes out.
 *
 * A stack is made of parts: a statement of a policy, a property of a resource, an output. How a part comes out depends
 * on the conditions around it (each `Fn::If` on the way to it, the resource's `Condition`) and in it, and on nothing
 * else. A decision reads few parts, so that most conditions never meet in one:
 * - A request is about one action. It is allowed or denied by the statements that name the action, of whichever role;
 *   another statement, if it is there or not, says nothing to it.
 * - Who gets a role depends on the trust policies, on the roles' existence, on the pools' flags and on what attaches
 *   roles and tags to pools: all of these are one unit.
 * - A boundary and managed policies by ARN are properties of their own: they turn an allow, or a deny, into what
 *   cannot be known here, whatever the statements say.
 * Two deployments in which the conditions of a unit have the same truth, and the parameters that it refers to the same
 * values, give the same answer to whatever reads that unit. So the combinations of one unit's conditions, for every unit,
 * show every answer that any of all the combinations gives.
 */
export type Unit = {
  readonly name: string
  /** Names of conditions, in the template's order. */
  readonly conditions: readonly string[]
  /** Names of parameters whose values its parts may hold. */
  readonly parameters: readonly string[]
  /** The actions, as patterns, of a unit of statements. */
  readonly actions: readonly string[]
}

type Part = {
  readonly name: string
  readonly kind: 'trust' | 'statement' | 'value'
  /** The conditions around it. */
  readonly within: readonly string[]
  readonly json: Json
}

/** The units of a template, without those that another one has in it whole. */
export function unitsOf(document: Document): readonly Unit[] {
  const units = everyUnitOf(document)
  return units.filter((one, at) => !units.some((other, index) => index !== at && isWithin(one, other, index < at)))
}

/** One for each decision: who gets a role, each statement with all that speak to its actions, each other part. */
export function everyUnitOf(document: Document): readonly Unit[] {
  const parts = partsOf(document)
  const names = Object.keys(document.Conditions ?? {})
  const unit = (name: string, members: readonly Part[], actions: readonly string[] = []): Unit => {
    const conditions = new Set(members.flatMap(({ within, json }) => [...within, ...conditionsIn(json)]))
    const references = new Set(members.flatMap(({ json }) => referencesIn(json)))
    return {
      name,
      conditions: names.filter(it => conditions.has(it)),
      parameters: Object.keys(document.Parameters ?? {}).filter(it => references.has(it)),
      actions,
    }
  }
  const statements = parts.filter(({ kind }) => kind === 'statement')
  const trust = parts.filter(({ kind }) => kind === 'trust')
  return [
    ...(trust.length === 0 ? [] : [unit('who gets which role', trust)]),
    ...statements.map(one =>
      unit(
        one.name,
        statements.filter(other => meet(one, other)),
        actionsIn(one),
      ),
    ),
    ...parts.filter(({ kind }) => kind === 'value').map(one => unit(one.name, [one])),
  ]
}

/** A unit that has nothing of its own; of two that have the same, the later one. */
function isWithin(one: Unit, other: Unit, isLater: boolean): boolean {
  const has = (all: readonly string[], some: readonly string[]) => some.every(it => all.includes(it))
  if (!has(other.conditions, one.conditions) || !has(other.parameters, one.parameters)) return false
  const isSame = has(one.conditions, other.conditions) && has(one.parameters, other.parameters)
  return !isSame || isLater
}

function partsOf(document: Document): readonly Part[] {
  const resources = Object.entries(document.Resources).flatMap(([id, resource]) =>
    isObject(resource) ? resourceParts(id, resource) : [],
  )
  const outputs = Object.entries(document.Outputs ?? {}).flatMap(([id, output]): readonly Part[] =>
    isObject(output) ? [{ name: `Outputs.${id}`, kind: 'value', within: conditionOf(output), json: output }] : [],
  )
  return [...resources, ...outputs]
}

/** What says who gets a role, but for the trust policies. */
const assignments: Readonly<Record<string, readonly string[] | 'all'>> = {
  'AWS::Cognito::IdentityPool': ['AllowClassicFlow', 'AllowUnauthenticatedIdentities'],
  'AWS::Cognito::IdentityPoolPrincipalTag': 'all',
  'AWS::Cognito::IdentityPoolRoleAttachment': 'all',
}

const policyTypes = ['AWS::IAM::Policy', 'AWS::IAM::RolePolicy', 'AWS::IAM::ManagedPolicy']

function resourceParts(id: string, resource: JsonObject): readonly Part[] {
  const { Type = '', Properties = {}, ...attributes } = resource
  const within = conditionOf(resource)
  const own = assignments[String(Type)] ?? []
  const isPolicy = policyTypes.includes(String(Type))
  const properties = isObject(Properties) && !isCall(Properties) ? Object.entries(Properties) : []
  const whole = properties.length === 0 ? [{ name: id, kind: 'value' as const, within, json: Properties }] : []
  const parts = properties.flatMap(([key, json]): readonly Part[] => {
    const part = { name: `${id}.${key}`, kind: 'value' as const, within, json }
    if (own === 'all' || own.includes(key)) return [{ ...part, kind: 'trust' }]
    if (key === 'AssumeRolePolicyDocument') return [{ ...part, kind: 'trust' }]
    if (Type === 'AWS::IAM::Role' && key === 'Policies') return statementsIn(part)
    if (!isPolicy) return [part]
    // Whom it is attached to decides whether its statements speak at all.
    const attached = properties.filter(([name]) => name !== 'PolicyDocument').flatMap(([, it]) => conditionsIn(it))
    return key === 'PolicyDocument' ? statementsIn({ ...part, within: [...within, ...attached] }) : [part]
  })
  return [...whole, ...parts, { name: `${id} itself`, kind: 'value', within, json: attributes }]
}

/** Statements wherever they stand in lists and choices; all else beside them is read with each. */
function statementsIn(part: Part): readonly Part[] {
  const { json, within, name } = part
  if (Array.isArray(json)) {
    const items: readonly Json[] = json
    return items.flatMap((item, at) => statementsIn({ ...part, json: item, name: `${name}.${at}` }))
  }
  if (!isObject(json)) return []
  const choice = json['Fn::If']
  if (Array.isArray(choice)) {
    const [condition, ...branches]: readonly Json[] = choice
    return branches.flatMap((branch, at) =>
      statementsIn({ ...part, json: branch, within: [...within, String(condition)], name: `${name}.${at}` }),
    )
  }
  if ('Effect' in json) {
    return [{ ...part, kind: 'statement', name: typeof json['Sid'] === 'string' ? `${name} ${json['Sid']}` : name }]
  }
  return Object.entries(json).flatMap(([key, item]) => statementsIn({ ...part, json: item, name: `${name}.${key}` }))
}

/** Is there an action that both name? Of two patterns it is taken for granted unless their services differ. */
function meet(one: Part, other: Part): boolean {
  return actionsIn(one).some(a => actionsIn(other).some(b => mayBeOne(a, b)))
}

function mayBeOne(a: string, b: string): boolean {
  const isPattern = (text: string) => /[*?]/.test(text)
  if (!isPattern(a) && !isPattern(b)) return a === b
  if (isPattern(a) && isPattern(b)) {
    const [one = '', other = ''] = [a, b].map(text => text.split(':')[0])
    return isPattern(one) || isPattern(other) || one === other
  }
  const [pattern, text] = isPattern(a) ? [a, b] : [b, a]
  return isLike(pattern, text)
}

/** In lower case; of a statement that names none, or names them by a function, every action. */
function actionsIn({ json }: Part): readonly string[] {
  const action = isObject(json) ? json['Action'] : undefined
  if (action === undefined) return ['*']
  const found: string[] = []
  const visit = (value: Json): boolean => {
    if (Array.isArray(value)) return value.every(visit)
    if (typeof value === 'string') found.push(value.toLowerCase())
    if (!isObject(value)) return typeof value === 'string'
    const choice = value['Fn::If']
    if (Array.isArray(choice)) return choice.slice(1).every(visit)
    return value['Ref'] === 'AWS::NoValue'
  }
  return visit(action) ? found : ['*']
}

function conditionOf({ Condition }: JsonObject): readonly string[] {
  return typeof Condition === 'string' ? [Condition] : []
}

/** The conditions of each `Fn::If`. */
function conditionsIn(json: Json): readonly string[] {
  if (Array.isArray(json)) return json.flatMap(conditionsIn)
  if (!isObject(json)) return []
  const choice = json['Fn::If']
  const own = Array.isArray(choice) && typeof choice[0] === 'string' ? [choice[0]] : []
  return [...own, ...Object.values(json).flatMap(conditionsIn)]
}

/** Parameters, pseudo parameters and logical IDs that `Ref` and `Fn::Sub` name. */
export function referencesIn(json: Json): readonly string[] {
  if (Array.isArray(json)) return json.flatMap(referencesIn)
  if (!isObject(json)) return []
  return Object.entries(json).flatMap(([key, value]) => {
    if (key === 'Ref') return typeof value === 'string' ? [value] : []
    const text = key === 'Fn::Sub' ? (Array.isArray(value) ? value[0] : value) : undefined
    const named = typeof text === 'string' ? [...text.matchAll(/\$\{([^!}]+)\}/g)].map(([, name = '']) => name) : []
    return [...named, ...referencesIn(value)]
  })
}
