import { Deployments, type Place, places, type Scenario } from '../access/scenarios.ts'
import { optionalPlaceholders, otherPlaceholder, requiredPlaceholders } from '../access/show/placeholders.ts'
import { referencesIn } from '../access/units.ts'
import { solverOf } from '../check/conditions.ts'
import { type Document, isList, isObject, type Json, type JsonObject, member } from '../document.ts'
import { dnsSuffix, partitionOf, regions } from '../launch/partitions.ts'
import { allowedValuesOf, textOf } from '../parameter.ts'

/**
 * Deployments of the old template, enough to meet each way in which a part that differs can come out: each satisfiable
 * combination of the conditions that decide it, of both templates at once, wherever a region matters.
 */
export type Deployed = {
  readonly place: Place
  /** Of the old template; all of them. */
  readonly parameters: Readonly<Record<string, string>>
}

export type Enumeration = {
  readonly deployments: readonly Deployed[]
  /** Parts of which not all combinations were looked at. */
  readonly isPartial: boolean
}

/** The old template's deployments, as far as they can tell it from the new one. */
export function deploymentsToCompare(joint: Joint): Enumeration {
  const { old } = joint
  const solver = solverOf(joint.document)
  const found = new Map<string, Deployed>()
  let isPartial = false
  const own = new Set(Object.keys(section(old, 'Parameters')))
  const add = (place: Place, scenario: Scenario | undefined): void => {
    if (scenario === undefined) return
    const parameters = Object.fromEntries(Object.entries(scenario.parameters).filter(([name]) => own.has(name)))
    found.set(JSON.stringify([place.region, parameters]), { place, parameters })
  }
  for (const place of joint.places) {
    const examples = { ...optionalPlaceholders(joint.document, place), ...requiredPlaceholders(joint.document, place) }
    const samples = (parameter: string): readonly string[] => {
      const example = examples[parameter]
      return example === undefined ? [] : [example]
    }
    const deployments = new Deployments(joint.document, place, samples)
    const required = requiredPlaceholders(joint.document, place)
    add(place, deployments.given(required))
    for (const isOn of [true, false])
      add(
        place,
        deployments.deploy([], () => isOn),
      )
    for (const unit of joint.units) {
      const { conditions, parameters } = unit
      if (place !== places[0] && !isPlacedIn(joint, unit)) continue
      let count = 0
      for (const values of solver.explore(conditions, []).combinations(conditions)) {
        if (++count > mostCombinations) {
          isPartial = true
          break
        }
        const when = conditions.map((condition, at) => ({ condition, holds: values[at] === true }))
        const scenario = deployments.deploy(when)
        add(place, scenario)
        if (scenario === undefined) continue
        for (const [name, value] of variantsOf(joint, parameters, place)) {
          add(place, deployments.given({ ...scenario.parameters, [name]: value }))
        }
      }
    }
  }
  return { deployments: [...found.values()], isPartial }
}

const mostCombinations = 256

/** A part that differs, and what decides how it comes out. */
export type Unit = {
  /** `Resources.Pool`; of a rule its condition. */
  readonly subject: string
  readonly conditions: readonly string[]
  /** Also pseudo parameters. */
  readonly parameters: readonly string[]
}

/** Two templates side by side. */
export type Joint = {
  readonly old: Document
  readonly fresh: Document
  /** The parameters of both, and their conditions and mappings under names that tell them apart. */
  readonly document: Document
  /** Resources and outputs of the new template in the words of that. */
  readonly renamed: Pick<Document, 'Resources' | 'Outputs'>
  /** Values of parameters that only the new template has. */
  readonly defaults: ReadonlyMap<string, string>
  readonly units: readonly Unit[]
  /** Does a condition depend on where the stack is? */
  readonly isPlaced: (condition: string) => boolean
  /** Regions that stand for all: the usual first; each that is named; one that is not. */
  readonly places: readonly Place[]
}

/** Does it matter where the stack is? */
export function isPlacedIn(joint: Joint, { conditions, parameters }: Unit): boolean {
  return conditions.some(joint.isPlaced) || parameters.some(it => placeNames.includes(it))
}

const placeNames: readonly string[] = ['AWS::Region', 'AWS::Partition', 'AWS::URLSuffix']

/** By which the conditions of the new template are called beside those of the old one. */
export const mark = ' of the new template'

