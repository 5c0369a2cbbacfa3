import { Deployments, type Place, places, type Scenario } from '../access/scenarios.ts'
import { optionalPlaceholders, requiredPlaceholders } from '../access/show/placeholders.ts'
import { solverOf } from '../check/conditions.ts'
import { type Document, isList, isObject, type Json, type JsonObject, member } from '../document.ts'
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
export function deploymentsToCompare(old: Document, fresh: Document): Enumeration {
  const joint = jointOf(old, fresh)
  const solver = solverOf(joint.document)
  const found = new Map<string, Deployed>()
  let isPartial = false
  const own = new Set(Object.keys(section(old, 'Parameters')))
  const add = (place: Place, scenario: Scenario | undefined): void => {
    if (scenario === undefined) return
    const parameters = Object.fromEntries(Object.entries(scenario.parameters).filter(([name]) => own.has(name)))
    found.set(JSON.stringify([place.region, parameters]), { place, parameters })
  }
  for (const place of places) {
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
    for (const { conditions, parameters } of joint.units) {
      if (place !== places[0] && !conditions.some(joint.isPlaced)) continue
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
        for (const [name, value] of variantsOf(joint.document, parameters)) {
          add(place, deployments.given({ ...scenario.parameters, [name]: value }))
        }
      }
    }
  }
  return { deployments: [...found.values()], isPartial }
}

const mostCombinations = 256

type Unit = { readonly conditions: readonly string[]; readonly parameters: readonly string[] }

type Joint = {
  readonly document: Document
  readonly units: readonly Unit[]
  /** Does a condition depend on where the stack is? */
  readonly isPlaced: (condition: string) => boolean
}

/** By which the conditions of the new template are called beside those of the old one. */
const mark = ' of the new template'

/**
 * A document with the parameters and rules of the old template and the conditions of both, those of the new one under
 * names of their own where they say something else. Parameters that only the new one has are at their defaults, as they
 * are when a stack is updated.
 */
