import { type Document, isObject, type Json, type JsonObject } from '../../src/document.ts'

/** Where and with what a template is deployed. */
export type Deployment = {
  readonly parameters?: Readonly<Record<string, string>>
  readonly region?: string
  readonly partition?: string
}

export type Resolved = {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: JsonObject }>>
  readonly Outputs: Readonly<Record<string, Json>>
}

const account = '123456789012'

const suffixes: Readonly<Record<string, string>> = {
  aws: 'amazonaws.com',
  'aws-us-gov': 'amazonaws.com',
  'aws-cn': 'amazonaws.com.cn',
  'aws-eusc': 'amazonaws.eu',
}

/**
 * The refusals of a deployment: patterns and Rules that its parameters break, in the template's own words.
 * An empty list means that CloudFormation would go on to make something.
 */
export function refusals(document: Document, deployment: Deployment): readonly string[] {
  const resolver = new Resolver(document, deployment)
  const constraints = Object.entries(document.Parameters ?? {}).flatMap(([id, declaration]) => {
    if (!isObject(declaration)) return []
    const value = resolver.parameter(id)
    const { AllowedValues, AllowedPattern, MaxLength, ConstraintDescription } = declaration
    const isAllowed =
      (!Array.isArray(AllowedValues) || AllowedValues.includes(value)) &&
      (AllowedPattern === undefined || new RegExp(`^(?:${String(AllowedPattern)})$`).test(value)) &&
      (typeof MaxLength !== 'number' || value.length <= MaxLength)
    return isAllowed ? [] : [`${id}: ${String(ConstraintDescription)}`]
  })
  return constraints.length > 0 ? constraints : resolver.brokenRules()
}

/** The template as CloudFormation would make it; throws where CloudFormation would refuse. */
export function resolve(document: Document, deployment: Deployment = {}): Resolved {
  const broken = refusals(document, deployment)
  if (broken.length > 0) throw new Error(broken.join('\n'))
  const resolver = new Resolver(document, deployment)
  resolver.evaluateConditions()
  const present = (section: JsonObject) =>
    Object.entries(section).filter(
      ([, it]) => !isObject(it) || it['Condition'] === undefined || resolver.holds(it['Condition']),
    )
  return {
    Resources: Object.fromEntries(
      present(document.Resources).map(([id, it]) => {
        const properties = isObject(it) ? resolver.value(it['Properties'] ?? {}) : undefined
        if (!isObject(it) || !isObject(properties)) throw new Error(`${id} is no resource`)
        return [id, { Type: String(it['Type']), Properties: properties }]
      }),
    ),
    Outputs: Object.fromEntries(
      present(document.Outputs ?? {}).map(([id, it]) => [
        id,
        resolver.value(isObject(it) ? (it['Value'] ?? '') : it) ?? '',
      ]),
    ),
  }
}

class Resolver {
  readonly #document: Document
  readonly #parameters: Readonly<Record<string, string>>
  readonly #pseudo: Readonly<Record<string, string>>

