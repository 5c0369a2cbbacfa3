import type { Diagnostic } from '../diagnostic.ts'
import { type Document, isObject, type Json, type JsonObject, member, type Path } from '../document.ts'
import { nearest } from '../nearest.ts'
import { type Assumption, solverOf } from './conditions.ts'
import type { Complaint, Knowledge, ResourceTypeFacts } from './knowledge.ts'
import { type Deciders, decidersOf, originOf, planOf, resolve, type Scenario, scenariosOf } from './scenarios.ts'
import { callOf, entriesOf, type Macros, survey } from './walk.ts'

/**
 * Resources: is there such a type, are its attributes (`DeletionPolicy` and the like) what they can be, and does the
 * type's schema take the properties, whichever way the conditions turn out?
 */
export function checkResources(document: Document, knowledge: Knowledge): readonly Diagnostic[] {
  const { macros } = survey(document)
  return entriesOf(document, 'Resources').flatMap(([id, resource]) => {
    const path = ['Resources', id]
    if (!isObject(resource)) {
      return [invalid(path, 'is no object', 'Write its Type and its Properties under it')]
    }
    const type = member(resource, 'Type')
    if (typeof type !== 'string') {
      const help = 'Write a type, such as AWS::S3::Bucket'
      return [
        type === undefined ? invalid(path, 'has no Type', help) : invalid([...path, 'Type'], 'is no text', help),
        ...attributes(resource, '', path, macros),
      ]
    }
    const facts = knowledge.resourceType(type)
    return [
      ...(facts === undefined ? unknownType(type, [...path, 'Type'], knowledge, macros) : []),
      ...attributes(resource, type, path, macros),
      ...properties(document, resource, facts, path),
    ]
  })
}

/**
 * Types of AWS are all known. Others exist only in accounts that have registered them, so that a name alone says
 * nothing: it is the author who has to look.
 */
function unknownType(type: string, path: Path, knowledge: Knowledge, macros: Macros): readonly Diagnostic[] {
  const isOfMacro = macros.hasServerless && type.startsWith('AWS::Serverless::')
  if (isOfMacro || type.startsWith('Fn::')) return []
  const report = (severity: Diagnostic['severity'], message: string, help: string): readonly Diagnostic[] => [
    { code: 'unknown-resource-type', severity, path, message, help },
  ]
  if (type.startsWith('AWS::Serverless::')) {
    const help = 'Add Transform: AWS::Serverless-2016-10-31'
    return report('error', `is ${type}, which only a transform makes resources of`, help)
  }
  if (type.endsWith('::MODULE')) {
    return report(
      'warning',
      `is ${type}, a module that each account registers for itself`,
      'Look for it in the registry',
    )
  }
  if (!/^(?:AWS|Alexa)::/i.test(type) && /^[A-Za-z0-9]{2,64}(?:::[A-Za-z0-9]{2,64}){2}$/.test(type)) {
    const help = 'Make sure that the account has activated it: its properties are not checked here'
    return report('warning', `is ${type}, a type that is not AWS's own`, help)
  }
  const near = nearest(type, knowledge.resourceTypeNames())
  const help = near === undefined ? 'Look it up in the resource type reference' : `Write ${near}`
  return report('error', `is ${type}, and there is no such type`, help)
}

const attributeNames: readonly string[] = [
  'Type',
  'Properties',
  'Condition',
  'DependsOn',
  'Metadata',
  'DeletionPolicy',
  'UpdateReplacePolicy',
  'CreationPolicy',
  'UpdatePolicy',
]

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html */
const snapshotTypes: readonly string[] = [
  'AWS::DocDB::DBCluster',
  'AWS::EC2::Volume',
  'AWS::ElastiCache::CacheCluster',
  'AWS::ElastiCache::ReplicationGroup',
  'AWS::Neptune::DBCluster',
  'AWS::RDS::DBCluster',
  'AWS::RDS::DBInstance',
  'AWS::Redshift::Cluster',
]

function attributes(resource: JsonObject, type: string, path: Path, macros: Macros): readonly Diagnostic[] {
  return Object.entries(resource).flatMap(([name, value]): readonly Diagnostic[] => {
    const place = [...path, name]
    switch (name) {
      case 'Type':
        return []
      case 'Condition':
        return typeof value === 'string' || callOf(value) !== undefined
          ? []
          : [invalid(place, 'is no text', 'Write the name of a condition')]
      case 'DependsOn': {
        const names: readonly Json[] = Array.isArray(value) ? value : [value]
        return names.every(it => typeof it === 'string' || callOf(it) !== undefined)
          ? []
          : [invalid(place, 'is neither a logical ID nor a list of them', 'Write the logical IDs of resources')]
      }
      case 'DeletionPolicy':
        return policy(value, ['Delete', 'Retain', 'RetainExceptOnCreate'], type, place)
      case 'UpdateReplacePolicy':
        return policy(value, ['Delete', 'Retain'], type, place)
      case 'Properties':
      case 'Metadata':
      case 'CreationPolicy':
      case 'UpdatePolicy':
        return isObject(value) ? [] : [invalid(place, 'is no object', `Write an object, or leave ${name} out`)]
      case 'Version':
        if (/^(?:Custom::|AWS::CloudFormation::CustomResource$)/.test(type)) return []
        break
      default:
        // A macro may read more.
        if (macros.hasServerless || macros.mayRefer) return []
    }
    const near = nearest(name, attributeNames)
    const help = near === undefined ? `Move ${name} under Properties, or remove it` : `Write ${near}`
    return [invalid(place, 'is no attribute of a resource', help)]
  })
}

