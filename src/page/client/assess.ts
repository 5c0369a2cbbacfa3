import { decidingSections } from '../../launch/declaration.ts'
import { stackNameProblem } from '../../launch/launch-url.ts'
import { dnsSuffix, partitionOf } from '../../launch/partitions.ts'
import { type Place, partitionOfPlace, type Refusal } from '../../launch/template-url.ts'
import { checkValue, isSecret } from '../../launch/values.ts'
import type { Artifact, ManifestParameter } from '../../manifest.ts'
import { evaluateConditions } from '../../resolve/conditions.ts'
import type { Environment } from '../../resolve/environment.ts'
import { failedRules } from '../../resolve/rules.ts'
import { Unknown } from '../../resolve/value.ts'
import type { Conditions } from './access.ts'
import { defaultOf } from './fields.ts'

/** The form as it is filled. */
export type Form = {
  readonly artifact: Artifact
  /** Of every parameter. */
  readonly values: ReadonlyMap<string, string>
  /** Empty until one is chosen. */
  readonly region: string
  readonly stackName: string
  /** Where the templates are published; undefined where nobody has said so. */
  readonly place: Place | undefined
  /** Why what was given for it is none. */
  readonly refusal: Refusal | undefined
}

/** What keeps the form from being launched. */
export type Problem = {
  readonly kind: 'value' | 'rule' | 'region' | 'stack-name' | 'place' | 'partition'
  readonly message: string
  /** The parameters that it is about. */
  readonly parameters: readonly string[]
}

export type Assessment = {
  readonly problems: readonly Problem[]
  readonly conditions: Conditions
  /** What differs from the defaults, but for secrets. */
  readonly changed: Readonly<Record<string, string>>
  /** Secrets that are to be given, which no link can carry. */
  readonly secrets: readonly string[]
}

export function assess(form: Form): Assessment {
  const { artifact, values } = form
  const sections = decidingSections(artifact)
  const env = environmentOf(form)
  const given = artifact.parameters.filter(
    parameter => (values.get(parameter.name) ?? '') !== (defaultOf(parameter) ?? ''),
  )
  return {
    problems: [
      ...artifact.parameters.flatMap(parameter => valueProblem(parameter, values.get(parameter.name) ?? '')),
      ...failedRules(sections, env).map(({ message }) => ({
        kind: 'rule' as const,
        message,
        parameters: parametersIn(message, artifact),
      })),
      ...placeProblems(form),
    ],
    conditions: new Map(
      [...evaluateConditions(sections, env)].map(([name, holds]) => [
        name,
        holds instanceof Unknown ? undefined : holds,
      ]),
    ),
    changed: Object.fromEntries(
      given.filter(parameter => !isSecret(parameter)).map(({ name }) => [name, values.get(name) ?? '']),
    ),
    secrets: artifact.parameters
      .filter(parameter => isSecret(parameter) && (given.includes(parameter) || defaultOf(parameter) === undefined))
      .map(({ name }) => name),
  }
}

function valueProblem(parameter: ManifestParameter, value: string): readonly Problem[] {
  const { name } = parameter
  if (value === '' && defaultOf(parameter) === undefined) {
    // the console asks for a secret, which no link can carry
    if (isSecret(parameter)) return []
    return [{ kind: 'value', message: 'must be given', parameters: [name] }]
  }
  const message = checkValue(parameter, value)
  return message === undefined ? [] : [{ kind: 'value', message, parameters: [name] }]
}

function placeProblems({ region, stackName, place, refusal }: Form): readonly Problem[] {
  const problems: Problem[] = []
  const partition = partitionOf(region)
  const badName = stackNameProblem(stackName)
  if (badName !== undefined) problems.push({ kind: 'stack-name', message: badName, parameters: [] })
  if (region === '') problems.push({ kind: 'region', message: 'must be chosen', parameters: [] })
  if (place === undefined) {
    const message =
      refusal === undefined
        ? 'must be given: CloudFormation reads the template from there'
        : `cannot be used: ${refusal.message}. ${refusal.help}`
    problems.push({ kind: 'place', message, parameters: [] })
  } else if (region !== '' && partition !== partitionOfPlace(place)) {
    const message = `${region} is in the partition ${partition ?? 'of nobody'}, and the templates are in ${partitionOfPlace(place) ?? 'another'}. CloudFormation cannot read them from there: choose another region, or publish the templates in this partition too`
    problems.push({ kind: 'partition', message, parameters: [] })
  }
  return problems
}

/** The parameters that a text names, in its order. */
function parametersIn(text: string, { parameters }: Artifact): readonly string[] {
  const names = new Set(parameters.map(({ name }) => name))
  return [...new Set(text.match(/[A-Za-z0-9]+/g) ?? [])].filter(word => names.has(word))
}

function environmentOf({ artifact, values, region, stackName }: Form): Environment {
  const partition = partitionOf(region)
  const unknown = (name: string) => new Unknown({ kind: 'pseudo', name })
  return {
    parameters: Object.fromEntries(
      artifact.parameters.map(parameter => {
        const { name } = parameter
        const value = values.get(name) ?? ''
        // what is still to be given may become anything
        const isOpen = value === '' && defaultOf(parameter) === undefined
        return [name, isOpen ? new Unknown({ kind: 'parameter', name }) : value]
      }),
    ),
    region: region === '' ? unknown('AWS::Region') : region,
    partition: partition ?? unknown('AWS::Partition'),
    urlSuffix: partition === undefined ? unknown('AWS::URLSuffix') : dnsSuffix(partition),
    accountId: unknown('AWS::AccountId'),
    stackName,
    stackId: unknown('AWS::StackId'),
  }
}
