import { concatenate, type Unknown } from '../../../resolve/value.ts'
import type { Probe, Site } from './probe.ts'

/** What no user of an app should be able to do in any account. */
export function accountProbes({ region, partition, accountId }: Site): readonly Probe[] {
  const arn = (service: string, rest: string, isGlobal = false): string | Unknown =>
    concatenate([`arn:${partition}:${service}:${isGlobal ? '' : region}:`, accountId, `:${rest}`])
  const pool = arn('cognito-identity', `identitypool/${region}:another`)
  const userPool = arn('cognito-idp', `userpool/${region}_another`)
  const role = arn('iam', 'role/another', true)
  const all: readonly (readonly [place: string, resource: string | Unknown, actions: readonly string[]])[] = [
    [
      'identity pools',
      pool,
      [
        'UpdateIdentityPool',
        'SetIdentityPoolRoles',
        'DeleteIdentityPool',
        'ListIdentities',
        'GetOpenIdTokenForDeveloperIdentity',
      ].map(it => `cognito-identity:${it}`),
    ],
    [
      'user pools',
      userPool,
      ['ListUsers', 'AdminCreateUser', 'AdminSetUserPassword', 'AdminAddUserToGroup'].map(it => `cognito-idp:${it}`),
    ],
    ['other roles', role, ['sts:AssumeRole', 'iam:PassRole', 'iam:PutRolePolicy', 'iam:UpdateAssumeRolePolicy']],
    ['users of IAM', arn('iam', 'user/another', true), ['iam:CreateUser', 'iam:CreateAccessKey']],
    ['all buckets', '*', ['s3:ListAllMyBuckets']],
  ]
  return all.flatMap(([place, resource, actions]) =>
    actions.map((action): Probe => ({ kind: 'account', place, action, isHazard: true, targets: () => [{ resource }] })),
  )
}