function policy(value: Json, always: readonly string[], type: string, path: Path): readonly Diagnostic[] {
  // A call is judged with the functions.
  if (callOf(value) !== undefined) return []
  const values = snapshotTypes.includes(type) || type === '' ? [...always, 'Snapshot'] : always
  if (typeof value === 'string' && values.includes(value)) return []
  const shown = typeof value === 'string' ? value : JSON.stringify(value)
  const near = typeof value === 'string' ? nearest(value, values) : undefined
  const help = near === undefined ? `Write ${values.slice(0, -1).join(', ')} or ${values.at(-1)}` : `Write ${near}`
  const message = value === 'Snapshot' ? `is Snapshot, and ${type} has none to take` : `is ${shown}`
  return [invalid(path, message, help)]
}

function properties(
  document: Document,
  resource: JsonObject,
  facts: ResourceTypeFacts | undefined,
  path: Path,
): readonly Diagnostic[] {
  const written = member(resource, 'Properties')
  if (written !== undefined && (!isObject(written) || callOf(written) !== undefined)) return []
  const place = written === undefined ? path : [...path, 'Properties']
  const nulls = nullsIn(written ?? {})
  const diagnostics = nulls.map(it =>
    invalid([...place, ...it], 'is null, which no template may hold', 'Remove it, or write a Ref of AWS::NoValue'),
  )
  if (facts === undefined) return diagnostics
  const isNull = new Set(nulls.map(it => it.join('\0')))
  const condition = member(resource, 'Condition')
  const given = typeof condition === 'string' ? [{ condition, holds: true }] : []
  const found = complaintsOf(document, withoutPolicies(written ?? {}), given, facts).filter(
    it => !isNull.has(it.path.join('\0')),
  )
  return [
    ...diagnostics,
    ...found.map(
      ({ path: inside, message, help }): Diagnostic => ({
        code: 'invalid-property',
        severity: 'error',
        path: [...place, ...inside],
        message,
        help,
      }),
    ),
  ]
}

/**
 * With IAM documents as empty objects. To the schemas of these types they are any object or text, so that no `If` in
 * one changes what a schema says; what they hold, branch by branch, is for the rules on IAM to judge.
 */
function withoutPolicies(properties: JsonObject): JsonObject {
  const strip = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(strip)
    return isObject(value) ? withoutPolicies(value) : value
  }
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [
      name,
      /^(?:AssumeRole)?PolicyDocument$/.test(name) && isObject(value) && callOf(value) === undefined
        ? {}
        : strip(value),
    ]),
  )
}

function nullsIn(value: Json): readonly Path[] {
  const found: Path[] = []
  const path: (string | number)[] = []
  const visit = (it: Json): void => {
    if (it === null) found.push([...path])
    // What a call takes is judged with the functions.
    if (typeof it !== 'object' || it === null || callOf(it)?.[1] === null) return
    for (const [key, item] of Array.isArray(it) ? it.entries() : Object.entries(it)) {
      if (typeof item !== 'object') continue
      path.push(key)
      visit(item)
      path.pop()
    }
  }
  visit(value)
  return found
}

/** What the type's schema finds wrong in any scenario, by its place in the template. */
function complaintsOf(
  document: Document,
  written: JsonObject,
  given: readonly Assumption[],
  facts: ResourceTypeFacts,
): readonly Complaint[] {
  const solver = solverOf(document)
  const plan = planOf(written)
  const scenarios = scenariosOf(plan, given, solver)
  const inScenario = (scenario: Scenario) => {
    const found = new Map<string, Complaint>()
    for (const complaint of facts.complaints(resolve(plan, scenario) ?? {})) {
      const path = originOf(plan, complaint.path, scenario)
      found.set(JSON.stringify([path, complaint.message]), { ...complaint, path })
    }
    return found
  }
  const found = scenarios.map(inScenario)
  const all = new Map(found.flatMap(it => [...it]))
  return [...all].map(([key, complaint]) => {
    const example = scenarios[found.findIndex(it => it.has(key))]
    if (example === undefined || found.every(it => it.has(key))) return complaint
    const holdsIn = (name: string) => example[plan.conditions.indexOf(name)] === true
    /** Do these values alone bring it about, whatever the other conditions are? */
    const isEnough = (names: readonly string[]) => {
      const indexes = names.map(name => plan.conditions.indexOf(name))
      const isLike = (scenario: Scenario) => indexes.every(index => scenario[index] === example[index])
      if (scenarios.some((it, at) => isLike(it) && found[at]?.has(key) !== true)) return false
      const when = names.map(condition => ({ condition, holds: holdsIn(condition) }))
      const exploration = solver.explore(plan.conditions, given)
      return [true, false].every(preferred => {
        const extreme = exploration.first(when, plan.conditions, () => preferred)
        return extreme === undefined || inScenario(extreme).has(key)
      })
    }
    const when = decisive(plan.conditions, decidersOf(plan, complaint.path), isEnough)
    const values = when.map(name => `${name} is ${holdsIn(name)}`)
    return { ...complaint, message: `${complaint.message} when ${values.join(' and ')}` }
  })
}

/** Those around the place, and of the others as few as are enough: one that has nothing to do with the place goes first. */
function decisive(
  conditions: readonly string[],
  { around, beside }: Deciders,
  isEnough: (names: readonly string[]) => boolean,
): readonly string[] {
  const others = conditions.filter(name => !around.has(name) && !beside.has(name))
  const needed = new Set(conditions)
  for (const name of [...others, ...beside]) {
    needed.delete(name)
    if (!isEnough([...needed])) needed.add(name)
  }
  return conditions.filter(name => needed.has(name))
}

function invalid(path: Path, message: string, help: string): Diagnostic {
  return { code: 'invalid-value', severity: 'error', path, message, help }
}