/**
 * A document with the parameters and rules of the old template and the conditions of both, those of the new one under
 * names of their own where they say something else. Parameters that only the new one has are at their defaults, as they
 * are when a stack is updated.
 */
export function jointOf(old: Document, fresh: Document): Joint {
  const [oldParameters, freshParameters] = [section(old, 'Parameters'), section(fresh, 'Parameters')]
  const added = Object.entries(freshParameters).filter(([name]) => !Object.hasOwn(oldParameters, name))
  const defaults = new Map(
    added.flatMap(([name, it]) => {
      const preset = isObject(it) ? textOf(member(it, 'Default')) : undefined
      return preset === undefined ? [] : [[name, preset] as const]
    }),
  )
  const required = Object.fromEntries(added.filter(([name]) => !defaults.has(name)))
  const [before, after] = [section(old, 'Conditions'), section(fresh, 'Conditions')]
  const isSame = sameDefinitions(old, fresh)
  const name = (condition: string): string => isSame(condition) ?? `${condition}${mark}`
  const rewritten = (json: Json): Json => withDefaults(withNames(json, name), defaults)
  const [oldMaps, freshMaps] = [section(old, 'Mappings'), section(fresh, 'Mappings')]
  // of two mappings of one name the conditions of the new template look into the new one
  const maps = Object.entries(freshMaps).filter(([key, map]) => !isWithin(oldMaps[key], map))
  const renamedMaps = new Map(maps.map(([key]) => [key, `${key}${mark}`]))
  const conditions = {
    ...before,
    ...Object.fromEntries(
      Object.entries(after).flatMap(([condition, json]) =>
        isSame(condition) !== undefined ? [] : [[name(condition), withMaps(rewritten(json), renamedMaps)] as const],
      ),
    ),
    ...refusals(fresh, rewritten),
  }
  const document: Document = {
    Parameters: { ...oldParameters, ...required },
    ...(old.Rules === undefined ? {} : { Rules: old.Rules }),
    Mappings: { ...oldMaps, ...Object.fromEntries(maps.map(([key, map]) => [`${key}${mark}`, map])) },
    Conditions: conditions,
    Resources: {},
  }
  const { Resources, Outputs = {} } = withIds(fresh, aliasesOf(old, fresh))
  const inNames = (entries: JsonObject): JsonObject =>
    Object.fromEntries(
      Object.entries(entries).map(([id, it]) => [
        id,
        withCondition(withMaps(withChoices(it, name), renamedMaps), name),
      ]),
    )
  const renamed = {
    Resources: inNames(isObject(Resources) ? Resources : {}),
    Outputs: inNames(isObject(Outputs) ? Outputs : {}),
  }
  const units = [...differingUnits(old, renamed), ...Object.keys(refusals(fresh, rewritten)).map(one)]
  const unique = new Map(units.map(unit => [JSON.stringify(unit), unit]))
  const isPlaced = placed(conditions)
  const both = { old, fresh, document, renamed, defaults, units: [...unique.values()], isPlaced, places }
  return both.units.some(unit => isPlacedIn(both, unit)) ? { ...both, places: placesOf(old, fresh) } : both
}

/** Does a mapping give for each key of another what that gave? Keys that it has besides no stack has asked for. */
function isWithin(old: Json | undefined, fresh: Json): boolean {
  if (!isObject(old) || !isObject(fresh)) return text(old) === text(fresh)
  return Object.entries(old).every(([key, it]) => {
    const other = fresh[key]
    return other !== undefined && isWithin(it, other)
  })
}

/** Those that stand for all, and each commercial or other region that conditions, rules and mappings tell apart. */
function placesOf(old: Document, fresh: Document): readonly Place[] {
  const sections = [old, fresh].flatMap(it => [it.Conditions ?? {}, it.Rules ?? {}, it.Mappings ?? {}])
  const named = new Set(text(sections).match(/(?<=")[a-z]{2,4}(?:-[a-z]+)+-\d{1,2}(?=")/g) ?? [])
  const unnamed = regions.find(({ id, partition }) => partition === 'aws' && !named.has(id))?.id
  const ids = [...named, ...(unnamed === undefined ? [] : [unnamed])]
  const more = ids.flatMap((region): readonly Place[] => {
    const partition = partitionOf(region)
    if (partition === undefined || places.some(it => it.region === region)) return []
    return [{ region, partition, urlSuffix: dnsSuffix(partition) }]
  })
  return [...places, ...more]
}

