/** What is wrong with an identity pool that stands: broken states, each with exactly what is found, and nothing else. */
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { type Code, causes, codes } from '../src/doctor/causes.ts'
import { atEndpoint, type Diagnosis, diagnose as diagnoseBy } from '../src/doctor/index.ts'
import { rightName } from '../src/doctor/providers.ts'
import { terminalText } from '../src/doctor/report.ts'
import type { Document, Json, JsonObject } from '../src/document.ts'
import { readPrefix } from '../src/knowledge/schemas.ts'
import { link } from '../src/link.ts'
import { saveCommands } from '../src/live/save-commands.ts'
import type { Snapshot } from '../src/live/snapshot.ts'
import identityPool from '../templates/identity-pool.ts'
import tutorial from '../templates/identity-pool-tutorial.ts'
import { account, type Deployed, snapshotOf as snapshotFrom } from './support/snapshots.ts'

const template: Document = link(identityPool, { id: 'identity-pool', version: '' }).document
const tutorialTemplate: Document = link(tutorial, { id: 'identity-pool-tutorial', version: '' }).document

const diagnose = (snapshot: Snapshot, document?: Document): Diagnosis =>
  diagnoseBy(snapshot, prefix => readPrefix(path.join(import.meta.dirname, '../schemas'), prefix), document)

/** With roles of groups that allow something. */
function snapshotOf(document: Document, text: string, deployed: Deployed): Snapshot {
  const snapshot = snapshotFrom(document, text, deployed)
  const own = { kind: 'is', value: { Version: '2012-10-17', Statement: [speech] } } as const
  const roles = snapshot.roles.map(({ arn, answer }) =>
    answer.kind === 'is' && answer.value.inline.kind === 'is' && answer.value.inline.value.length === 0
      ? ({
          arn,
          answer: {
            ...answer,
            value: { ...answer.value, inline: { kind: 'is', value: [{ name: 'speech', document: own }] } },
          },
        } as const)
      : { arn, answer },
  )
  return { ...snapshot, roles }
}

const speech = { Effect: 'Allow', Action: 'polly:SynthesizeSpeech', Resource: '*' }

const host = 'cognito-identity.amazonaws.com'
const userPool = 'eu-west-1_a1B2c3D4e'
const client = '1example23456789'
const provider = `cognito-idp.eu-west-1.amazonaws.com/${userPool}`
const chapter = { UserPoolId: userPool, UserPoolClientId: client, UploadsBucketName: 'notes', ApiId: 'abcdefgh12' }
const withGuests = { ...chapter, AllowGuests: 'true', AllowPublicFolder: 'true' }
const byToken = { ...chapter, RoleSelection: 'Token' }
const byTags = { ...chapter, UsePrincipalTags: 'true' }
const admins = { GroupName: 'admins', RoleArn: `arn:aws:iam::${account}:role/admins`, Precedence: 0 }

// ---- states --------------------------------------------------------------------------------------------------------

/** To be changed in place. */
type Loose<T> = T extends readonly (infer Item)[]
  ? Loose<Item>[]
  : T extends object
    ? string extends keyof T
      ? JsonObject extends T
        ? T
        : { -readonly [Key in keyof T]: Loose<T[Key]> }
      : { -readonly [Key in keyof T]: Loose<T[Key]> }
    : T

type Draft = Loose<Snapshot>
type DraftPool = Loose<Extract<Snapshot['pool'], { kind: 'is' }>['value']>
type DraftRoles = Loose<Extract<Snapshot['poolRoles'], { kind: 'is' }>['value']>
type DraftRole = Loose<Extract<Snapshot['roles'][number]['answer'], { kind: 'is' }>['value']>

function value<T>(answer: { kind: 'is'; value: T } | { kind: 'absent' } | { kind: 'unasked' }): T {
  assert(answer.kind === 'is', answer.kind)
  return answer.value
}

const pool = (draft: Draft): DraftPool => value(draft.pool)
const poolRoles = (draft: Draft): DraftRoles => value(draft.poolRoles)

/** `AuthenticatedRole`, `UnauthenticatedRole`, or the name of a group's. */
function role(draft: Draft, name = 'AuthenticatedRole'): DraftRole {
  const entry = draft.roles.find(it => it.arn.includes(name)) ?? assert.fail(`there is no role ${name}`)
  return value(entry.answer)
}

function arnOf(draft: Draft, name = 'AuthenticatedRole'): string {
  return role(draft, name).arn
}

const other = 'us-east-1:99999999-aaaa-4bbb-8ccc-dddddddddddd'

const trusting = (statement: JsonObject, ...more: readonly JsonObject[]): JsonObject => ({
  Version: '2012-10-17',
  Statement: [statement, ...more],
})

const poolId = 'us-east-1:1cf667a2-49a6-454b-9e45-231990000000'

function statement(change: JsonObject = {}, by = host, kind: Json = 'authenticated', aud: Json = poolId): JsonObject {
  return {
    ...{ Effect: 'Allow', Principal: { Federated: by }, Action: 'sts:AssumeRoleWithWebIdentity' },
    Condition: { StringEquals: { [`${by}:aud`]: aud }, 'ForAnyValue:StringLike': { [`${by}:amr`]: kind } },
    ...change,
  }
}

const trust =
  (...statements: readonly [JsonObject, ...JsonObject[]]) =>
  (draft: Draft) => {
    role(draft).trust = trusting(...statements)
  }

/** The role of signed-in users has this policy, too. */
const policy =
  (own: JsonObject, name = 'AuthenticatedRole', version = '2012-10-17') =>
  (draft: Draft) => {
    const document: JsonObject = { ...(version === '' ? {} : { Version: version }), Statement: [own] }
    value(role(draft, name).inline).push({ name: 'own', document: { kind: 'is', value: document } })
  }

/** In the place of those of the template. */
const only =
  (...own: readonly JsonObject[]) =>
  (draft: Draft) => {
    const document: JsonObject = { Version: '2012-10-17', Statement: own }
    role(draft).inline = { kind: 'is', value: [{ name: 'own', document: { kind: 'is', value: document } }] }
  }

const allow = (Action: Json, Resource: Json, Condition?: JsonObject): JsonObject => ({
  ...{ Effect: 'Allow', Action, Resource },
  ...(Condition === undefined ? {} : { Condition }),
})

const sub = `\${${host}:sub}`
const objects = (folder = `private/${sub}`) => allow(['s3:GetObject', 's3:PutObject'], `arn:aws:s3:::notes/${folder}/*`)
const list = (...prefixes: readonly string[]) =>
  allow('s3:ListBucket', 'arn:aws:s3:::notes', { StringLike: { 's3:prefix': prefixes } })

const listOwn = list(`private/${sub}/*`)

const mapped = (draft: Draft, key: string, claim: string) => {
  poolRoles(draft).RoleMappings = {
    [key]: {
      ...{ Type: 'Rules', AmbiguousRoleResolution: 'Deny' },
      RulesConfiguration: {
        Rules: [{ Claim: claim, MatchType: 'Equals', Value: 'admin', RoleARN: arnOf(draft) }],
      },
    },
  }
}

