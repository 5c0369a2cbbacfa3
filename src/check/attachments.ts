import type { Diagnostic } from '../diagnostic.ts'
import { type Document, isObject, type Json, member } from '../document.ts'
import { type Assumption, formatWitness, solverOf } from './conditions.ts'
import { callOf, entriesOf } from './walk.ts'

/** A pool that an attachment claims, and when it does. */
type Claim = { readonly id: string; readonly pool: string; readonly when: readonly Assumption[] }

/**
 * Two attachments that claim one identity pool at the same time.
 * Amazon Cognito keeps one set of roles for each pool, and the pool's ID is the attachment's own.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cognito-identitypoolroleattachment.html
 */
export function checkAttachments(document: Document): readonly Diagnostic[] {
  const byPool = new Map<string, Claim[]>()
  const diagnostics: Diagnostic[] = []
  const reported = new Set<string>()
  for (const claim of claimsOf(document)) {
    const rivals = byPool.get(claim.pool)
    if (rivals === undefined) {
      byPool.set(claim.pool, [claim])
      continue
    }
    for (const rival of rivals) {
      if (reported.has(claim.id)) continue
      const witness = solverOf(document).satisfiable([...rival.when, ...claim.when])
      if (witness === undefined) continue
      reported.add(claim.id)
      const when = witness.length === 0 ? '' : ` when ${formatWitness(witness)}`
      diagnostics.push({
        code: 'duplicate-role-attachment',
        severity: 'error',
        path: ['Resources', claim.id],
        message:
          `claims the identity pool that ${rival.id} has claimed${when}: ` +
          'Cognito keeps one attachment for each pool, and a second fails with AlreadyExists',
        help: `Merge it into ${rival.id}, with Fn::If for what is not always there`,
      })
    }
    rivals.push(claim)
  }
  return diagnostics
}

function claimsOf(document: Document): readonly Claim[] {
  return entriesOf(document, 'Resources').flatMap(([id, resource]) => {
    if (!isObject(resource) || member(resource, 'Type') !== 'AWS::Cognito::IdentityPoolRoleAttachment') return []
    const properties = member(resource, 'Properties')
    const pool = isObject(properties) ? member(properties, 'IdentityPoolId') : undefined
    if (pool === undefined) return []
    const condition = member(resource, 'Condition')
    const when = typeof condition === 'string' ? [{ condition, holds: true }] : []
    return poolsOf(pool, when).map(it => ({ id, ...it }))
  })
}

function poolsOf(value: Json, when: readonly Assumption[]): readonly Omit<Claim, 'id'>[] {
  const [fn, argument] = callOf(value) ?? []
  const [first, second, third]: readonly Json[] = Array.isArray(argument) ? argument : []
  if (fn === 'Fn::If' && typeof first === 'string' && second !== undefined && third !== undefined) {
    return [
      ...poolsOf(second, [...when, { condition: first, holds: true }]),
      ...poolsOf(third, [...when, { condition: first, holds: false }]),
    ]
  }
  return [{ pool: JSON.stringify(plain(fn, argument) ?? value), when }]
}

/** The spellings of a pool's ID: `!GetAtt Pool.Id` and `!Sub ${Pool}` are `!Ref Pool`. */
function plain(fn: string | undefined, argument: Json | undefined): Json | undefined {
  if (fn === 'Fn::GetAtt') {
    const [name, attribute] =
      typeof argument === 'string' ? argument.split('.') : Array.isArray(argument) ? argument : []
    return attribute === 'Id' && name !== undefined ? { Ref: name } : undefined
  }
  const text = fn === 'Fn::Sub' && typeof argument === 'string' ? /^\$\{([^}!.]+)\}$/.exec(argument) : null
  return text?.[1] === undefined ? undefined : { Ref: text[1] }
}