function placed(conditions: JsonObject): (condition: string) => boolean {
  const known = new Map<string, boolean>()
  const isPlaced = (condition: string): boolean => {
    const answer = known.get(condition)
    if (answer !== undefined) return answer
    known.set(condition, false)
    const json = conditions[condition]
    const found =
      json !== undefined && (/AWS::(?:Region|Partition|URLSuffix)/.test(text(json)) || named(json).some(isPlaced))
    known.set(condition, found)
    return found
  }
  const named = (json: Json): readonly string[] => {
    if (isList(json)) return json.flatMap(named)
    if (!isObject(json)) return []
    return Object.entries(json).flatMap(([key, item]) =>
      key === 'Condition' && typeof item === 'string' ? [item] : named(item),
    )
  }
  return isPlaced
}

/**
 * What is but called otherwise: of a type of which one goes and one comes. Of these alone it must not seem that all
 * differs which refers to them.
 */
function aliasesOf(old: Document, fresh: Document): ReadonlyMap<string, string> {
  const [before, after] = [section(old, 'Resources'), section(fresh, 'Resources')]
  const typesOf = (one: JsonObject, other: JsonObject): ReadonlyMap<string, readonly string[]> => {
    const found = new Map<string, readonly string[]>()
    for (const [id, resource] of Object.entries(one)) {
      if (Object.hasOwn(other, id) || !isObject(resource)) continue
      const type = text(resource['Type'])
      found.set(type, [...(found.get(type) ?? []), id])
    }
    return found
  }
  const gone = typesOf(before, after)
  return new Map(
    [...typesOf(after, before)].flatMap(([type, [id, ...others]]) => {
      const [other, ...more] = gone.get(type) ?? []
      return id !== undefined && other !== undefined && others.length + more.length === 0 ? [[id, other] as const] : []
    }),
  )
}

/** With other logical IDs, wherever they are referred to. */
function withIds(document: Document, ids: ReadonlyMap<string, string>): Document {
  if (ids.size === 0) return document
  const idOf = (id: string): string => ids.get(id) ?? id
  const dotted = (path: string): string => path.replace(/^[^.]+/, idOf)
  const visit = (json: Json): Json => {
    if (isList(json)) return json.map(visit)
    if (!isObject(json)) return json
    return Object.fromEntries(
      Object.entries(json).map(([key, item]): readonly [string, Json] => {
        if (key === 'Ref' && typeof item === 'string') return [key, idOf(item)]
        if (key === 'Fn::GetAtt' && typeof item === 'string') return [key, dotted(item)]
        if (key === 'Fn::GetAtt' && isList(item) && typeof item[0] === 'string')
          return [key, [idOf(item[0]), ...item.slice(1)]]
        if (key !== 'Fn::Sub') return [key, visit(item)]
        const [template, ...rest] = isList(item) ? item : [item]
        if (typeof template !== 'string') return [key, item]
        const text = template.replaceAll(/\$\{([^!}]+)\}/g, (_, path: string) => `\${${dotted(path)}}`)
        return [key, isList(item) ? [text, ...rest.map(visit)] : text]
      }),
    )
  }
  const renamed = (entries: JsonObject): JsonObject =>
    Object.fromEntries(Object.entries(entries).map(([id, it]) => [idOf(id), visit(it)]))
  return {
    ...document,
    Resources: renamed(section(document, 'Resources')),
    ...(document.Outputs === undefined
      ? {}
      : { Outputs: Object.fromEntries(Object.entries(document.Outputs).map(([id, it]) => [id, visit(it)])) }),
  }
}

function one(condition: string): Unit {
  return { subject: condition, conditions: [condition], parameters: [] }
}

