import { type Assumption, type Solver, solverOf, type Witness } from '../check/conditions.ts'
import { type Document, isObject, type JsonObject } from '../document.ts'
import { allowedValuesOf, refusal, textOf } from '../parameter.ts'
import { evaluateConditions } from '../resolve/conditions.ts'
import type { Environment } from '../resolve/environment.ts'
import { failedRules } from '../resolve/rules.ts'
import { Unknown } from '../resolve/value.ts'
import { spokenExamples } from './spoken-examples.ts'
import { type Unit, unitsOf } from './units.ts'

/** The ways in which a template can be deployed, as far as its conditions tell them apart. */

export type Place = { readonly region: string; readonly partition: string; readonly urlSuffix: string }

/**
 * Regions in which identities are called by hosts that differ: a commercial one, both of GovCloud, that of China.
 * https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/govcloud-cog.html
 */
export const places: readonly Place[] = [
  { region: 'us-east-1', partition: 'aws', urlSuffix: 'amazonaws.com' },
  { region: 'us-gov-west-1', partition: 'aws-us-gov', urlSuffix: 'amazonaws.com' },
  { region: 'us-gov-east-1', partition: 'aws-us-gov', urlSuffix: 'amazonaws.com' },
  { region: 'cn-north-1', partition: 'aws-cn', urlSuffix: 'amazonaws.com.cn' },
]

/** Regions of partitions whose identity hosts nobody knows: a template with identities is refused there. */
export const unknownPlaces: readonly Place[] = [
  { region: 'eusc-de-east-1', partition: 'aws-eusc', urlSuffix: 'amazonaws.eu' },
  { region: 'us-iso-east-1', partition: 'aws-iso', urlSuffix: 'c2s.ic.gov' },
]

/** One deployment. */
export type Scenario = {
  readonly place: Place
  /** The values of all parameters, also of those that are left at their defaults. */
  readonly parameters: Readonly<Record<string, string>>
  /** What the template's conditions come to; one that is mistaken in this place is left out. */
  readonly conditions: ReadonlyMap<string, boolean>
  readonly env: Environment
}

/** Values to try of a parameter beside those that conditions ask for; the first where nothing asks for another. */
export type Samples = (parameter: string, place: Place) => readonly string[]

/** Truth values of conditions to prefer where nothing else decides them. */
export type Preference = (condition: string) => boolean

export const accountId = '123456789012'

/** Makes deployments of one template in one place. */
export class Deployments {
  readonly #document: Document
  readonly #place: Place
  readonly #samples: Samples
  readonly #solver: Solver
  readonly #names: readonly string[]
  /** What the place alone decides. */
  readonly #given: readonly Assumption[]
  /** Of each parameter the value that it has where it must not be empty, and no literal is asked for. */
  readonly #usual: ReadonlyMap<string, string>
  /** Combinations that the solver holds possible and of which no parameters were found: mappings are open to it. */
  readonly dropped: (readonly Assumption[])[] = []