const tagged = (draft: Draft, tags: Record<string, string>) => {
  draft.principalTags = [{ provider, answer: { kind: 'is', value: { UseDefaults: false, PrincipalTags: tags } } }]
  role(draft).trust = trusting(statement({ Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'] }))
}

const writing = (draft: Draft, attributes: string[]) => {
  for (const { answer } of draft.clients) value(answer).WriteAttributes = attributes
}

const immutable = (draft: Draft, allowsSignUp: boolean) => {
  for (const { answer } of draft.userPools) {
    value(answer).SchemaAttributes.push({ Name: 'custom:tenant', Mutable: false })
    value(answer).allowsSignUp = allowsSignUp
  }
}

const renamed = (draft: Draft, name: string) => {
  for (const it of pool(draft).CognitoIdentityProviders ?? []) it.ProviderName = name
  draft.userPools = []
  draft.clients = []
  draft.principalTags = []
}

type State = readonly [edit: (draft: Draft) => void, codes: readonly Code[], deployed?: Partial<Deployed>]

const states: Readonly<Record<string, State>> = {
  // who gets in
  'the trust names another pool': [trust(statement({}, host, 'authenticated', other)), ['trust-other-pool']],
  'the trust names two others': [trust(statement({}, host, 'authenticated', [other, 'x'])), ['trust-other-pool']],
  'the trust names this pool beside another': [trust(statement({}, host, 'authenticated', [other, poolId])), []],
  'the trust lacks aud': [
    trust(statement({ Condition: { 'ForAnyValue:StringLike': { [`${host}:amr`]: 'authenticated' } } })),
    ['trust-any-pool'],
  ],
  'the trust has aud with a wildcard': [
    trust(
      statement({
        Condition: {
          StringLike: { [`${host}:aud`]: 'us-east-1:*' },
          'ForAnyValue:StringLike': { [`${host}:amr`]: 'authenticated' },
        },
      }),
    ),
    ['trust-any-pool'],
  ],
  'the trust lacks amr': [
    trust(statement({ Condition: { StringEquals: { [`${host}:aud`]: poolId } } })),
    ['trust-any-amr'],
  ],
  'the trust lacks both': [trust(statement({ Condition: {} })), ['trust-any-pool', 'trust-any-amr']],
  'the trust takes guests, too': [trust(statement({}, host, ['authenticated', 'unauthenticated'])), ['trust-any-amr']],
  'amr is misspelt': [trust(statement({}, host, 'authenticate')), ['trust-wrong-amr']],
  'amr is that of guests': [trust(statement({}, host, 'unauthenticated')), ['trust-wrong-amr']],
  'amr is that of another provider': [trust(statement({}, host, 'graph.facebook.com')), ['trust-wrong-amr']],
  'amr is that of the provider': [trust(statement({}, host, provider)), []],
  'amr has one value by its operator': [
    trust(statement({ Condition: { StringEquals: { [`${host}:aud`]: poolId, [`${host}:amr`]: 'authenticated' } } })),
    ['trust-amr-operator'],
  ],
  'all values of amr must be it': [
    trust(
      statement({
        Condition: {
          StringEquals: { [`${host}:aud`]: poolId },
          'ForAllValues:StringLike': { [`${host}:amr`]: 'authenticated' },
        },
      }),
    ),
    ['trust-wrong-amr'],
  ],
  'the trust allows sts:AssumeRole': [trust(statement({ Action: 'sts:AssumeRole' })), ['trust-wrong-action']],
  'the trust names a service': [trust(statement({ Principal: { Service: host } })), ['trust-service-principal']],
  'the trust names a service, for its action': [
    trust(statement({ Principal: { Service: host }, Action: 'sts:AssumeRole' })),
    ['trust-service-principal', 'trust-wrong-action'],
  ],
  'the host is misspelt': [
    trust(statement({ Principal: { Federated: 'cognito-identity.amazon.com' } })),
    ['trust-wrong-host'],
  ],
  'the host is misspelt everywhere': [trust(statement({}, 'cognito-identity.amazon.com')), ['trust-wrong-host']],
  'the host is that of user pools': [trust(statement({}, 'cognito-idp.amazonaws.com')), ['trust-wrong-host']],
  'the host is that of GovCloud': [trust(statement({}, 'cognito-identity-us-gov.amazonaws.com')), ['trust-wrong-host']],
  'the host is the global one, in GovCloud': [
    draft => {
      role(draft).trust = trusting(statement({}, host, 'authenticated', pool(draft).IdentityPoolId))
    },
    ['trust-wrong-host'],
    {
      region: 'us-gov-east-1',
      partition: 'aws-us-gov',
      parameters: { ...chapter, UserPoolId: 'us-gov-west-1_a1B2c3D4e' },
    },
  ],
  'the host of the keys is another': [
    trust(statement({ Principal: { Federated: host } }, 'cognito-identity.us-east-1.amazonaws.com')),
    ['trust-wrong-host'],
  ],
  'a statement denies it': [
    trust(statement(), { Effect: 'Deny', Principal: { Federated: host }, Action: 'sts:*' }),
    ['trust-denied'],
  ],
  'the trust is of a function': [
    trust({ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }),
    ['trust-not-cognito'],
  ],
  'a function may have it, too': [
    trust(statement(), { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }),
    [],
  ],
  'the trust is of a user pool’s own tokens': [
    trust({
      ...{ Effect: 'Allow', Action: 'sts:AssumeRoleWithWebIdentity' },
      Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/${provider}` },
    }),
    ['trust-not-cognito'],
  ],
  'the trust is for one identity': [
    trust(statement({ Condition: { StringEquals: { [`${host}:aud`]: poolId, [`${host}:sub`]: 'us-east-1:x' } } })),
    ['trust-other-condition'],
  ],
  'the nearest of several statements is what counts': [
    trust(
      { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
      statement({ Action: 'sts:AssumeRole' }, 'cognito-idp.amazonaws.com', 'x', other),
      statement({}, host, 'authenticated', other),
    ),
    ['trust-other-pool'],
  ],
  'the guests’ role names another pool': [
    draft => {
      role(draft, 'UnauthenticatedRole').trust = trusting(statement({}, host, 'unauthenticated', other))
    },
    ['trust-other-pool'],
    { parameters: withGuests },
  ],

  // which roles
  'a role is deleted': [
    draft => {
      for (const it of draft.roles) it.answer = { kind: 'absent' }
    },
    ['role-absent'],
  ],
  'a role is of another account': [
    draft => {
      const arn = 'arn:aws:iam::999999999999:role/theirs'
      poolRoles(draft).Roles['authenticated'] = arn
      draft.roles = [{ arn, answer: { kind: 'absent' } }]
    },
    ['role-of-another-account'],
  ],
  'the roles are swapped': [
    draft => {
      poolRoles(draft).Roles = {
        authenticated: arnOf(draft, 'UnauthenticatedRole'),
        unauthenticated: arnOf(draft, '-AuthenticatedRole'),
      }
    },
    ['roles-swapped'],
    { parameters: withGuests },
  ],
  'no roles are attached': [
    draft => {
      draft.poolRoles = { kind: 'absent' }
      draft.roles = []
    },
    ['no-roles'],
  ],
  'no roles are attached, and guests are let in': [
    draft => {
      draft.poolRoles = { kind: 'is', value: { Roles: {}, RoleMappings: {} } }
      draft.roles = []
    },
    ['no-roles'],
    { parameters: withGuests },
  ],
  'signed-in users have no role': [
    draft => {
      delete poolRoles(draft).Roles['authenticated']
    },
    ['no-authenticated-role'],
    { parameters: withGuests },
  ],
  'guests have no role': [
    draft => {
      delete poolRoles(draft).Roles['unauthenticated']
    },
    ['guests-without-role'],
    { parameters: withGuests },
  ],
  'guests have a role, and are not let in': [
    draft => {
      pool(draft).AllowUnauthenticatedIdentities = false
    },
    ['guest-role-without-guests'],
    { parameters: withGuests },
  ],

  // by which providers
  'there are no providers': [
    draft => {
      delete pool(draft).CognitoIdentityProviders
      Object.assign(draft, { principalTags: [], userPools: [], clients: [] })
    },
    ['no-provider'],
  ],
  'there are guests alone': [
    draft => {
      delete pool(draft).CognitoIdentityProviders
      delete poolRoles(draft).Roles['authenticated']
      Object.assign(draft, { principalTags: [], userPools: [], clients: [] })
    },
    [],
    { parameters: withGuests },
  ],
  'a provider is a URL': [draft => renamed(draft, `https://${provider}`), ['provider-name']],
  'the region of a provider is misspelt': [
    draft => renamed(draft, 'cognito-idp.eu-west2.amazonaws.com/eu-west2_a1B2c3D4e'),
    ['provider-name'],
  ],
  'a provider is in two regions': [
    draft => renamed(draft, 'cognito-idp.us-east-1.amazonaws.com/eu-west-1_a1B2c3D4e'),
    ['provider-name'],
  ],
  'a provider is an ID alone': [draft => renamed(draft, userPool), ['provider-name']],
  'a user pool is gone': [
    draft => {
      for (const it of [...draft.userPools, ...draft.clients]) it.answer = { kind: 'absent' }
    },
    ['user-pool-absent'],
  ],
  'an app client is gone': [
    draft => {
      for (const it of draft.clients) it.answer = { kind: 'absent' }
    },
    ['client-absent'],
  ],
  'the token check is off': [
    draft => {
      for (const it of pool(draft).CognitoIdentityProviders ?? []) it.ServerSideTokenCheck = false
    },
    ['token-check-off'],
  ],
  'the token check was never set': [
    draft => {
      for (const it of pool(draft).CognitoIdentityProviders ?? []) delete it.ServerSideTokenCheck
    },
    ['token-check-off'],
  ],

  // with which mapping
  'roles are mapped for another client': [
    draft => mapped(draft, `${provider}:another`, 'cognito:groups'),
    ['mapping-provider'],
  ],
  'roles are mapped for a URL': [
    draft => mapped(draft, `https://${provider}:${client}`, 'cognito:groups'),
    ['mapping-provider'],
  ],
  'roles are mapped for the user pool without a client': [
    draft => mapped(draft, provider, 'cognito:groups'),
    ['mapping-provider'],
  ],
  'no group has a role': [() => {}, ['no-group-role'], { parameters: byToken }],
  'no group has a role, and others have the default': [
    () => {},
    [],
    { parameters: { ...byToken, AmbiguousRoleResolution: 'AuthenticatedRole' } },
  ],
  'a group’s role is gone': [
    draft => {
      for (const it of draft.roles) if (it.arn === admins.RoleArn) it.answer = { kind: 'absent' }
    },
    ['role-absent'],
    { parameters: byToken, groups: [admins] },
  ],
  'a group’s role trusts another pool': [
    draft => {
      role(draft, 'admins').trust = trusting(statement({}, host, 'authenticated', other))
    },
    ['trust-other-pool'],
    { parameters: byToken, groups: [admins] },
  ],
  'two groups have one precedence': [
    () => {},
    ['groups-of-equal-precedence'],
    {
      parameters: byToken,
      groups: [admins, { ...admins, GroupName: 'editors', RoleArn: `arn:aws:iam::${account}:role/editors` }],
    },
  ],
  'two groups have one precedence and one role': [
    () => {},
    [],
    { parameters: byToken, groups: [admins, { ...admins, GroupName: 'editors' }] },
  ],
  'a rule’s role is gone': [
    draft => {
      mapped(draft, `${provider}:${client}`, 'cognito:groups')
      const arn = `arn:aws:iam::${account}:role/gone`
      for (const it of Object.values(poolRoles(draft).RoleMappings)) {
        for (const rule of it.RulesConfiguration?.Rules ?? []) rule.RoleARN = arn
      }
      draft.roles.push({ arn, answer: { kind: 'absent' } })
    },
    ['role-absent'],
  ],

  // in which flow
  'the classic flow is on': [
    draft => {
      pool(draft).AllowClassicFlow = true
    },
    ['classic-flow'],
  ],
  'the classic flow was never set': [
    draft => {
      delete pool(draft).AllowClassicFlow
    },
    ['classic-flow'],
  ],
  'the classic flow is on, and roles are mapped': [
    draft => {
      pool(draft).AllowClassicFlow = true
    },
    ['classic-with-mapping'],
    { parameters: byToken, groups: [admins] },
  ],
  'the classic flow was never set, and roles are mapped': [
    draft => {
      delete pool(draft).AllowClassicFlow
    },
    [],
    { parameters: byToken, groups: [admins] },
  ],

  // by which claims
  'a rule takes what users can write': [
    draft => {
      mapped(draft, `${provider}:${client}`, 'custom:role')
      writing(draft, ['custom:role'])
    },
    ['claim-written-by-user'],
  ],
  'a rule takes an attribute that every client may write': [
    draft => mapped(draft, `${provider}:${client}`, 'email'),
    ['claim-written-by-user'],
  ],
  'a rule takes what no client may write': [draft => mapped(draft, `${provider}:${client}`, 'custom:role'), []],
  'a rule takes the groups': [draft => mapped(draft, `${provider}:${client}`, 'cognito:groups'), []],
  'a tag is what users can write': [
    draft => {
      tagged(draft, { tenant: 'custom:tenant' })
      writing(draft, ['custom:tenant'])
    },
    ['claim-written-by-user'],
  ],
  'a tag is what users write when they sign up': [
    draft => {
      tagged(draft, { tenant: 'custom:tenant' })
      writing(draft, ['custom:tenant'])
      immutable(draft, true)
    },
    ['claim-written-by-user'],
  ],
  'a tag is what administrators write': [
    draft => {
      tagged(draft, { tenant: 'custom:tenant' })
      writing(draft, ['custom:tenant'])
      immutable(draft, false)
    },
    [],
  ],
  'tags are mapped, and the trust takes none': [
    draft => {
      tagged(draft, { user: 'sub' })
      role(draft).trust = trusting(statement())
    },
    ['trust-without-tag-session'],
  ],
  'the default tags are mapped, and the trust takes none': [
    draft => {
      role(draft).trust = trusting(statement())
    },
    ['trust-without-tag-session'],
    { parameters: byTags },
  ],
  'a policy takes a tag that nobody maps': [
    policy(allow('sqs:SendMessage', 'arn:aws:sqs:us-east-1:123456789012:q-${aws:PrincipalTag/tenant}')),
    ['tag-without-map'],
  ],
  'a condition takes a tag that nobody maps': [
    policy(
      allow('sqs:SendMessage', 'arn:aws:sqs:us-east-1:123456789012:q', {
        StringEquals: { 'aws:PrincipalTag/tenant': 'a' },
      }),
    ),
    ['tag-without-map'],
  ],
  'a policy takes a tag with a default': [
    policy(allow('sqs:SendMessage', "arn:aws:sqs:us-east-1:123456789012:q-${aws:PrincipalTag/tenant, 'none'}")),
    [],
  ],
  'a policy takes a default tag': [
    policy(allow('sqs:SendMessage', 'arn:aws:sqs:us-east-1:123456789012:q-${aws:PrincipalTag/username}')),
    [],
    { parameters: byTags },
  ],
  'a policy takes a tag of the role': [
    draft => {
      role(draft).tags['tenant'] = 'a'
      const condition = { StringEquals: { 'aws:PrincipalTag/tenant': 'a' } }
      policy(allow('sqs:SendMessage', 'arn:aws:sqs:us-east-1:123456789012:q', condition))(draft)
    },
    [],
  ],
  'a folder is that of a tag of the role': [
    draft => {
      role(draft).tags['tenant'] = 'a'
      const folder = 'tenants/${aws:PrincipalTag/tenant}'
      only(objects(folder), list(`${folder}/*`))(draft)
    },
    [],
  ],

  // with which permissions
  'guests are allowed what they never have': [
    policy(allow(['ssm:GetParameter', 's3:GetObject'], 'arn:aws:s3:::notes/public/a'), 'UnauthenticatedRole'),
    ['guest-permission-void'],
    { parameters: withGuests },
  ],
  'signed-in users are allowed it': [
    policy(allow('ssm:GetParameter', 'arn:aws:ssm:us-east-1:123456789012:parameter/app')),
    [],
  ],
  'a variable has no braces': [only(objects(`private/${host}:sub`), list(`private/${sub}/*`)), ['variable-broken']],
  'a variable has no sign': [only(objects(`private/{${host}:sub}`), listOwn), ['variable-broken']],
  'a variable is of another host': [
    only(objects('private/${cognito-identity.amazon.com:sub}'), listOwn),
    ['variable-broken'],
  ],
  'a variable has a slash within its braces': [only(objects(`private/\${${host}:sub/}`), listOwn), ['variable-broken']],
  'a variable is still escaped': [only(objects(`private/\${!${host}:sub}`), listOwn), ['variable-broken']],
  'a variable is CloudFormation’s': [only(objects('${AWS::StackName}'), listOwn), ['variable-broken']],
  'a variable is of nothing': [only(objects('private/${sub}'), listOwn), ['variable-broken']],
  'a tag has no name': [only(objects('private/${aws:PrincipalTag}'), listOwn), ['variable-broken']],
  'a tag is parted by a colon': [
    draft => {
      only(objects('private/${aws:PrincipalTag:user}'), list('private/${aws:PrincipalTag/user}/*'))(draft)
      tagged(draft, { user: 'sub' })
    },
    ['variable-broken'],
  ],
  'several variables are broken': [
    only(objects(`{${host}:sub}/{${host}:sub}/\${!${host}:sub}`), listOwn),
    ['variable-broken'],
  ],
  'a condition has a broken variable': [
    only(objects(), list(`private/\${${host}:sub}/*`, `private/\${cognito-identity:sub}/*`)),
    ['variable-broken'],
  ],
  'a policy is of an old version': [
    policy(allow('sqs:SendMessage', `arn:aws:sqs:us-east-1:123456789012:q-${sub}`), 'AuthenticatedRole', '2008-10-17'),
    ['variables-off'],
  ],
  'a policy has no version': [
    policy(allow('sqs:SendMessage', `arn:aws:sqs:us-east-1:123456789012:q-${sub}`), 'AuthenticatedRole', ''),
    ['variables-off'],
  ],
  'nobody may list the own folder': [only(objects()), ['no-listing']],
  'listing is for another folder': [only(objects(), list('public/*')), ['listing-wrong-prefix']],
  'listing is without the slash at the end': [only(objects(), list(`private/${sub}`)), ['listing-wrong-prefix']],
  'listing is by a pattern': [only(objects(), list(`private/${sub}/*`)), []],
  'listing is on the objects': [
    only(objects(), allow('s3:ListBucket', `arn:aws:s3:::notes/private/${sub}/*`)),
    ['s3-wrong-resource'],
  ],
  'objects are put into a bucket': [
    only(objects(), list(`private/${sub}/*`), allow(['s3:PutObject', 's3:DeleteObject'], 'arn:aws:s3:::notes')),
    ['s3-wrong-resource'],
  ],
  'the policy lists the objects, and has nothing else': [
    only(allow('s3:ListBucket', `arn:aws:s3:::notes/private/${sub}/*`)),
    ['s3-wrong-resource'],
  ],
  'the policy puts objects into the bucket, and has nothing else': [
    only(allow(['s3:GetObject', 's3:PutObject'], 'arn:aws:s3:::notes')),
    ['s3-wrong-resource'],
  ],
  'a role has no policy': [
    draft => {
      Object.assign(role(draft), { inline: { kind: 'is', value: [] }, attached: { kind: 'is', value: [] } })
    },
    ['role-allows-nothing'],
  ],
  'guests have no policy': [
    draft => {
      role(draft, 'UnauthenticatedRole').inline = { kind: 'is', value: [] }
    },
    [],
    { parameters: withGuests },
  ],
  'a role has a denial alone': [only({ Effect: 'Deny', Action: '*', Resource: '*' }), ['role-allows-nothing']],
  'a managed policy denies everything': [
    draft => {
      const document: JsonObject = {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Deny', Action: ['*'], Resource: '*' }],
      }
      const arn = 'arn:aws:iam::aws:policy/AWSDenyAll'
      value(role(draft).attached).push({ name: 'AWSDenyAll', arn, document: { kind: 'is', value: document } })
    },
    ['role-allows-nothing'],
  ],
  'a denial takes all that there is': [
    only(objects(), listOwn, { Effect: 'Deny', Action: 's3:*', Resource: '*' }),
    ['role-allows-nothing'],
  ],
  'a denial has a condition': [
    only(objects(), listOwn, {
      ...{ Effect: 'Deny', Action: '*', Resource: '*' },
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    }),
    [],
  ],
  'an API is named without a stage': [
    only(allow('execute-api:Invoke', 'arn:aws:execute-api:us-east-1:123456789012:abcdefgh12')),
    ['resource-never-fits'],
  ],
  'an API is named with a stage alone': [
    only(allow('execute-api:Invoke', 'arn:aws:execute-api:us-east-1:123456789012:abcdefgh12/prod')),
    ['resource-never-fits'],
  ],
  'a WebSocket API is named with a route': [
    only(allow('execute-api:Invoke', 'arn:aws:execute-api:us-east-1:123456789012:abcdefgh12/prod/$connect')),
    [],
  ],
  'an API is named as it is managed': [
    only(allow('execute-api:Invoke', 'arn:aws:apigateway:us-east-1::/restapis/abcdefgh12/*')),
    ['resource-never-fits'],
  ],
  'a table is named as a bucket': [
    only(objects(), listOwn, allow(['dynamodb:GetItem', 'dynamodb:PutItem'], 'arn:aws:s3:::notes')),
    ['resource-never-fits'],
  ],
  'an action without resources is allowed on one': [
    only(objects(), listOwn, allow('polly:DescribeVoices', 'arn:aws:polly:us-east-1:123456789012:voice/a')),
    ['resource-never-fits'],
  ],
  'a folder is named without its objects': [
    only(allow(['s3:GetObject', 's3:PutObject'], `arn:aws:s3:::notes/private/${sub}`), listOwn),
    ['folder-without-objects'],
  ],
  'a folder is named with its objects, too': [
    only(allow('s3:PutObject', [`arn:aws:s3:::notes/private/${sub}`, `arn:aws:s3:::notes/private/${sub}/*`]), listOwn),
    [],
  ],
  'all buckets are listed, on an object': [
    only(objects(), listOwn, allow('s3:ListBuckets', `arn:aws:s3:::notes/private/${sub}/*`)),
    ['no-such-action'],
  ],
  'bucket and objects are named together': [
    only(allow(['s3:ListBucket', 's3:GetObject'], ['arn:aws:s3:::notes', `arn:aws:s3:::notes/private/${sub}/*`])),
    ['too-wide'],
  ],
  'an action is no action': [
    only(objects(), list(`private/${sub}/*`), allow('s3:CreateMultipartUpload', `arn:aws:s3:::notes/private/${sub}/*`)),
    ['no-such-action'],
  ],
  'users reach the whole bucket': [only(allow('s3:GetObject', 'arn:aws:s3:::notes/*')), ['too-wide']],
  'users reach others’ folders': [
    only(objects(), list(`private/${sub}/*`), allow('s3:DeleteObject', 'arn:aws:s3:::notes/private/*')),
    ['too-wide'],
  ],
  'users reach identity pools': [policy(allow('cognito-identity:*', '*')), ['too-wide']],
  'guests reach identity pools': [
    policy(allow('cognito-identity:*', '*'), 'UnauthenticatedRole'),
    ['too-wide'],
    { parameters: withGuests },
  ],
  'a managed policy gives everything': [
    draft => {
      const document: JsonObject = { Version: '2012-10-17', Statement: [allow('*', '*')] }
      const arn = 'arn:aws:iam::aws:policy/AdministratorAccess'
      value(role(draft).attached).push({ name: 'AdministratorAccess', arn, document: { kind: 'is', value: document } })
    },
    ['too-wide'],
  ],
}

const known = new Map<string, Diagnosis>()

/** Of one of the states by its name. */
function diagnosisOf(name: string): Diagnosis {
  const found = known.get(name) ?? diagnose(spoilt(states[name] ?? assert.fail(`there is no state where ${name}`)))
  known.set(name, found)
  return found
}

function spoilt([edit, , deployed]: State): Snapshot {
  const draft: Draft = JSON.parse(JSON.stringify(snapshotOf(template, '', { parameters: chapter, ...deployed })))
  edit(draft)
  return draft
}

const codesOf = ({ findings }: Diagnosis): readonly Code[] => findings.map(it => it.code)
const unique = <T>(items: readonly T[]): readonly T[] => [...new Set(items)]

describe('of a state', () => {
  for (const [name, state] of Object.entries(states)) {
    const [, expected] = state
    test(`where ${name}, ${expected.length === 0 ? 'nothing' : expected.join(' and ')} is found`, () => {
      const { findings, unseen } = diagnosisOf(name)
      const told = findings.map(it => `${it.code}: ${it.what}`).join('\n')
      assert.deepEqual(unique(findings.map(it => it.code)), expected, told)
      assert.deepEqual(unseen, [])
    })
  }

  test('each cause is found in one of them, or is drift', () => {
    const found = new Set<Code>(['drift', ...Object.values(states).flatMap(([, expected]) => expected)])
    assert.deepEqual(
      codes.filter(it => !found.has(it)),
      [],
    )
  })

  test('all is told in words, with a command that a shell can read', () => {
    for (const name of Object.keys(states)) {
      for (const it of diagnosisOf(name).findings) {
        assert.match(it.what, /^[A-Z].*\.$/s, name)
        assert(it.seen.length > 0 && it.mend.length > 0, name)
        assert.match(it.reference, /^https:\/\/docs\.aws\.amazon\.com\//, name)
        const texts = [
          it.what,
          ...it.seen.map(seen => seen.text),
          ...it.mend.flatMap(({ words, command = '' }) => [words, command]),
        ]
        for (const text of texts) assert.doesNotMatch(text, /undefined|\[object|NaN|\{(?:role|action|provider)\}/, name)
        for (const { words } of it.mend) assert.doesNotMatch(words, /\.$/, name)
      }
    }
    const commands = Object.keys(states).flatMap(name =>
      diagnosisOf(name).findings.flatMap(it => it.mend.flatMap(({ command = '' }) => command)),
    )
    execFileSync('sh', ['-n'], { input: commands.join('\n') })
    for (const command of commands) {
      for (const [, text = ''] of command.matchAll(/'(\{[^']*\})'/g)) assert.doesNotThrow(() => JSON.parse(text), text)
    }
  })

  test('what is seen in the classic flow alone is said where that is on', () => {
    const seenBy = (isOn: boolean) => {
      const draft: Draft = JSON.parse(
        JSON.stringify(spoilt(states['the trust names another pool'] ?? assert.fail('no state'))),
      )
      pool(draft).AllowClassicFlow = isOn
      const found = diagnose(draft).findings.find(it => it.code === 'trust-other-pool')
      return found?.seen.filter(it => it.text.includes('sts:AssumeRoleWithWebIdentity')).length
    }
    assert.deepEqual([seenBy(true), seenBy(false)], [1, 0])
  })

  test('the account of a role is that of the role that is gone, where nothing else tells', () => {
    const draft: Draft = JSON.parse(JSON.stringify(spoilt(states['a role is deleted'] ?? assert.fail('no state'))))
    delete draft.stack
    const [found] = diagnose(draft).findings
    assert.match(found?.mend[0]?.command ?? '', /arn:aws:iam::123456789012:role\/ROLE/)
  })

  test('it is said who sees what, and where', () => {
    const { findings } = diagnosisOf('the trust names another pool')
    const [found] = findings
    assert.equal(found?.severity, 'error')
    assert.deepEqual(found?.seen[0], {
      kind: 'exact',
      text: 'InvalidIdentityPoolConfigurationException: Invalid identity pool configuration. Check assigned IAM roles for this pool.',
    })
    assert.deepEqual(found?.where, {
      ...{ role: 'stack-AuthenticatedRole-A1B2C3', policy: 'AssumeRolePolicyDocument', statement: 1 },
    })
    const [mend] = found?.mend ?? []
    assert.match(
      mend?.command ?? '',
      /^aws iam update-assume-role-policy \\\n {2}--role-name stack-AuthenticatedRole-A1B2C3/,
    )
    assert.match(mend?.command ?? '', new RegExp(`"${host}:aud": \\[\\s+"${other}",\\s+"${poolId}"`))
  })
})

// ---- what mends it -------------------------------------------------------------------------------------------------

const words = (command: string): readonly string[] =>
  [...command.matchAll(/'([^']*)'|([^\s'\\]+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')

/** What a command makes of the account; false where it is one of which nobody here knows what it does. */
function run(draft: Draft, command: string): boolean {
  const [, service, operation, ...rest] = words(command)
  const given = (flag: string) => rest[rest.indexOf(flag) + 1] ?? assert.fail(`${command} lacks ${flag}`)
  const parsed = (flag: string) => JSON.parse(given(flag))
  const own = () => role(draft, given('--role-name'))
  switch (`${service} ${operation}`) {
    case 'iam update-assume-role-policy':
      own().trust = parsed('--policy-document')
      return true
    case 'iam put-role-policy':
    case 'iam delete-role-policy': {
      const left = value(own().inline).filter(it => it.name !== given('--policy-name'))
      const isPut = operation === 'put-role-policy'
      const document = isPut ? { kind: 'is' as const, value: parsed('--policy-document') } : undefined
      own().inline = {
        kind: 'is',
        value: document === undefined ? left : [...left, { name: given('--policy-name'), document }],
      }
      return true
    }
    case 'iam detach-role-policy':
      own().attached = {
        kind: 'is',
        value: value(own().attached).filter(it => it.arn !== given('--policy-arn')),
      }
      return true
    case 'cognito-identity update-identity-pool': {
      const made: DraftPool = parsed('--cli-input-json')
      const ids = (made.CognitoIdentityProviders ?? []).map(it => `${it.ProviderName}`.split('/')[1])
      draft.pool = { kind: 'is', value: made }
      draft.userPools = draft.userPools.filter(it => ids.includes(it.id))
      return true
    }
    case 'cognito-identity set-identity-pool-roles':
      draft.poolRoles = {
        kind: 'is',
        value: {
          Roles: parsed('--roles'),
          RoleMappings: rest.includes('--role-mappings') ? parsed('--role-mappings') : {},
        },
      }
      return true
    case 'cognito-identity set-principal-tag-attribute-map': {
      const map = { UseDefaults: false, PrincipalTags: parsed('--principal-tags') }
      const answer = { kind: 'is' as const, value: map }
      for (const it of draft.principalTags) if (it.provider === given('--identity-provider-name')) it.answer = answer
      return true
    }
    default:
      return false
  }
}

/** What is left once the commands have run that are said first, or go with those. */
const left: Readonly<Record<string, readonly Code[]>> = {
  'several variables are broken': ['listing-wrong-prefix'],
  // the names of all buckets are nobody's
  'all buckets are listed, on an object': ['too-wide'],
}

describe('what mends it', () => {
  test('mends it, whatever it is', () => {
    let count = 0
    for (const [name, state] of Object.entries(states)) {
      const draft: Draft = JSON.parse(JSON.stringify(spoilt(state)))
      delete draft.stack
      const { findings } = diagnose(draft)
      const commands = findings.flatMap(({ mend }) =>
        mend.filter((it, at) => at === 0 || it.words.startsWith('And ')).flatMap(({ command = '' }) => command),
      )
      if (
        commands.length < findings.length ||
        commands.some(it => it === '' || /\b(?:ROLE|CLIENT|GROUP|BUCKET|TABLENAME)\b/.test(it))
      )
        continue
      if (!commands.map(it => run(draft, it)).every(it => it)) continue
      count++
      const still = diagnose(draft).findings
      assert.deepEqual(
        unique(still.map(it => it.code)),
        left[name] ?? [],
        `${name}: ${still.map(it => it.what).join('\n')}\n${commands.join('\n')}`,
      )
    }
    assert(count > 65, `only ${count}`)
  })

  test('mends at once what one command writes over', () => {
    const { findings } = diagnose(
      spoilt([
        draft => {
          pool(draft).AllowClassicFlow = true
          for (const it of pool(draft).CognitoIdentityProviders ?? []) it.ServerSideTokenCheck = false
          delete draft.stack
        },
        [],
      ]),
    )
    assert.deepEqual(
      findings.map(it => it.code),
      ['classic-flow', 'token-check-off'],
    )
    const [first, second] = findings.map(it => it.mend[0]?.command)
    assert.equal(first, second)
    assert.match(first ?? '', /"AllowClassicFlow": false/)
    assert.match(first ?? '', /"ServerSideTokenCheck": true/)
    const text = terminalText({ findings, unseen: [] }, [], { width: 80, isColoured: false })
    assert.equal(text.split('aws cognito-identity update-identity-pool').length, 2)
    assert.match(text, /by the command\s+above/)
  })

  test('is a parameter of the stack where it has one', () => {
    const { findings } = diagnosisOf('the classic flow is on')
    assert.match(findings[0]?.mend[0]?.command ?? '', /^aws cloudformation update-stack --region us-east-1/)
    assert.match(findings[0]?.mend[0]?.command ?? '', /ParameterKey=AllowClassicFlow,ParameterValue=false/)
    assert.match(findings[0]?.mend[0]?.command ?? '', /ParameterKey=UserPoolId,UsePreviousValue=true/)
  })

  test('is no command where that would write a secret over', () => {
    const { findings } = diagnose(
      spoilt([
        draft => {
          pool(draft).SupportedLoginProviders = { 'api.twitter.com': '****' }
          for (const it of pool(draft).CognitoIdentityProviders ?? []) it.ServerSideTokenCheck = false
        },
        [],
      ]),
    )
    assert.deepEqual(findings[0]?.mend, [{ words: 'Switch it on' }])
  })

  test('takes no way to sign in away', () => {
    for (const name of ['a user pool is gone', 'an app client is gone']) {
      const draft = spoilt(states[name] ?? assert.fail(name))
      for (const { mend } of diagnose(draft).findings) {
        for (const { command = '' } of mend) assert.doesNotMatch(command, /"CognitoIdentityProviders": \[\]/)
      }
    }
    const [gone] = diagnosisOf('a user pool is gone').findings
    assert.equal(gone?.severity, 'warning')
    assert.deepEqual(
      gone?.mend.flatMap(it => it.command ?? []),
      [],
    )
    const [client] = diagnosisOf('an app client is gone').findings
    assert.match(client?.mend[0]?.command ?? '', /ParameterKey=UserPoolClientId,ParameterValue=CLIENT/)
    assert.match(client?.mend[1]?.command ?? '', /"ClientId": "CLIENT"/)
  })

  test('lets a role take tags before sessions have any', () => {
    const [found] = diagnosisOf('a policy takes a tag that nobody maps').findings
    assert.deepEqual(
      found?.mend.map(it => it.command?.split(' ', 3).slice(1).join(' ')),
      ['iam update-assume-role-policy', 'cognito-identity set-principal-tag-attribute-map'],
    )
  })

  test('attaches a role for each who gets in, by name where the stack has made it', () => {
    const mendOf = (deployed: Deployed, edit: (draft: Draft) => void = () => {}, document?: Document) => {
      const draft: Draft = JSON.parse(JSON.stringify(snapshotOf(template, '', deployed)))
      draft.poolRoles = { kind: 'absent' }
      edit(draft)
      const { findings } = diagnose(draft, document)
      assert.deepEqual(
        findings.map(it => it.code),
        ['no-roles'],
      )
      return findings[0]?.mend[0]
    }
    const both = mendOf({ parameters: withGuests })?.command ?? ''
    assert.match(both, /"authenticated": "arn:aws:iam::123456789012:role\/USERS_ROLE"/)
    assert.match(both, /"unauthenticated": "arn:aws:iam::123456789012:role\/GUESTS_ROLE"/)
    const guests = mendOf({ parameters: withGuests }, draft => {
      delete pool(draft).CognitoIdentityProviders
      Object.assign(draft, { principalTags: [], userPools: [], clients: [] })
    })
    assert.match(guests?.command ?? '', /"unauthenticated": "arn:aws:iam::123456789012:role\/ROLE"/)
    assert.doesNotMatch(guests?.command ?? '', /"authenticated"/)
    const known = mendOf({ parameters: { ...withGuests, RolePath: '/notes/' } }, undefined, template)
    assert.match(
      known?.words ?? '',
      /^Attach the roles that the template of the stack has for signed-in users and guests$/,
    )
    assert.match(known?.command ?? '', /role\/notes\/stack-AuthenticatedRole-A1B2C3"/)
    assert.match(known?.command ?? '', /role\/notes\/stack-UnauthenticatedRole-A1B2C3"/)
  })

  test('says what else a command mends', () => {
    const draft = spoilt(
      ['guests have no role', 'the token check is off'].reduce(
        (all: State, name) => {
          const [edit] = states[name] ?? assert.fail(name)
          return [
            it => {
              all[0](it)
              edit(it)
            },
            [],
            { parameters: withGuests },
          ]
        },
        [
          it => {
            delete it.stack
          },
          [],
        ],
      ),
    )
    const [found] = diagnose(draft).findings
    assert.equal(found?.mend[0]?.words, 'Let no guests in; the command mends token-check-off as well')
  })

  test('asks the endpoint that was asked', () => {
    const { findings } = diagnosisOf('the trust names another pool')
    const [found] = atEndpoint(findings, 'http://localhost:4566')
    assert.match(
      found?.mend[0]?.command ?? '',
      /^aws --endpoint-url http:\/\/localhost:4566 iam update-assume-role-policy/,
    )
    assert.equal(atEndpoint(findings, undefined), findings)
  })

  test('detaches a policy of AWS that is too wide, and speaks to guests of nothing that is theirs', () => {
    const [wide] = diagnosisOf('a managed policy gives everything').findings
    assert.match(wide?.mend[0]?.command ?? '', /^aws iam detach-role-policy .*AdministratorAccess$/)
    const guests = diagnose(
      spoilt([
        policy(allow('s3:GetObject', 'arn:aws:s3:::notes/*'), 'UnauthenticatedRole'),
        [],
        { parameters: withGuests },
      ]),
    ).findings.find(it => it.code === 'too-wide')
    assert.match(guests?.what ?? '', /by statement 1 of own of the role/)
    assert.equal(
      guests?.mend[0]?.words,
      'Narrow statement 1 of own: to the actions that guests need, on what is public',
    )
  })

  test('keeps other statements, mappings, tags and providers', () => {
    const lambda = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }
    const users = statement({ Sid: 'Users' }, host, 'authenticated', other)
    const [found] = diagnose(spoilt([trust({ Sid: 'Function', ...lambda }, users), []])).findings
    const command = found?.mend[0]?.command ?? ''
    assert.match(command, /"Sid": "Function"/)
    assert.match(command, /"Sid": "Users"/)
    assert.match(command, new RegExp(`"${other}",\\s+"${poolId}"`))
    const [, alone] = found?.mend ?? []
    assert.match(alone?.words ?? '', new RegExp(`alone, if ${other} is gone$`))
    assert.doesNotMatch(alone?.command ?? '', new RegExp(other))
  })
})

// ---- health --------------------------------------------------------------------------------------------------------

const options: Readonly<Record<string, Deployed>> = {
  'the chapter’s parameters': { parameters: chapter },
  guests: { parameters: withGuests },
  'all folders': { parameters: { ...withGuests, AllowProtectedFolder: 'true', UserTableName: 'rows' } },
  'roles by token': {
    parameters: byToken,
    groups: [admins, { GroupName: 'readers' }, { ...admins, GroupName: 'editors', Precedence: 1 }],
  },
  'default tags': { parameters: byTags },
  'folders by sub': { parameters: { ...byTags, UploadsFolderKeyedBy: 'UserSub' } },
  'a key, a path, a boundary and a policy': {
    parameters: {
      ...chapter,
      UploadsKmsKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab',
      RolePath: '/notes/',
      PermissionsBoundaryArn: 'arn:aws:iam::123456789012:policy/Boundary',
      AdditionalManagedPolicyArns: 'arn:aws:iam::123456789012:policy/Own',
    },
  },
  'other providers': {
    parameters: {
      ...{ GoogleClientId: '1-a.apps.googleusercontent.com', FacebookAppId: '1234567' },
      ...{ DeveloperProviderName: 'login.example.app', UploadsBucketName: 'notes' },
      OpenIdConnectProviderArns: 'arn:aws:iam::123456789012:oidc-provider/login.example.com',
    },
  },
  'three clients': { parameters: { ...chapter, UserPoolClientId2: '2second', UserPoolClientId3: '3third' } },
  'GovCloud West': {
    region: 'us-gov-west-1',
    partition: 'aws-us-gov',
    parameters: { ...withGuests, UserPoolId: 'us-gov-west-1_a1B2c3D4e' },
  },
  'GovCloud East': {
    region: 'us-gov-east-1',
    partition: 'aws-us-gov',
    parameters: { ...byTags, UserPoolId: 'us-gov-east-1_a1B2c3D4e' },
  },
  China: {
    region: 'cn-north-1',
    partition: 'aws-cn',
    parameters: { GoogleClientId: '1-a.apps.googleusercontent.com', UploadsBucketName: 'notes' },
  },
}

describe('a healthy pool', () => {
  for (const [name, deployed] of Object.entries(options)) {
    test(`with ${name} has no finding, and no drift`, () => {
      const { findings, unseen } = diagnose(snapshotOf(template, '', deployed), template)
      assert.deepEqual(
        findings.map(it => `${it.code}: ${it.what}`),
        [],
      )
      assert.deepEqual(unseen, [])
    })
  }

  test('of the tutorial has what is too wide about it, and that nobody may list', () => {
    const { findings } = diagnose(snapshotOf(tutorialTemplate, '', { parameters: chapter }), tutorialTemplate)
    assert.deepEqual(codesOf({ findings, unseen: [] }), ['no-listing', 'too-wide', 'too-wide', 'too-wide'])
    assert.deepEqual(
      findings.map(it => it.where.statement),
      [2, 2, 3, 1],
    )
    const [, first] = findings
    assert.doesNotMatch(first?.mend[0]?.command ?? '', /cognito-identity:\*|s3:\*|execute-api:us-east-1:\*/)
  })
})

// ---- drift ---------------------------------------------------------------------------------------------------------

describe('drift', () => {
  const drifted: Readonly<Record<string, readonly [edit: (draft: Draft) => void, words: RegExp, deployed?: Deployed]>> =
    {
      'of the name': [
        draft => {
          pool(draft).IdentityPoolName = 'another'
        },
        /^IdentityPool has IdentityPoolName another, and the template says notes\.$/,
        { parameters: { ...chapter, IdentityPoolName: 'notes' } },
      ],
      'of a provider': [
        draft => {
          pool(draft).SupportedLoginProviders = { 'graph.facebook.com': '1234567' }
        },
        /^IdentityPool has SupportedLoginProviders graph\.facebook\.com: 1234567, and the template says none\.$/,
      ],
      'of a mapping': [
        draft => {
          for (const it of Object.values(poolRoles(draft).RoleMappings))
            it.AmbiguousRoleResolution = 'AuthenticatedRole'
        },
        /^RoleAttachment has RoleMappings .*AuthenticatedRole.*, and the template says .*Deny/,
        { parameters: byToken, groups: [admins] },
      ],
      'of the tags': [
        draft => {
          tagged(draft, { userSub: 'sub', more: 'aud' })
        },
        /^PrincipalTag has PrincipalTags .*more: aud.*, and the template says userSub: sub\.$/,
        { parameters: { ...chapter, UploadsFolderKeyedBy: 'UserSub' } },
      ],
      'of an action': [
        draft => {
          const [first] = value(role(draft).inline)
          const document = value(first?.document ?? assert.fail('no policy'))
          const text = JSON.stringify(document).replace('"s3:DeleteObject",', '')
          Object.assign(document, JSON.parse(text))
        },
        /^AuthenticatedRole \(the role stack-AuthenticatedRole-A1B2C3\) has another policy own-folder than the template says: statement \d \(PrivateObjects\) lacks Action s3:DeleteObject\.$/,
      ],
      'of a policy that is gone': [
        draft => {
          value(role(draft).inline).pop()
        },
        /has the policy api by the template, and it is gone\.$/,
      ],
      'of a policy that is more': [
        policy(allow('polly:SynthesizeSpeech', '*')),
        /has the policy own, which is not in the template\.$/,
      ],
      'of a managed policy': [
        draft => {
          const arn = 'arn:aws:iam::123456789012:policy/Own'
          const document: JsonObject = { Version: '2012-10-17', Statement: [allow('polly:SynthesizeSpeech', '*')] }
          value(role(draft).attached).push({ name: 'Own', arn, document: { kind: 'is', value: document } })
        },
        /has arn:aws:iam::123456789012:policy\/Own, which is not in the template\.$/,
      ],
      'of the boundary': [
        draft => {
          role(draft).boundary = { arn: 'arn:aws:iam::123456789012:policy/B', document: { kind: 'absent' } }
        },
        /has PermissionsBoundary arn:aws:iam::123456789012:policy\/B, and the template says none\.$/,
      ],
      'of the trust': [
        draft => {
          trust(statement(), {
            Effect: 'Allow',
            Principal: { Service: 'lambda.amazonaws.com' },
            Action: 'sts:AssumeRole',
          })(draft)
        },
        /has another trust policy than the template says: it has statement 2 \(Allow sts:AssumeRole\) besides\.$/,
      ],
      'of a condition of the trust': [
        draft => {
          const [first] = [value(draft.roles[0]?.answer ?? assert.fail('no role')).trust]
          const text = JSON.stringify(first).replace(
            '"ForAnyValue:StringLike":{',
            `"StringLike":{"${host}:sub":"us-east-1:*"},$&`,
          )
          role(draft).trust = JSON.parse(text)
        },
        /has another trust policy than the template says: statement 1 \(.*\) has Condition StringLike cognito-identity\.amazonaws\.com:sub us-east-1:\*, and the template says none\.$/,
      ],
    }
  for (const [name, [edit, words, deployed]] of Object.entries(drifted)) {
    test(`${name} is told by the property, and nothing else is`, () => {
      const draft: Draft = JSON.parse(JSON.stringify(snapshotOf(template, '', deployed ?? { parameters: chapter })))
      edit(draft)
      const { findings } = diagnose(draft, template)
      assert.deepEqual(
        findings.map(it => it.code),
        ['drift'],
        findings.map(it => it.what).join('\n'),
      )
      assert.match(findings[0]?.what ?? '', words)
      assert.match(findings[0]?.mend[0]?.command ?? '', /create-change-set .*(.|\n)*--deployment-mode REVERT_DRIFT/)
    })
  }

  test('alone is told where the template lets guests in, and the pool does not', () => {
    const draft: Draft = JSON.parse(JSON.stringify(snapshotOf(template, '', { parameters: withGuests })))
    pool(draft).AllowUnauthenticatedIdentities = false
    assert.deepEqual(codesOf(diagnose(draft, template)), ['drift'])
  })

  test('is mended by the parameter that decides it, where one does', () => {
    const draft: Draft = JSON.parse(JSON.stringify(snapshotOf(template, '', { parameters: withGuests })))
    pool(draft).AllowUnauthenticatedIdentities = false
    const [found] = diagnose(draft, template).findings
    assert.match(
      found?.mend[0]?.words ?? '',
      /^Set the parameter AllowGuests of the stack, which decides it; or take it back/,
    )
    const other: Draft = JSON.parse(JSON.stringify(snapshotOf(template, '', { parameters: chapter })))
    policy(allow('polly:SynthesizeSpeech', '*'))(other)
    assert.match(
      diagnose(other, template).findings[0]?.mend[0]?.words ?? '',
      /^Write it into the template; or take it back/,
    )
  })

  test('is told beside what it does', () => {
    const draft: Draft = JSON.parse(JSON.stringify(snapshotOf(template, '', { parameters: chapter })))
    pool(draft).AllowClassicFlow = true
    assert.deepEqual(codesOf(diagnose(draft, template)), ['classic-flow', 'drift'])
  })
})

// ---- whatever stands ------------------------------------------------------------------------------------------------

const pieces = [
  ...[
    '$',
    '{',
    '}',
    '!',
    '${',
    `${host}:sub`,
    sub,
    'aws:PrincipalTag/',
    '${aws:PrincipalTag/a}',
    '*',
    '?',
    '/',
    "'",
    '\u0007',
  ],
  ...['arn:aws:s3:::', 'notes', 'private', 's3:', 'GetObject', 'ListBucket', '2012-10-17', 'Allow', 'Deny', poolId],
]
const anyText = fc.array(fc.constantFrom(...pieces), { maxLength: 5 }).map(it => it.join(''))
const keys = [
  ...['Version', 'Statement', 'Effect', 'Principal', 'NotPrincipal', 'Federated', 'Action', 'NotAction', 'Resource'],
  ...['Condition', 'StringEquals', 'ForAnyValue:StringLike', `${host}:aud`, `${host}:amr`, 's3:prefix', 'Null', 'Sid'],
]
const anyJson: fc.Arbitrary<Json> = fc.letrec<{ readonly json: Json }>(tie => ({
  json: fc.oneof(
    { maxDepth: 5 },
    anyText,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...keys), tie('json'), { maxKeys: 4 }),
  ),
})).json
const anyObject = fc.dictionary(fc.constantFrom(...keys), anyJson, { maxKeys: 4 })
const anyStatement = fc.record(
  {
    Effect: fc.constantFrom('Allow', 'Deny'),
    Action: anyJson,
    Resource: anyJson,
    Condition: anyJson,
    Principal: anyJson,
  },
  { requiredKeys: ['Effect'] },
)
const anyPolicy = fc.oneof(
  anyObject,
  fc.array(anyStatement).map((Statement): JsonObject => ({ Version: '2012-10-17', Statement })),
)

test('whatever the policies say, it is told in words that a shell and a terminal can take', () => {
  fc.assert(
    fc.property(anyPolicy, anyPolicy, anyPolicy, (trusts, own, guests) => {
      const draft = spoilt([
        it => {
          role(it).trust = trusts
          for (const [name, document] of [
            ['-AuthenticatedRole', own],
            ['UnauthenticatedRole', guests],
          ] as const) {
            role(it, name).inline = { kind: 'is', value: [{ name: "o'wn", document: { kind: 'is', value: document } }] }
          }
        },
        [],
        { parameters: withGuests },
      ])
      const diagnosis = diagnose(draft, template)
      const text = terminalText(diagnosis, [], { width: 80, isColoured: false })
      assert(!text.includes('\u0007'), text)
      for (const { mend } of diagnosis.findings) {
        for (const { command = '' } of mend) {
          assert.match(command, /^[\x20-\x7e\n]*$/)
          for (const [, json = ''] of command.matchAll(/--policy-document '([^']*)'/g))
            assert.doesNotThrow(() => JSON.parse(json))
        }
      }
    }),
    { numRuns: 60 },
  )
})

test('whatever the template says, what stands is held against it', () => {
  const snapshot = snapshotOf(template, '', { parameters: withGuests })
  const types = [
    'AWS::Cognito::IdentityPool',
    'AWS::IAM::Role',
    'AWS::Cognito::IdentityPoolRoleAttachment',
    'AWS::IAM::Policy',
  ]
  const resource = fc.record(
    { Type: fc.constantFrom(...types), Properties: anyJson, Condition: anyJson },
    { requiredKeys: ['Type'] },
  )
  const ids = ['IdentityPool', 'AuthenticatedRole', 'RoleAttachment', 'Other']
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...ids), resource), Resources => {
      for (const { what } of diagnose(snapshot, { Resources }).findings) assert.match(what, /\.$/)
    }),
    { numRuns: 60 },
  )
})

// ---- what cannot be seen -------------------------------------------------------------------------------------------

describe('what could not be looked at', () => {
  const unasked = { kind: 'unasked', reason: 'ann may not do it', help: 'Allow it' } as const
  const hidden: Readonly<Record<string, readonly [edit: (draft: Draft) => void, what: RegExp]>> = {
    'the pool itself': [draft => Object.assign(draft, { pool: unasked }), /^the identity pool$/],
    'the attached roles': [
      draft => Object.assign(draft, { poolRoles: unasked, roles: [] }),
      /^the roles of the identity pool$/,
    ],
    'a role': [
      draft => {
        for (const it of draft.roles) it.answer = unasked
      },
      /^the role arn:aws:iam::123456789012:role\/stack-AuthenticatedRole-A1B2C3$/,
    ],
    'the policies of a role': [
      draft => {
        role(draft).inline = unasked
      },
      /^the policies of the role arn:/,
    ],
    'a user pool': [
      draft => {
        for (const it of draft.userPools) it.answer = unasked
      },
      /^the user pool eu-west-1_a1B2c3D4e$/,
    ],
    'an app client': [
      draft => {
        for (const it of draft.clients) it.answer = unasked
      },
      /^the app client 1example23456789 of the user pool eu-west-1_a1B2c3D4e$/,
    ],
    'the tags': [
      draft => {
        for (const it of draft.principalTags) it.answer = unasked
      },
      /^the principal tags of cognito-idp/,
    ],
    'the stack': [
      draft => {
        draft.owner = unasked
        delete draft.stack
      },
      /^the stack that the identity pool is of$/,
    ],
    'the template': [
      draft => {
        if (draft.stack !== undefined) draft.stack.template = unasked
      },
      /^the template of the stack stack$/,
    ],
    'what the trust hangs on': [
      trust(
        statement({
          Condition: {
            ...{ StringEquals: { [`${host}:aud`]: poolId }, IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
            'ForAnyValue:StringLike': { [`${host}:amr`]: 'authenticated' },
          },
        }),
      ),
      /^whether the role arn:\S+ lets in whom it is for$/,
    ],
  }
  for (const [name, [edit, what]] of Object.entries(hidden)) {
    test(`is told of ${name}, and is no health`, () => {
      const diagnosis = diagnose(spoilt([edit, []]))
      assert.deepEqual(diagnosis.findings, [])
      assert.equal(diagnosis.unseen.length, 1, JSON.stringify(diagnosis.unseen))
      assert.match(diagnosis.unseen[0]?.what ?? '', what)
      const text = terminalText(diagnosis, [], { width: 80, isColoured: false })
      assert.match(text, /Nothing wrong was found, but 1 thing could not be looked at\.\n$/)
    })
  }

  test('is told where nobody knows the host of a region', () => {
    const draft = spoilt([() => {}, []])
    const { findings, unseen } = diagnose({ ...draft, region: 'eusc-de-east-1', partition: 'aws-eusc' })
    assert.deepEqual(findings, [])
    assert.deepEqual(
      unseen.map(it => it.what),
      ['the trust policies of the roles'],
    )
  })
})

// ---- on the command line -------------------------------------------------------------------------------------------

test('with --json it prints JSON, whatever is wrong with what was asked', () => {
  const args = ['--conditions=poolform-source', '--import', 'tsx', 'src/cli/index.ts', 'doctor', '--json']
  const { status, stdout } = spawnSync(process.execPath, args, {
    cwd: path.dirname(import.meta.dirname),
    encoding: 'utf8',
  })
  assert.equal(status, 2)
  const { formatVersion, error } = JSON.parse(stdout)
  assert.equal(formatVersion, 1)
  assert.equal(error.code, 'wrong-use')
  assert.match(error.message, /^say what to look at/)
})

/** What the script prints where the AWS CLI refuses everything so. */
function refusedScript(target: Parameters<typeof saveCommands>[0], refusal: string) {
  const folder = mkdtempSync(path.join(tmpdir(), 'doctor-'))
  try {
    writeFileSync(path.join(folder, 'aws'), `#!/bin/sh\nprintf '%s\\n' '${refusal}' >&2\nexit 254\n`, { mode: 0o755 })
    const env = { ...process.env, PATH: `${folder}:${process.env['PATH'] ?? ''}` }
    return spawnSync('/bin/sh', { input: saveCommands(target), env, encoding: 'utf8' })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test('the script says of a stack that is not there that it is not, and fails', () => {
  const refusal = 'An error occurred (ValidationError) when calling DescribeStacks: Stack with id notes does not exist'
  const { status, stdout, stderr } = refusedScript({ stackName: 'notes', region: 'eu-west-1' }, refusal)
  assert.equal(`${status} ${stdout}`, '1 ')
  assert.match(stderr, /the stack notes could not be read in eu-west-1: nothing is saved\n$/)
})

test('the script tells of a refusal once', () => {
  const refusal = 'An error occurred (AccessDeniedException) when calling DescribeIdentityPool: no'
  const { status, stdout, stderr } = refusedScript({ identityPoolId: poolId, region: 'us-east-1' }, refusal)
  assert.equal(status, 1)
  assert.match(stdout, /"Code":"AccessDeniedException"/)
  assert.equal(stderr, `${refusal}\n`)
})

// ---- in words ------------------------------------------------------------------------------------------------------

test('the name of a provider is mended where it can be made out which user pool is meant', () => {
  const right = 'cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a1B2c3D4e'
  for (const name of [
    right,
    `https://${right}`,
    `${right}/`,
    'eu-west-1_a1B2c3D4e',
    'cognito-idp.us-east-1.amazonaws.com/eu-west-1_a1B2c3D4e',
    'cognito-idp.eu-west-1.amazonaws.com.cn/eu-west-1_a1B2c3D4e',
    'cognito-idp.eu-west1.amazonaws.com/eu-west1_a1B2c3D4e',
  ]) {
    assert.equal(rightName(name), right, name)
  }
  for (const name of ['cognito-idp.eu-west-1.amazonaws.com', 'people', 'accounts.google.com']) {
    assert.equal(rightName(name), undefined, name)
  }
  const future = 'cognito-idp.xx-west-9.amazonaws.com/xx-west-9_a1B2c3D4e'
  assert.equal(rightName(future), future)
})

test('a terminal is told the worst first, in lines that fit, and nothing steers it', () => {
  const { findings, unseen } = diagnose(
    spoilt([
      draft => {
        policy(allow('cognito-identity:*', '*'))(draft)
        trust(statement({}, host, 'authenticated', other))(draft)
        pool(draft).IdentityPoolName = 'evil\u001b[2J'
      },
      [],
    ]),
  )
  const subject = ['Identity pool evil\u001b[2J']
  const text = terminalText({ findings, unseen }, subject, { width: 80, isColoured: false })
  assert(!text.includes('\u001b'), text)
  assert(text.indexOf('error: ') < text.indexOf('warning: '), text)
  assert.match(text, /\n1 error and 1 warning\.\n$/)
  const long = text.split('\n').filter(line => line.length > 80 && !/^\s*(?:\S+|See: \S+|"\S+": \S+)$/.test(line))
  assert.deepEqual(long, [])
  const coloured = terminalText({ findings, unseen }, subject, { width: 80, isColoured: true })
  assert(coloured.includes('\n\u001b[1;31merror\u001b[0m: '), coloured)
})

test('each cause has words, and a public page', () => {
  for (const [code, cause] of Object.entries(causes)) {
    assert.match(cause.reference, /^https:\/\/docs\.aws\.amazon\.com\//, code)
    assert.match(cause.title, /[^.]$/, code)
    assert(cause.seen.length > 0, code)
  }
})