/** For each assertion of a rule a condition that holds where CloudFormation refuses by it. */
function refusals(fresh: Document, rewritten: (json: Json) => Json): JsonObject {
  return Object.fromEntries(
    Object.entries(section(fresh, 'Rules')).flatMap(([rule, declaration]) => {
      const assertions = isObject(declaration) ? declaration['Assertions'] : undefined
      if (!isObject(declaration) || !isList(assertions)) return []
      const when = declaration['RuleCondition']
      return assertions.flatMap((assertion, at): readonly (readonly [string, Json])[] => {
        const holds = isObject(assertion) ? assertion['Assert'] : undefined
        if (holds === undefined) return []
        const refused = { 'Fn::Not': [rewritten(holds)] }
        const condition = when === undefined ? refused : { 'Fn::And': [rewritten(when), refused] }
        return [[`rule ${rule} ${at}${mark}`, condition]]
      })
    }),
  )
}

/** What a condition of the new template is called in the old one, if it is the same there with all that it is made of. */
function sameDefinitions(old: Document, fresh: Document): (condition: string) => string | undefined {
  const [before, after] = [writtenOut(old), writtenOut(fresh)]
  const names = new Map<string, string>()
  for (const condition of Object.keys(section(old, 'Conditions'))) {
    const json = before(condition)
    if (json !== undefined && !names.has(text(json))) names.set(text(json), condition)
  }
  const known = new Map<string, string | undefined>()
  const isSame = (condition: string): string | undefined => {
    if (known.has(condition)) return known.get(condition)
    const [one, other] = [before(condition), after(condition)]
    const isOne = one !== undefined && text(one) === text(other)
    const found = isOne ? condition : other === undefined ? undefined : names.get(text(other))
    const answer = other !== undefined && isRooted(other) ? found : undefined
    known.set(condition, answer)
    return answer
  }
  const isRooted = (json: Json): boolean => {
    if (isList(json)) return json.every(isRooted)
    if (!isObject(json)) return true
    return Object.entries(json).every(([key, item]) => {
      if (key === 'Ref' && typeof item === 'string') return item.startsWith('AWS::') || isParameterOfBoth(item)
      if (key === 'Fn::FindInMap' && isList(item)) {
        const [map] = item
        return typeof map === 'string' && sameEntry('Mappings', map) && item.every(isRooted)
      }
      if (key === 'Fn::Sub')
        return [...text(item).matchAll(/\$\{([^!}.]+)\}/g)].every(([, it = '']) => isSubstitute(it))
      return isRooted(item)
    })
  }
  const isParameterOfBoth = (parameter: string): boolean =>
    [old, fresh].every(document => section(document, 'Parameters')[parameter] !== undefined)
  // a variable of the Fn::Sub itself is in its text
  const isSubstitute = (it: string): boolean =>
    it.startsWith('AWS::') ||
    [old, fresh].every(document => section(document, 'Parameters')[it] === undefined) ||
    isParameterOfBoth(it)
  const sameEntry = (name: 'Mappings', key: string): boolean =>
    text(section(old, name)[key]) === text(section(fresh, name)[key])
  return isSame
}

/** Of each condition its definition with those in it that it names; of one that is made of itself, or too long, none. */
function writtenOut(document: Document): (condition: string) => Json | undefined {
  const conditions = section(document, 'Conditions')
  const known = new Map<string, Json | undefined>()
  const written = (condition: string): Json | undefined => {
    if (known.has(condition)) return known.get(condition)
    known.set(condition, undefined)
    const json = member(conditions, condition)
    const all = json === undefined ? undefined : visit(json)
    const answer = all === undefined || text(all).length > mostWritten ? undefined : all
    known.set(condition, answer)
    return answer
  }
  const visit = (json: Json): Json | undefined => {
    if (isList(json)) {
      const items = json.map(visit)
      return items.every(it => it !== undefined) ? items : undefined
    }
    if (!isObject(json)) return json
    const { Condition } = json
    if (typeof Condition === 'string') return written(Condition)
    const entries = Object.entries(json).flatMap(([key, item]) => {
      const it = visit(item)
      return it === undefined ? [] : [[key, it] as const]
    })
    return entries.length === Object.keys(json).length ? Object.fromEntries(entries) : undefined
  }
  return written
}

const mostWritten = 20_000

