import type { Resolved } from '../resolve/index.ts'
import { isValueList, isValueObject, Unknown, type Value, type ValueObject } from '../resolve/value.ts'
import { textsOf } from './decide/condition.ts'
import { variablesIn } from './decide/pattern.ts'
import { keyOf, type Request } from './decide/request.ts'
import { decide, hasAction } from './decide/statement.ts'
import { nameOf } from './name-of.ts'
import { ownPools } from './own-pools.ts'
import { documentOf, statementsIn } from './policies.ts'
import { hostOf, poolsOf } from './pools.ts'
import type { Question } from './question.ts'
import { requestOf } from './session.ts'
import { type Way, waysOf } from './ways.ts'

/**
 * Mistakes, of those that are often made, by which roles that are meant for whoever asks are not theirs, and policies that
 * are meant to allow what is asked say nothing of it: sentences.
 */
export function whyNot(resolved: Resolved, question: Question): readonly string[] {
  const { who } = question
  if (who.kind !== 'identity') return []
  const found = waysOf(resolved, who).ways.flatMap(way => [
    ...(way.assumption.truth === true ? [] : trustMistakes(resolved, way.role)),
    ...(way.assumption.truth === false ? [] : versionMistakes(way, question)),
  ])
  return [...new Set(found)]
}

/**
 * https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 */
function trustMistakes(resolved: Resolved, role: string): readonly string[] {
  const host = hostOf(resolved)
  const trust = documentOf(resolved.Resources[role]?.Properties['AssumeRolePolicyDocument'])
  if (host === undefined) return []
  const whose = `The trust policy of ${role}`
  return statementsIn(trust).flatMap(statement => {
    if (!isValueObject(statement) || statement['Effect'] !== 'Allow') return []
    const { Principal } = statement
    const names = (kind: string) => (isValueObject(Principal) ? textsOf(Principal[kind]).map(nameOf) : [])
    const service = names('Service').find(it => isOfCognito.test(it))
    if (service !== undefined) return [`${whose} names ${service} as a Service: identities come as Federated.`]
    const federated = names('Federated').filter(it => isOfCognito.test(it))
    if (federated.length === 0) return []
    if (!federated.includes(host)) return [`${whose} names ${federated.join(', ')}: in this region it is ${host}.`]
    const asked: Request = { action: 'sts:AssumeRoleWithWebIdentity', resource: '*', context: new Map() }
    if (hasAction(statement, asked) === false)
      return [
        `${whose} allows ${textsOf(statement['Action']).map(nameOf).join(', ')}: identities take roles by ${asked.action}.`,
      ]
    return conditionMistakes(resolved, host, statement).map(it => `${whose} ${it}`)
  })
}

function conditionMistakes(resolved: Resolved, host: string, { Condition }: ValueObject): readonly string[] {
  const pools = poolsOf(resolved).length === 0 ? [] : ownPools(resolved)
  return Object.entries(isValueObject(Condition) ? Condition : {}).flatMap(([operator, keys]) =>
    Object.entries(isValueObject(keys) ? keys : {}).flatMap(([key, values]) => {
      const name = key.toLowerCase()
      if (name === `${host}:amr` && !operator.startsWith('ForAnyValue:')) {
        return [`asks by ${operator} for ${key}, which has several values: ForAnyValue:StringLike is for those.`]
      }
      const wanted = textsOf(values)
      const isPool = wanted.some(it => pools.some(pool => keyOf(pool) === keyOf(it)) || /[*?]/.test(nameOf(it)))
      if (name !== `${host}:aud` || pools.length === 0 || isPool || /Not|IfExists/.test(operator)) return []
      return [
        `asks for the ${key} ${wanted.map(nameOf).join(', ')}: the identity pool is ${pools.map(nameOf).join(', ')}.`,
      ]
    }),
  )
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html */
function versionMistakes({ policies, session }: Way, question: Question): readonly string[] {
  const request = requestOf(session, question)
  return policies.flatMap(({ name, document }) => {
    if (!isValueObject(document) || document['Version'] === current || !hasVariables(document)) return []
    const isMeant = decide([{ ...document, Version: current }], request).decision === 'allow'
    return isMeant && decide([document], request).decision === 'deny'
      ? [
          `The policy ${name} lacks Version ${current}, without which its variables are plain text: with it, it allows this.`,
        ]
      : []
  })
}

const current = '2012-10-17'

function hasVariables(value: Value): boolean {
  if (isValueList(value)) return value.some(hasVariables)
  if (isValueObject(value)) return Object.values(value).some(hasVariables)
  return (typeof value === 'string' || value instanceof Unknown) && variablesIn(value).length > 0
}

const isOfCognito = /^cognito-identity[.-]/
