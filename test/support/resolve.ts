import type { Document, Json, JsonObject } from '../../src/document.ts'
import { type Environment, resolve as evaluate } from '../../src/resolve/index.ts'
import { parameterProblems } from '../../src/resolve/parameters.ts'
import { failedRules } from '../../src/resolve/rules.ts'
import { isValueList, isValueObject, Unknown, type Value } from '../../src/resolve/value.ts'

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

const suffixes: Readonly<Record<string, string>> = {
  aws: 'amazonaws.com',
  'aws-us-gov': 'amazonaws.com',
  'aws-cn': 'amazonaws.com.cn',
  'aws-eusc': 'amazonaws.eu',
}

export function environmentOf({ parameters = {}, region = 'us-east-1', partition = 'aws' }: Deployment): Environment {
  const accountId = '123456789012'
  return {
    parameters,
    region,
    partition,
    urlSuffix: suffixes[partition] ?? '?',
    accountId,
    stackName: 'stack',
    stackId: `arn:${partition}:cloudformation:${region}:${accountId}:stack/stack/3f0c1d2e-0000-4000-8000-123456789012`,
  }
}

/**
 * The refusals of a deployment: patterns and Rules that its parameters break, in the template's own words.
 * An empty list means that CloudFormation would go on to make something.
 */
export function refusals(document: Document, deployment: Deployment): readonly string[] {
  const env = environmentOf(deployment)
  const problems = parameterProblems(document.Parameters ?? {}, env.parameters)
  if (problems.length === 0) return failedRules(document, env).map(({ message }) => message)
  // A value may break several constraints, which the template's words cover as one.
  return [
    ...new Set(problems.map(({ parameter, violation, constraint }) => `${parameter}: ${constraint ?? violation.kind}`)),
  ]
}

/** The template as CloudFormation would make it; throws where CloudFormation would refuse. */
export function resolve(document: Document, deployment: Deployment = {}): Resolved {
  const { Resources, Outputs, diagnostics } = evaluate(document, environmentOf(deployment))
  if (diagnostics.length > 0)
    throw new Error(diagnostics.map(({ path, message }) => `${path.join('.')} ${message}`).join('\n'))
  return {
    Resources: mapValues(Resources, ({ Type, Properties }) => ({ Type, Properties: mapValues(Properties, shown) })),
    Outputs: mapValues(Outputs, ({ Value }) => shown(Value)),
  }
}

/** What only deployment knows, as `<Resource>` or `Resource.Attribute`. */
function shown(value: Value): Json {
  if (isValueList(value)) return value.map(shown)
  if (isValueObject(value)) return mapValues(value, shown)
  if (!(value instanceof Unknown)) return value
  const { origin } = value
  switch (origin.kind) {
    case 'resource':
      return `<${origin.id}>`
    case 'attribute':
      return `${origin.id}.${String(origin.attribute)}`
    case 'text':
      return origin.parts.map(shown).join('')
    default:
      throw new Error(`${origin.kind} is not in these templates`)
  }
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]))
}
