import {
  type Action,
  comment,
  type Intrinsic,
  Ref,
  type Resource,
  type TrustPolicyDocument,
  type TrustStatement,
  type Value,
} from 'poolform'

import type { IdentityHost } from './identity-host.ts'

export type Audience = 'authenticated' | 'unauthenticated'

const whoTakesTheRole = {
  authenticated: 'Only identities of this pool (aud), and of these only those that have signed in (amr).',
  unauthenticated: 'Only identities of this pool (aud), and of these only guests (amr).',
} as const

/** A trust policy of one statement: `statement` is one that `trustStatement` made, or a choice of such. */
export function trustPolicy(
  audience: Audience,
  statement: TrustStatement | Intrinsic<TrustStatement>,
): TrustPolicyDocument {
  return { Version: '2012-10-17', Statement: [comment(whoTakesTheRole[audience], statement)] }
}

/**
 * Lets the identities of one pool, and only those that have signed in or only guests, take the role that this trust is of.
 * Without `aud` the identities of any pool of any AWS customer could; without `amr` guests could take the users' role.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html
 */
export function trustStatement(
  host: IdentityHost,
  pool: Resource<'AWS::Cognito::IdentityPool'>,
  audience: Audience,
  further: readonly Value<Action>[] = [],
  principal: Value<string> = host,
): TrustStatement {
  return {
    Effect: 'Allow',
    Principal: { Federated: principal },
    Action: ['sts:AssumeRoleWithWebIdentity', ...further],
    Condition: {
      StringEquals: { [`${host}:aud`]: Ref(pool) },
      'ForAnyValue:StringLike': { [`${host}:amr`]: audience },
    },
  }
}