  constructor(document: Document, { parameters = {}, region = 'us-east-1', partition = 'aws' }: Deployment) {
    this.#document = document
    this.#parameters = parameters
    this.#pseudo = {
      'AWS::Region': region,
      'AWS::Partition': partition,
      'AWS::AccountId': account,
      'AWS::StackName': 'stack',
      'AWS::URLSuffix': suffixes[partition] ?? '?',
    }
  }

  parameter(id: string): string {
    const declared = this.#document.Parameters?.[id]
    const value = this.#parameters[id] ?? (isObject(declared) ? declared['Default'] : undefined)
    if (value === undefined) throw new Error(`Parameters: [${id}] must have values`)
    return String(value)
  }

  brokenRules(): readonly string[] {
    return Object.values(this.#document.Rules ?? {}).flatMap(rule => {
      if (!isObject(rule)) return []
      const { RuleCondition, Assertions } = rule
      if (RuleCondition !== undefined && !this.holds(RuleCondition)) return []
      const assertions = Array.isArray(Assertions) ? Assertions.filter(isObject) : []
      return assertions.filter(it => !this.holds(it['Assert'])).map(it => String(it['AssertDescription']))
    })
  }

  /** CloudFormation evaluates every condition before it makes anything. */
  evaluateConditions(): void {
    for (const predicate of Object.values(this.#document.Conditions ?? {})) this.holds(predicate)
  }

  holds(predicate: Json | undefined): boolean {
    if (typeof predicate === 'string') return this.holds(this.#document.Conditions?.[predicate])
    const [fn, operands] = Object.entries(isObject(predicate) ? predicate : {})[0] ?? []
    if (fn === 'Condition') return this.holds(operands)
    if (!Array.isArray(operands)) throw new Error(`no predicate: ${JSON.stringify(predicate)}`)
    switch (fn) {
      case 'Fn::Equals':
        return this.value(operands[0]) === this.value(operands[1])
      case 'Fn::Not':
        return !this.holds(operands[0])
      case 'Fn::And':
        return operands.every(it => this.holds(it))
      case 'Fn::Or':
        return operands.some(it => this.holds(it))
    }
    throw new Error(`no predicate: ${String(fn)}`)
  }

  /** `undefined` for `AWS::NoValue`. */
  value(json: Json): Json | undefined {
    if (Array.isArray(json)) return json.map(it => this.value(it)).filter(it => it !== undefined)
    if (!isObject(json)) return json
    const [[fn, argument] = [], ...others] = Object.entries(json)
    if (fn === undefined || argument === undefined || others.length > 0) return this.#object(json)
    if (fn === 'Ref') return this.#ref(String(argument))
    if (fn === 'Fn::Sub') return this.#sub(argument)
    if (!fn.startsWith('Fn::') || !Array.isArray(argument)) return this.#object(json)
    if (fn === 'Fn::If') return this.value((this.holds(argument[0]) ? argument[1] : argument[2]) ?? '')
    if (fn === 'Fn::GetAtt') return `${String(argument[0])}.${String(argument[1])}`
    const [first, second, third] = argument.map(it => this.value(it))
    switch (fn) {
      case 'Fn::Split':
        return String(second).split(String(first))
      case 'Fn::Select': {
        const item = Array.isArray(second) ? second[Number(first)] : undefined
        if (item === undefined) throw new Error(`Fn::Select cannot select nonexistent value at index ${String(first)}`)
        return item
      }
      case 'Fn::FindInMap': {
        const top = isObject(this.#document.Mappings?.[String(first)])
          ? this.#document.Mappings?.[String(first)]
          : undefined
        const row = isObject(top) ? top[String(second)] : undefined
        const found = isObject(row) ? row[String(third)] : undefined
        if (found === undefined) throw new Error(`Unable to get mapping for ${[first, second, third].join('::')}`)
        return found
      }
    }
    throw new Error(`${fn} is not in these templates`)
  }

  #object(json: JsonObject): JsonObject {
    const entries = Object.entries(json).map(([key, it]) => [key, this.value(it)] as const)
    return Object.fromEntries(entries.flatMap(([key, it]) => (it === undefined ? [] : [[key, it]])))
  }

  #ref(name: string): Json | undefined {
    if (name === 'AWS::NoValue') return undefined
    if (name in this.#pseudo) return this.#pseudo[name]
    if (this.#document.Parameters?.[name] !== undefined) return this.parameter(name)
    if (this.#document.Resources[name] !== undefined) return `<${name}>`
    throw new Error(`no ${name}`)
  }

  #sub(argument: Json): Json {
    const [text, variables] = Array.isArray(argument) ? argument : [argument, {}]
    return String(text).replace(/\$\{(!?)([^}]+)\}/g, (_, mark: string, name: string) => {
      if (mark !== '') return `\${${name}}`
      const own = isObject(variables) ? variables[name] : undefined
      const value = own === undefined ? (name.includes('.') ? name : this.#ref(name)) : this.value(own)
      return String(value)
    })
  }
}