function jointOf(old: Document, fresh: Document): Joint {
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
  const name = (condition: string): string => (isSame(condition) ? condition : `${condition}${mark}`)
  const rewritten = (json: Json): Json => withDefaults(withNames(json, name), defaults)
  const [oldMaps, freshMaps] = [section(old, 'Mappings'), section(fresh, 'Mappings')]
  // of two mappings of one name the conditions of the new template look into the new one
  const maps = Object.entries(freshMaps).filter(([key, map]) => text(map) !== text(oldMaps[key]))
  const renamedMaps = new Map(maps.map(([key]) => [key, `${key}${mark}`]))
  const conditions = {
    ...before,
    ...Object.fromEntries(
      Object.entries(after).flatMap(([condition, json]) =>
        isSame(condition) ? [] : [[name(condition), withMaps(rewritten(json), renamedMaps)] as const],
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
  const units = [
    ...differingUnits(old, withIds(fresh, aliasesOf(old, fresh)), name),
    ...Object.keys(refusals(fresh, rewritten)).map(one),
  ]
  const unique = new Map(units.map(unit => [JSON.stringify(unit), unit]))
  return { document, units: [...unique.values()], isPlaced: placed(conditions) }
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
  return { conditions: [condition], parameters: [] }
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

/** Is a condition, with all that it is made of, the same in both templates? */
function sameDefinitions(old: Document, fresh: Document): (condition: string) => boolean {
  const known = new Map<string, boolean>()
  const isSame = (condition: string): boolean => {
    const answer = known.get(condition)
    if (answer !== undefined) return answer
    known.set(condition, false)
    const [one, other] = [section(old, 'Conditions')[condition], section(fresh, 'Conditions')[condition]]
    const isOne = one !== undefined && other !== undefined && text(one) === text(other) && isRooted(one)
    known.set(condition, isOne)
    return isOne
  }
  const isRooted = (json: Json): boolean => {
    if (isList(json)) return json.every(isRooted)
    if (!isObject(json)) return true
    return Object.entries(json).every(([key, item]) => {
      if (key === 'Condition' && typeof item === 'string') return isSame(item)
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

/** What decides how the parts come out that differ, of resources and outputs. */
function differingUnits(old: Document, fresh: Document, name: (condition: string) => string): readonly Unit[] {
  return (['Resources', 'Outputs'] as const).flatMap(key => {
    const [before, after] = [section(old, key), section(fresh, key)]
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap(id => {
      const [one, other] = [before[id], after[id]]
      const within = [...conditionOf(one), ...conditionOf(other).map(name)]
      return differences(one, other, name).map(({ conditions, parameters }) => ({
        conditions: [...new Set([...within, ...conditions])],
        parameters,
      }))
    })
  })
}

function conditionOf(json: Json | undefined): readonly string[] {
  const condition = isObject(json) ? json['Condition'] : undefined
  return typeof condition === 'string' ? [condition] : []
}

/** Where two texts part, each with the conditions on the way to it and in it. */
function differences(
  old: Json | undefined,
  fresh: Json | undefined,
  name: (condition: string) => string,
): readonly Unit[] {
  const isPlain = (json: Json | undefined): boolean =>
    json === undefined || conditionsIn(json).every(it => name(it) === it)
  if (text(old) === text(fresh) && isPlain(old)) return []
  if (isList(old) && isList(fresh)) return listDifferences(old, fresh, name)
  if (isObject(old) && isObject(fresh)) {
    const [left, right] = [old['Fn::If'], fresh['Fn::If']]
    if (isList(left) && isList(right)) {
      const [a, ...branches] = left
      const [b, ...others] = right
      const around = [...(typeof a === 'string' ? [a] : []), ...(typeof b === 'string' ? [name(b)] : [])]
      const within = branches.flatMap((branch, at) => differences(branch, others[at], name))
      const own = around.length > 1 && around[0] !== around[1] ? [{ conditions: around, parameters: [] }] : []
      return [
        ...own,
        ...within.map(({ conditions, parameters }) => ({
          conditions: [...new Set([...around, ...conditions])],
          parameters,
        })),
      ]
    }
    if (left === undefined && right === undefined) {
      const keys = [...new Set([...Object.keys(old), ...Object.keys(fresh)])]
      return keys.flatMap(key => differences(old[key], fresh[key], name))
    }
  }
  const conditions = [
    ...(old === undefined ? [] : conditionsIn(old)),
    ...(fresh === undefined ? [] : conditionsIn(fresh).map(name)),
  ]
  const parameters = [
    ...(old === undefined ? [] : referencesIn(old)),
    ...(fresh === undefined ? [] : referencesIn(fresh)),
  ]
  return [{ conditions: [...new Set(conditions)], parameters: [...new Set(parameters)] }]
}

/** Of items that stand in one list and not in the other, in the order in which they stand. */
function listDifferences(
  old: readonly Json[],
  fresh: readonly Json[],
  name: (condition: string) => string,
): readonly Unit[] {
  const isPlain = (item: Json): boolean => conditionsIn(item).every(it => name(it) === it)
  const [known, there] = [new Set(old.filter(isPlain).map(text)), new Set(fresh.filter(isPlain).map(text))]
  const before = old.filter(item => !there.has(text(item)))
  const after = fresh.filter(item => !known.has(text(item)))
  const length = Math.max(before.length, after.length)
  return Array.from({ length }, (_, at) => differences(before[at], after[at], name)).flat()
}

/** Of each parameter that a differing part names and that takes few values, each of them. */
function* variantsOf(document: Document, parameters: readonly string[]): Generator<readonly [string, string]> {
  for (const name of parameters) {
    const declaration = section(document, 'Parameters')[name]
    const allowed = isObject(declaration) ? (allowedValuesOf(declaration) ?? []) : []
    if (allowed.length <= mostValues) for (const value of allowed) yield [name, value]
  }
}

const mostValues = 8

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

function referencesIn(json: Json): readonly string[] {
  if (isList(json)) return json.flatMap(referencesIn)
  if (!isObject(json)) return []
  return Object.entries(json).flatMap(([key, item]) =>
    key === 'Ref' && typeof item === 'string' ? [item] : referencesIn(item),
  )
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