  constructor(document: Document, place: Place, samples: Samples = () => []) {
    this.#document = document
    this.#place = place
    this.#samples = samples
    this.#solver = solverOf(document)
    this.#names = Object.keys(document.Conditions ?? {})
    const nothing = Object.keys(document.Parameters ?? {}).map(
      name => [name, new Unknown({ kind: 'parameter', name })] as const,
    )
    const decided = evaluateConditions(document, environment(place, Object.fromEntries(nothing)))
    this.#given = [...decided].flatMap(([condition, holds]) =>
      typeof holds === 'boolean' ? [{ condition, holds }] : [],
    )
    this.#usual = usualValues(declarationsOf(document), name => samples(name, place), place)
  }

  /**
   * All scenarios, each once: of each unit every satisfiable combination of its conditions with every value to try of
   * the parameters in it, the rest off as far as it can be; before these everything on and everything off; and each
   * condition off with the rest on. One at a time, as each is asked for: the time is linear in their number.
   */
  *scenarios(units: readonly Unit[] = unitsOf(this.#document)): Generator<Scenario, undefined> {
    const seen = new Set<string>()
    for (const scenario of this.#all(units)) {
      const key = JSON.stringify(scenario.parameters)
      if (seen.has(key)) continue
      seen.add(key)
      yield scenario
    }
  }

  *#all(units: readonly Unit[]): Generator<Scenario, undefined> {
    for (const isOn of [true, false]) yield* this.#found(this.deploy([], () => isOn))
    const exploration = this.#solver.explore(this.#names, this.#given)
    for (const { conditions, parameters } of units) {
      for (const values of exploration.combinations(conditions)) {
        const when = conditions.map(condition => ({
          condition,
          holds: values[this.#names.indexOf(condition)] === true,
        }))
        const scenario = this.deploy(when)
        if (scenario === undefined) continue
        yield scenario
        yield* this.#variants(scenario, parameters)
      }
    }
    for (const condition of this.#names) yield* this.#found(this.deploy([{ condition, holds: false }], () => true))
  }

  /** The rest as preferred; nothing if it cannot be. */
  deploy(when: readonly Assumption[], prefer: Preference = () => false): Scenario | undefined {
    const decided = [...this.#given, ...when]
    const values = this.#solver.explore(this.#names, this.#given).first(when, this.#names, prefer)
    if (values === undefined) return undefined
    const wanted = this.#names.map((condition, at) => ({ condition, holds: values[at] === true }))
    const witness = this.#solver.satisfiable(wanted)
    const found = witness && [...this.#attempts(witness)].find(it => decided.every(decision => isSo(decision, it)))
    if (found === undefined) this.dropped.push(wanted)
    return found
  }

  /**
   * What the witness says; then, as it leaves out what the Rules alone ask for, with a value of one parameter that it
   * says nothing of.
   */
  *#attempts(witness: Witness): Generator<Scenario, undefined> {
    const said = this.#parametersOf(witness)
    yield* this.#found(this.#scenario(said))
    for (const name of Object.keys(said)) {
      if (witness.some(({ operand }) => operand === name)) continue
      const usual = this.#usual.get(name)
      for (const value of [...(usual === undefined ? [] : [usual]), ...this.#choices(name)]) {
        yield* this.#found(this.#scenario({ ...said, [name]: value }))
      }
    }
  }

  /** Every other combination of the values to try that leaves all conditions as they are. */
  *#variants(scenario: Scenario, parameters: readonly string[]): Generator<Scenario, undefined> {
    const free = parameters.flatMap(name => {
      const values = [...new Set([scenario.parameters[name] ?? '', ...this.#choices(name)])]
      return values.length > 1 ? [[name, values] as const] : []
    })
    const combine = (at: number, chosen: Readonly<Record<string, string>>): readonly Record<string, string>[] => {
      const [name, values] = free[at] ?? []
      if (name === undefined || values === undefined) return [chosen]
      return values.flatMap(value => combine(at + 1, { ...chosen, [name]: value }))
    }
    for (const chosen of combine(0, {}).slice(1)) {
      const variant = this.#scenario({ ...scenario.parameters, ...chosen })
      const isSame =
        variant && [...scenario.conditions].every(([name, holds]) => variant.conditions.get(name) === holds)
      if (isSame === true) yield variant
    }
  }

  #choices(name: string): readonly string[] {
    return [...(allowedValuesOf(declarationsOf(this.#document)[name] ?? {}) ?? []), ...this.#samples(name, this.#place)]
  }

  /** As many as there are. */
  *#found(scenario: Scenario | undefined): Generator<Scenario, undefined> {
    if (scenario !== undefined) yield scenario
  }

  #parametersOf(witness: Witness): Readonly<Record<string, string>> {
    const bindings = new Map(witness.map(binding => [binding.operand, binding]))
    const value = (name: string, declaration: JsonObject): string => {
      const binding = bindings.get(name)
      if (binding === undefined) return textOf(declaration['Default']) ?? this.#usual.get(name) ?? ''
      if ('is' in binding) return binding.is
      if ('sameAs' in binding) return value(binding.sameAs, declarationsOf(this.#document)[binding.sameAs] ?? {})
      const usual = this.#usual.get(name) ?? ''
      if (!binding.isNot.includes(usual)) return usual
      const others = [...this.#choices(name), textOf(declaration['Default']) ?? '']
      return others.find(it => !binding.isNot.includes(it)) ?? usual
    }
    return Object.fromEntries(
      Object.entries(declarationsOf(this.#document)).map(([name, declaration]) => [name, value(name, declaration)]),
    )
  }

  /** With these values, and defaults for the others; nothing if CloudFormation would refuse them. */
  given(parameters: Readonly<Record<string, string>>): Scenario | undefined {
    const declared = Object.entries(declarationsOf(this.#document))
    return this.#scenario(
      Object.fromEntries(
        declared.map(([name, declaration]) => [name, parameters[name] ?? textOf(declaration['Default']) ?? '']),
      ),
    )
  }

  /** Nothing if CloudFormation would refuse the values. */
  #scenario(parameters: Readonly<Record<string, string>>): Scenario | undefined {
    const isTaken = Object.entries(declarationsOf(this.#document)).every(
      ([name, declaration]) => refusal(declaration, parameters[name] ?? '') === undefined,
    )
    const env = environment(this.#place, parameters)
    if (!isTaken || failedRules(this.#document, env).length > 0) return undefined
    const conditions = [...evaluateConditions(this.#document, env)].flatMap(([name, holds]) =>
      typeof holds === 'boolean' ? [[name, holds] as const] : [],
    )
    return { place: this.#place, parameters, conditions: new Map(conditions), env }
  }
}

/** One of which nothing is known in this place contradicts nothing. */
function isSo({ condition, holds }: Assumption, { conditions }: Scenario): boolean {
  return (conditions.get(condition) ?? holds) === holds
}

export function environment(
  { region, partition, urlSuffix }: Place,
  parameters: Environment['parameters'],
): Environment {
  const stackId = `arn:${partition}:cloudformation:${region}:${accountId}:stack/stack/3f0c1d2e-0000-4000-8000-123456789012`
  return { parameters, region, partition, urlSuffix, accountId, stackName: 'stack', stackId }
}

function declarationsOf({ Parameters = {} }: Document): Readonly<Record<string, JsonObject>> {
  return Object.fromEntries(Object.entries(Parameters).flatMap(([name, it]) => (isObject(it) ? [[name, it]] : [])))
}

/** Of each parameter one that no other has, so that two are equal only where a condition asks for it. */
function usualValues(
  declarations: Readonly<Record<string, JsonObject>>,
  samples: (parameter: string) => readonly string[],
  place: Place,
): ReadonlyMap<string, string> {
  const usual = new Map<string, string>()
  const taken = new Set<string>()
  for (const [name, declaration] of Object.entries(declarations)) {
    const fitting = [...samples(name), ...guesses(declaration, place)].filter(
      it => it !== '' && refusal(declaration, it) === undefined,
    )
    const value = fitting.find(it => !taken.has(it)) ?? fitting[0]
    if (value === undefined) continue
    taken.add(value)
    usual.set(name, value)
  }
  return usual
}

/** What a template's author gives as an example, as it would be in this place; else something plain. */
function guesses(declaration: JsonObject, { region, partition }: Place): readonly string[] {
  const words = spokenExamples(declaration)
  const here = words.map(word => word.replaceAll('arn:aws:', `arn:${partition}:`).replaceAll('us-east-1', region))
  const plain = ['example', 'another', 'third', '12345678', '23456789', '12', '7', '10.0.0.0/16']
  const urls = ['https://example.com', `https://example.s3.${region}.amazonaws.com/template.yaml`]
  return [...(allowedValuesOf(declaration) ?? []), ...here, ...plain, ...urls]
}