/** What decides how the parts come out that differ, of resources and outputs. */
function differingUnits(old: Document, fresh: Pick<Document, 'Resources' | 'Outputs'>): readonly Unit[] {
  return (['Resources', 'Outputs'] as const).flatMap(key => {
    const [before, after] = [section(old, key), section(fresh, key)]
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap(id => {
      const [one, other] = [member(before, id), member(after, id)]
      const within = [...new Set([...conditionOf(one), ...conditionOf(other)])]
      const subject = `${key}.${id}`
      const whole: readonly Unit[] = within.length > 1 ? [{ subject, conditions: within, parameters: [] }] : []
      const parts = differences(one, other).map(({ conditions, parameters }) => ({
        ...{ subject, parameters },
        conditions: [...new Set([...within, ...conditions])],
      }))
      return [...whole, ...parts]
    })
  })
}

function conditionOf(json: Json | undefined): readonly string[] {
  const condition = isObject(json) ? json['Condition'] : undefined
  return typeof condition === 'string' ? [condition] : []
}

type Part = Omit<Unit, 'subject'>

/** Where two texts part, each with the conditions on the way to it and in it. */
function differences(old: Json | undefined, fresh: Json | undefined): readonly Part[] {
  if (text(old) === text(fresh)) return []
  if (isList(old) && isList(fresh)) return listDifferences(old, fresh)
  if (isObject(old) && isObject(fresh)) {
    const [left, right] = [old['Fn::If'], fresh['Fn::If']]
    if (isList(left) && isList(right)) {
      const [a, ...branches] = left
      const [b, ...others] = right
      const around = [a, b].filter(it => typeof it === 'string')
      const within = branches.flatMap((branch, at) => differences(branch, others[at]))
      const own = a === b ? [] : [{ conditions: [...new Set(around)], parameters: [] }]
      return [
        ...own,
        ...within.map(({ conditions, parameters }) => ({
          conditions: [...new Set([...around, ...conditions])],
          parameters,
        })),
      ]
    }
    const isWhole = [old, fresh].some(it => wholeCalls.some(fn => Object.hasOwn(it, fn)))
    if (left === undefined && right === undefined && !isWhole) {
      const keys = [...new Set([...Object.keys(old), ...Object.keys(fresh)])]
      return keys.flatMap(key => differences(old[key], fresh[key]))
    }
  }
  const both = [old, fresh].filter(it => it !== undefined)
  return [
    {
      conditions: [...new Set(both.flatMap(conditionsIn))],
      parameters: [...new Set(both.flatMap(referencesIn))],
    },
  ]
}

/** Calls of which no part means anything without the others. */
const wholeCalls = ['Fn::FindInMap', 'Fn::Sub', 'Fn::Select', 'Fn::Split', 'Fn::GetAtt']

/** Of items that stand in one list and not in the other, in the order in which they stand. */
function listDifferences(old: readonly Json[], fresh: readonly Json[]): readonly Part[] {
  const [known, there] = [new Set(old.map(text)), new Set(fresh.map(text))]
  const before = old.filter(item => !there.has(text(item)))
  const after = fresh.filter(item => !known.has(text(item)))
  const length = Math.max(before.length, after.length)
  // of the same in another order all may show
  if (length === 0) {
    const both = [...old, ...fresh]
    const [conditions, parameters] = [both.flatMap(conditionsIn), both.flatMap(referencesIn)]
    return [{ conditions: [...new Set(conditions)], parameters: [...new Set(parameters)] }]
  }
  return Array.from({ length }, (_, at) => differences(before[at], after[at])).flat()
}

/**
 * Of each parameter that a differing part names the values that are worth a try: those that it lists, those by which
 * mappings are looked up, and one that is not its default.
 */
function* variantsOf(
  { old, fresh, document }: Joint,
  parameters: readonly string[],
  place: Place,
): Generator<readonly [string, string]> {
  for (const name of parameters) {
    const declaration = section(document, 'Parameters')[name]
    if (!isObject(declaration)) continue
    const allowed = allowedValuesOf(declaration)
    const other = otherPlaceholder(document, name, place)
    const keys = [old, fresh].flatMap(it => keysBy(it, name))
    const values = allowed ?? [...keys, ...(other === undefined ? [] : [other])]
    for (const value of [...new Set(values)].slice(0, mostValues)) yield [name, value]
  }
}

const mostValues = 32

