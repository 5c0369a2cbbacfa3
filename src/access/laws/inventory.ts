import { isObject } from '../../document.ts'
import { allowedValuesOf, refusal, textOf } from '../../parameter.ts'
import type { Deployed } from './deployed.ts'
import { isSame } from './same.ts'
import { stocks } from './stock/index.ts'
import type { Made, Stock } from './stock/stock.ts'
import type { Law, Violation } from './violation.ts'

/**
 * Law 6, as far as it is about all that a template makes: nothing is there, no resource, property, attribute, output or
 * parameter, that the list of its template does not have for these options; and what decides whether data is lost, or
 * what others import, is as the list says. And a parameter that is left at its default opens nothing.
 */
export function onlyWhatIsListed(deployed: Deployed): readonly Violation[] {
  const stock = stockOf(deployed)
  if (stock === undefined) return [violation('Outputs', 'do not say which template it is')]
  return [
    ...resourcesAsListed(deployed, stock),
    ...outputsAsListed(deployed, stock),
    ...defaultsOpenNothing(deployed, stock),
  ]
}

function stockOf({ document: { Outputs = {} } }: Deployed): Stock | undefined {
  const output = Outputs['TemplateId']
  const id = isObject(output) ? output['Value'] : undefined
  return typeof id === 'string' && Object.hasOwn(stocks, id) ? stocks[id] : undefined
}

function resourcesAsListed(deployed: Deployed, { resources }: Stock): readonly Violation[] {
  const { Resources, macros } = deployed.resolved
  const isThere = ([id, made]: readonly [string, Made]) =>
    Object.hasOwn(Resources, id) || made.isThere?.(deployed) === false
  return [
    ...macros.map(name => violation(`the macro ${name}`, 'may make anything of it')),
    ...Object.entries(resources).flatMap(entry => (isThere(entry) ? [] : [violation(entry[0], 'is not there')])),
    ...Object.entries(Resources).flatMap(([id, { Type, Properties, attributes, DependsOn }]) => {
      const made = Object.hasOwn(resources, id) ? resources[id] : undefined
      if (made === undefined) return [violation(id, `is a resource that the template does not say, of ${Type}`)]
      const names = [...new Set([...Object.keys(Properties), ...Object.keys(made.properties)])]
      return [
        ...(made.isThere?.(deployed) === false ? [violation(id, 'is there though no option asks for it')] : []),
        ...(made.type === Type ? [] : [violation(id, `is of ${Type}, not ${made.type}`)]),
        ...(isSame(attributes, made.attributes)
          ? []
          : [violation(id, `has ${JSON.stringify(attributes)}, not ${JSON.stringify(made.attributes)}`)]),
        ...(isSame(DependsOn, made.dependsOn ?? []) ? [] : [violation(id, `depends on ${DependsOn.join()}`)]),
        ...names.flatMap(name => {
          const expectation = Object.hasOwn(made.properties, name) ? made.properties[name] : undefined
          const value = Properties[name]
          if (expectation === undefined) return [violation(`${id} ${name}`, 'is what the template does not say')]
          return expectation(value, deployed) ? [] : [violation(`${id} ${name}`, `is ${JSON.stringify(value)}`)]
        }),
      ]
    }),
  ]
}

function outputsAsListed(deployed: Deployed, { outputs }: Stock): readonly Violation[] {
  const { Outputs } = deployed.resolved
  return [...new Set([...Object.keys(Outputs), ...Object.keys(outputs)])].flatMap(name => {
    const expectation = Object.hasOwn(outputs, name) ? outputs[name] : undefined
    if (expectation === undefined) return [violation(name, 'is an output that the template does not say')]
    const { Value, attributes = {} } = Outputs[name] ?? {}
    return [
      ...(expectation(Value, deployed) ? [] : [violation(name, `is ${JSON.stringify(Value)}`)]),
      ...Object.keys(attributes).flatMap(it => (it === 'Description' ? [] : [violation(name, `has ${it}`)])),
    ]
  })
}

function defaultsOpenNothing({ document: { Parameters = {} } }: Deployed, stock: Stock): readonly Violation[] {
  return [...new Set([...Object.keys(Parameters), ...Object.keys(stock.parameters)])].flatMap(name => {
    const [declaration, taken] = [Parameters[name], stock.parameters[name]]
    if (taken === undefined) return [violation(name, 'is a parameter that the template does not say')]
    if (!isObject(declaration)) return [violation(name, 'is no parameter of it')]
    const usual = declaration['Default'] === undefined ? undefined : textOf(declaration['Default'])
    return usual === taken.default ? [] : [violation(name, `is ${usual} where nobody says anything`)]
  })
}

/**
 * Each law, as far as it is about what a deployer says: a value says no more than it seems to. None of those that a
 * policy, a provider or a path would read as something else, or as more, is taken.
 */
export function nothingIsSmuggled(law: Law, deployed: Deployed): readonly Violation[] {
  const { document, scenario } = deployed
  const { Parameters = {} } = document
  const stock = stockOf(deployed)
  return Object.entries(stock?.parameters ?? {}).flatMap(([name, taken]) => {
    const declaration = Parameters[name]
    if (taken.law !== law || !isObject(declaration)) return []
    // Of a stored one the pattern says what it is called, and nothing of what it is.
    if (declaration['Type'] !== 'String') return [{ ...violation(name, 'is no String'), law }]
    if (allowedValuesOf(declaration) !== undefined) return []
    return hostile(scenario.parameters[name] ?? '').flatMap(value => {
      if (taken.mayBe?.test(value) === true || refusal(declaration, value) !== undefined) return []
      return [{ law, statement: name, request: `${name} ${JSON.stringify(value)}`, because: 'is taken' }]
    })
  })
}

const known = new Map<string, readonly string[]>()

/** Values that are made of one that is well, by what means something to those who read it. */
function hostile(value: string): readonly string[] {
  const made = known.get(value) ?? [...new Set(variants(value))].filter(it => it !== value && it !== '')
  known.set(value, made)
  return made
}

const signs = ['*', '?', '${aws:userid}', '${*}', '"', "'", '\\', '\n', ' ', '{{resolve:ssm:x}}'] as const

function variants(value: string): readonly string[] {
  const pieces = value.split(/([:/,])/)
  const inPieces = pieces.flatMap((piece, at) => {
    if (at % 2 === 1) return []
    const others = [...signs.flatMap(sign => [sign, `${piece}${sign}`, `${sign}${piece}`, `${piece}${sign}x`]), '']
    return others.map(other => [...pieces.slice(0, at), other, ...pieces.slice(at + 1)].join(''))
  })
  // What ends here may go on, where it has no such parts.
  const goesOn = ['/', ':', ','].flatMap(sign =>
    value === '' || value.includes(sign) ? [] : [`${value}${sign}x`, `${value}${sign}*`, `x${sign}${value}`],
  )
  const hosts = ['example.com', 'amazonaws.com.example.com', 'xamazonaws.com', 'amazonaws.com@example.com']
  const ofOthers = [...hosts.map(host => value.replace('amazonaws.com', host)), value.replace(/^https:/, 'http:')]
  return [...inPieces, ...goesOn, ...ofOthers, `${value},*`, `${value}\n*`, `*,${value}`]
}

function violation(statement: string, because: string): Violation {
  return { law: 6, statement, request: 'the template as a whole', because }
}