/** The keys by one of which a mapping is looked up with a parameter. */
export function keysBy(document: Document, parameter: string): readonly string[] {
  const found = new Set<string>()
  const visit = (json: Json): void => {
    if (isList(json)) json.forEach(visit)
    if (!isObject(json)) return
    const lookup = json['Fn::FindInMap']
    if (isList(lookup)) {
      const [map, ...keys] = lookup
      const entries = typeof map === 'string' ? section(document, 'Mappings')[map] : undefined
      const isBy = (key: Json | undefined): boolean => isObject(key) && key['Ref'] === parameter
      if (isObject(entries) && isBy(keys[0])) for (const key of Object.keys(entries)) found.add(key)
      if (isObject(entries) && isBy(keys[1]))
        for (const it of Object.values(entries)) for (const key of isObject(it) ? Object.keys(it) : []) found.add(key)
    }
    Object.values(json).forEach(visit)
  }
  for (const key of ['Conditions', 'Resources', 'Outputs'] as const) visit(section(document, key))
  return [...found]
}

function section(document: Document, name: keyof Document): JsonObject {
  const root: JsonObject = document
  const found = member(root, name)
  return isObject(found) ? found : {}
}

function text(json: Json | undefined): string {
  return JSON.stringify(json) ?? ''
}

function conditionsIn(json: Json): readonly string[] {
  if (isList(json)) return json.flatMap(conditionsIn)
  if (!isObject(json)) return []
  const choice = json['Fn::If']
  const own = isList(choice) && typeof choice[0] === 'string' ? [choice[0]] : []
  return [...own, ...Object.values(json).flatMap(conditionsIn)]
}

/** With the names of conditions by which `Fn::If` chooses. */
function withChoices(json: Json, name: (condition: string) => string): Json {
  if (isList(json)) return json.map(item => withChoices(item, name))
  if (!isObject(json)) return json
  return Object.fromEntries(
    Object.entries(json).map(([key, item]): readonly [string, Json] => {
      if (key !== 'Fn::If' || !isList(item)) return [key, withChoices(item, name)]
      const [condition = null, ...branches] = item
      const chosen = typeof condition === 'string' ? name(condition) : condition
      return [key, [chosen, ...branches.map(branch => withChoices(branch, name))]]
    }),
  )
}

/** Of a resource or an output, with the name of its own condition. */
function withCondition(json: Json, name: (condition: string) => string): Json {
  const [condition] = conditionOf(json)
  return condition === undefined || !isObject(json) ? json : { ...json, Condition: name(condition) }
}

/** With the names of conditions that `{ Condition: … }` refers to. */
function withNames(json: Json, name: (condition: string) => string): Json {
  if (isList(json)) return json.map(item => withNames(item, name))
  if (!isObject(json)) return json
  return Object.fromEntries(
    Object.entries(json).map(([key, item]) => [
      key,
      key === 'Condition' && typeof item === 'string' ? name(item) : withNames(item, name),
    ]),
  )
}

function withMaps(json: Json, names: ReadonlyMap<string, string>): Json {
  if (isList(json)) return json.map(item => withMaps(item, names))
  if (!isObject(json)) return json
  return Object.fromEntries(
    Object.entries(json).map(([key, item]) => {
      const [map, ...rest] = key === 'Fn::FindInMap' && isList(item) ? item : []
      return [key, typeof map === 'string' ? [names.get(map) ?? map, ...rest] : withMaps(item, names)]
    }),
  )
}

/** With the values of parameters in place of them. */
function withDefaults(json: Json, defaults: ReadonlyMap<string, string>): Json {
  if (defaults.size === 0) return json
  if (isList(json)) return json.map(item => withDefaults(item, defaults))
  if (!isObject(json)) return json
  const { Ref } = json
  const preset = typeof Ref === 'string' && Object.keys(json).length === 1 ? defaults.get(Ref) : undefined
  if (preset !== undefined) return preset
  return Object.fromEntries(
    Object.entries(json).map(([key, item]) => [
      key,
      key === 'Fn::Sub' ? withDefaultsInText(item, defaults) : withDefaults(item, defaults),
    ]),
  )
}

function withDefaultsInText(argument: Json, defaults: ReadonlyMap<string, string>): Json {
  const [template, given] = isList(argument) ? argument : [argument]
  if (typeof template !== 'string') return argument
  const named = Object.fromEntries([...defaults].filter(([name]) => template.includes(`\${${name}}`)))
  const variables = isObject(given) ? withDefaults(given, defaults) : {}
  return [template, { ...named, ...(isObject(variables) ? variables : {}) }]
}
