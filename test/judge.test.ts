import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { judge } from '../src/access/judge.ts'
import { rolesOf } from '../src/access/pools.ts'
import type { Identity, Question, Verdict, Who } from '../src/access/question.ts'
import { mayAssume } from '../src/access/trust.ts'
import { whyNot } from '../src/access/why-not.ts'
import { writableClaims } from '../src/access/writable-claims.ts'
import type { Document, Json, JsonObject } from '../src/document.ts'
import { read } from '../src/read.ts'
import { type Environment, type Resolved, resolve, Unknown } from '../src/resolve/index.ts'
import { concatenate } from '../src/resolve/value.ts'

const account = '123456789012'

function at(region: string, partition = 'aws', urlSuffix = 'amazonaws.com'): Environment {
  return { region, partition, urlSuffix, accountId: account, stackName: 'notes', stackId: 'id', parameters: {} }
}

const built = read(readFileSync('dist/identity-pool.yaml', 'utf8'))
assert(built.kind === 'template')
const { document } = built

const chapter = {
  UserPoolId: 'us-east-1_a1B2c3D4e',
  UserPoolClientId: 'client',
  UploadsBucketName: 'notes-uploads',
  ApiId: 'a1b2c3d4e5',
}

function ours(parameters: Record<string, string> = {}, env = at('us-east-1')): Resolved {
  const resolved = resolve(document, { ...env, parameters: { ...chapter, ...parameters } })
  assert.deepEqual(resolved.diagnostics, [])
  return resolved
}

function template(
  Resources: JsonObject,
  others: JsonObject = {},
  parameters: Environment['parameters'] = {},
): Resolved {
  const document: Document = { ...others, Resources }
  return resolve(document, { ...at('us-east-1'), parameters })
}

const [a, b] = ['us-east-1:aaaaaaaa-1111-4111-8111-aaaaaaaaaaaa', 'us-east-1:bbbbbbbb-2222-4222-8222-bbbbbbbbbbbb']
const user: Identity = { kind: 'identity', isSignedIn: true, id: a, pool: 'own', flow: 'enhanced' }
const guest: Identity = { ...user, isSignedIn: false }

function ask(resolved: Resolved, who: Who, action: string, resource: string, context?: Question['context']): Verdict {
  return judge(resolved, { who, action, resource, ...(context === undefined ? {} : { context }) })
}

const decision = (...question: Parameters<typeof ask>) => ask(...question).decision
const objects = 'arn:aws:s3:::notes-uploads'

const host = 'cognito-identity.amazonaws.com'
const pool = { Type: 'AWS::Cognito::IdentityPool', Properties: { AllowUnauthenticatedIdentities: true } }

function trustOf(amr: string, action: Json = 'sts:AssumeRoleWithWebIdentity'): JsonObject {
  const Condition = {
    StringEquals: { [`${host}:aud`]: { Ref: 'Pool' } },
    'ForAnyValue:StringLike': { [`${host}:amr`]: amr },
  }
  return trustBy(Condition, host, action)
}

function trustBy(Condition: Json, Federated: Json = host, Action: Json = 'sts:AssumeRoleWithWebIdentity'): JsonObject {
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Federated }, Action, Condition }] }
}

function allowing(Action: Json, Resource: Json, Condition?: Json): JsonObject {
  const statement = { Effect: 'Allow', Action, Resource, ...(Condition === undefined ? {} : { Condition }) }
  return { Version: '2012-10-17', Statement: [statement] }
}

function role(properties: JsonObject = {}, trust: Json = trustOf('authenticated')): JsonObject {
  return { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: trust, ...properties } }
}

const inline = (PolicyDocument: Json): Json => [{ PolicyName: 'inline', PolicyDocument }]
const getAll = allowing('s3:GetObject', 'arn:aws:s3:::b/*')

function attachment(Roles: Json, others: JsonObject = {}): JsonObject {
  return {
    Type: 'AWS::Cognito::IdentityPoolRoleAttachment',
    Properties: { IdentityPoolId: { Ref: 'Pool' }, Roles, ...others },
  }
}

const toUsers = attachment({ authenticated: { 'Fn::GetAtt': ['Role', 'Arn'] } })
const get = (resolved: Resolved, who: Who = user) => ask(resolved, who, 's3:GetObject', 'arn:aws:s3:::b/x')

test('a user reaches the own folder and the API, and nothing of others', () => {
  const resolved = ours()
  assert.deepEqual(ask(resolved, user, 's3:PutObject', `${objects}/private/${a}/x`), {
    decision: 'allow',
    role: 'AuthenticatedRole',
    by: [{ role: 'AuthenticatedRole', policy: 'own-folder', statement: 0, sid: 'PrivateObjects' }],
    because: 'the statement PrivateObjects allows it',
    notes: ['A policy of the bucket may deny it.'],
  })
  for (const key of [
    `private/${b}/x`,
    `private/${a}0/x`,
    `private/${a}`,
    `private//x`,
    'private/${cognito-identity.amazonaws.com:sub}/x',
  ]) {
    assert.equal(decision(resolved, user, 's3:GetObject', `${objects}/${key}`), 'deny', key)
  }
  const list = (prefix: string | undefined) =>
    decision(resolved, user, 's3:ListBucket', objects, prefix === undefined ? {} : { 's3:prefix': prefix })
  assert.equal(list(`private/${a}/`), 'allow')
  assert.equal(list(`private/${a}`), 'deny')
  assert.equal(list(`private/${b}/`), 'deny')
  // Who names no prefix lists the whole bucket.
  assert.equal(list(undefined), 'deny')
  const api = (path: string) => decision(resolved, user, 'execute-api:Invoke', `arn:aws:execute-api:${path}`)
  assert.equal(api(`us-east-1:${account}:a1b2c3d4e5/prod/GET/notes`), 'allow')
  assert.equal(api(`us-east-1:${account}:a1b2c3d4e6/prod/GET/notes`), 'deny')
  assert.equal(api('us-east-1:210987654321:a1b2c3d4e5/prod/GET/notes'), 'deny')
})

test('without guests there is no role for them, and without the classic flow no choice', () => {
  const resolved = ours()
  const none = ask(resolved, guest, 's3:GetObject', `${objects}/public/x`)
  assert.deepEqual([none.decision, none.because], ['deny', 'the identity pool has no guests'])
  assert.equal(
    ask(resolved, { ...user, flow: 'classic' }, 's3:GetObject', `${objects}/private/${a}/x`).because,
    'the classic flow is off',
  )
  const open = ours({ AllowClassicFlow: 'true' })
  assert.equal(decision(open, { ...user, flow: 'classic' }, 's3:GetObject', `${objects}/private/${a}/x`), 'allow')
  const guests = ours({ AllowGuests: 'true', AllowPublicFolder: 'true' })
  assert.equal(decision(guests, guest, 's3:GetObject', `${objects}/public/x`), 'allow')
  assert.equal(decision(guests, guest, 's3:PutObject', `${objects}/public/x`), 'deny')
})

test('in every region its own host is trusted, and only with this pool’s identities of the right kind', () => {
  for (const env of [
    at('eu-central-1'),
    at('us-gov-west-1', 'aws-us-gov'),
    at('us-gov-east-1', 'aws-us-gov'),
    at('cn-north-1', 'aws-cn', 'amazonaws.com.cn'),
  ]) {
    const parameters = { UserPoolId: '', UserPoolClientId: '', GoogleClientId: 'g', AllowGuests: 'true' }
    const resolved = ours(parameters, env)
    const truths = (id: string) =>
      [user, guest].flatMap(who =>
        (['own', 'other'] as const).map(pool => mayAssume(resolved, id, { ...who, pool }).truth),
      )
    assert.deepEqual(truths('AuthenticatedRole'), [true, false, false, false], String(env.region))
    assert.deepEqual(truths('UnauthenticatedRole'), [false, false, true, false], String(env.region))
  }
  const elsewhere = template({ Pool: pool, Role: role() })
  assert.equal(mayAssume({ ...elsewhere, env: at('us-gov-west-1', 'aws-us-gov') }, 'Role', user).truth, false)
  assert.equal(mayAssume({ ...elsewhere, env: at('eusc-de-east-1', 'aws-eusc') }, 'Role', user).truth, 'unknown')
  assert.equal(mayAssume(elsewhere, 'Nobody', user).truth, false)
})

test('in China it is not known whether keys that AWS spells otherwise are there, and sure which host is trusted', () => {
  const of = (principal: string, key: string) => {
    const Condition = {
      StringEquals: { [`${key}:aud`]: { Ref: 'Pool' } },
      'ForAnyValue:StringLike': { [`${key}:amr`]: 'authenticated' },
    }
    const trust = trustBy(Condition, principal)
    const Resources = {
      ...{ Pool: pool, Attachment: toUsers },
      Role: role({ Policies: inline(allowing('s3:GetObject', `arn:aws-cn:s3:::b/\${${key}:sub}/x`)) }, trust),
    }
    const resolved = resolve({ Resources }, at('cn-north-1', 'aws-cn', 'amazonaws.com.cn'))
    const id = 'cn-north-1:aaaaaaaa-1111-4111-8111-aaaaaaaaaaaa'
    return decision(resolved, { ...user, id }, 's3:GetObject', `arn:aws-cn:s3:::b/${id}/x`)
  }
  const china = 'cognito-identity.cn-north-1.amazonaws.com.cn'
  assert.equal(of(china, china), 'allow')
  assert.equal(of(china, 'cognito-identity.amazonaws.com'), 'unknown')
  assert.equal(of(china, 'cognito-identity.amazonaws.com.cn'), 'unknown')
  assert.equal(of(host, host), 'deny')
})

test('nobody gets the role with a provider’s token, nor by a plain AssumeRole', () => {
  const resolved = ours()
  const strangers: readonly Who[] = [
    { kind: 'token', issuer: 'accounts.google.com', claims: { aud: 'g', sub: '1' } },
    {
      kind: 'token',
      issuer: 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_a1B2c3D4e',
      claims: { aud: 'client' },
    },
    { kind: 'token', issuer: `arn:aws:iam::${account}:saml-provider/Okta`, claims: { aud: 'x' } },
    { kind: 'principal', arn: `arn:aws:iam::${account}:root` },
    { kind: 'principal', arn: `arn:aws:iam::${account}:role/admin` },
    { kind: 'principal', arn: 'lambda.amazonaws.com' },
    // Another pool's token, taken to AWS STS.
    { kind: 'token', issuer: host, claims: { aud: 'us-east-1:other', amr: ['authenticated'], sub: a } },
  ]
  for (const who of strangers) {
    const { truth } = mayAssume(resolved, 'AuthenticatedRole', who)
    // A literal ID may be the one that the pool gets.
    assert.equal(truth, who.kind === 'token' && who.issuer === host ? 'unknown' : false, JSON.stringify(who))
  }
  for (const [principal, ...trusted] of [
    [{ Federated: 'accounts.google.com' }, strangers[0]],
    [
      { Federated: `arn:aws:iam::${account}:oidc-provider/cognito-idp.us-east-1.amazonaws.com/us-east-1_a1B2c3D4e` },
      strangers[1],
    ],
    [{ Federated: { Ref: 'Issuer' } }, strangers[1]],
    [{ Federated: [`arn:aws:iam::${account}:saml-provider/Okta`] }, strangers[2]],
    [{ AWS: account }, strangers[3], strangers[4]],
    [{ AWS: `arn:aws:iam::${account}:role/admin` }, strangers[4]],
    [{ Service: ['ec2.amazonaws.com', 'lambda.amazonaws.com'] }, strangers[5]],
    ['*', ...strangers],
    [{ AWS: '*' }, ...strangers],
  ] as const) {
    const made = template({
      Issuer: {
        Type: 'AWS::IAM::OIDCProvider',
        Properties: { Url: 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_a1B2c3D4e' },
      },
      Role: role(
        {},
        { Version: '2012-10-17', Statement: { Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole*' } },
      ),
    })
    for (const who of strangers) {
      const isTrusted = trusted.includes(who)
      assert.equal(mayAssume(made, 'Role', who).truth, isTrusted, `${JSON.stringify(principal)} ${JSON.stringify(who)}`)
    }
  }
})

test('a principal that only deployment knows may be what it can be', () => {
  const trusting = (Principal: Json) =>
    template(
      {
        Pool: pool,
        Other: role(),
        Role: role({}, { Version: '2012-10-17', Statement: { Effect: 'Allow', Principal, Action: 'sts:*' } }),
      },
      { Parameters: { Given: { Type: 'String' } } },
    )
  const truth = (principal: Json, who: Who) => mayAssume(trusting(principal), 'Role', who).truth
  const by = (arn: string): Who => ({ kind: 'principal', arn })
  const other = { AWS: { 'Fn::GetAtt': ['Other', 'Arn'] } }
  assert.equal(truth(other, by(`arn:aws:iam::${account}:role/x`)), 'unknown')
  assert.equal(truth(other, by(`arn:aws:iam::${account}:user/x`)), false)
  assert.equal(truth(other, by('arn:aws:iam::210987654321:role/x')), false)
  assert.equal(truth(other, user), false)
  assert.equal(truth({ AWS: { Ref: 'Given' } }, by('arn:aws:iam::210987654321:role/x')), 'unknown')
  assert.equal(truth({ Federated: { Ref: 'Given' } }, user), 'unknown')
  const provider = { Federated: { 'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:oidc-provider/${Given}' } }
  assert.equal(truth(provider, user), false)
  assert.equal(truth(provider, { kind: 'token', issuer: 'accounts.google.com', claims: {} }), 'unknown')
  // A session is also its role.
  const admin = { AWS: `arn:aws:iam::${account}:role/path/admin` }
  assert.equal(truth(admin, by(`arn:aws:sts::${account}:assumed-role/admin/ann`)), true)
  assert.equal(truth(admin, by(`arn:aws:sts::${account}:assumed-role/other/ann`)), false)
})

test('what a trust policy leaves out lets others in, and what denies shuts them out', () => {
  const trusting = (Condition: Json | undefined, others: readonly Json[] = []) =>
    template({
      Pool: pool,
      Role: role(
        {},
        {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Federated: host },
              Action: 'sts:AssumeRoleWithWebIdentity',
              ...(Condition === undefined ? {} : { Condition }),
            },
            ...others,
          ],
        },
      ),
    })
  const truth = (resolved: Resolved, who: Who) => mayAssume(resolved, 'Role', who).truth
  const ofPool = { StringEquals: { [`${host}:aud`]: { Ref: 'Pool' } } }
  const other: Identity = { ...user, pool: 'other' }
  assert.equal(truth(trusting(undefined), other), true)
  assert.equal(truth(trusting({ 'ForAnyValue:StringLike': { [`${host}:amr`]: 'authenticated' } }), other), true)
  assert.equal(truth(trusting(ofPool), guest), true)
  assert.equal(truth(trusting(ofPool), other), false)
  // One of several pools by their IDs: another may be one of them.
  assert.equal(
    truth(trusting({ StringEquals: { [`${host}:aud`]: [{ Ref: 'Pool' }, 'us-east-1:1'] } }), other),
    'unknown',
  )
  assert.equal(truth(trusting({ StringLike: { [`${host}:aud`]: '*' } }), other), true)
  assert.equal(truth(trusting({ 'ForAllValues:StringLike': { [`${host}:amr`]: 'authenticated' } }), guest), false)
  assert.equal(truth(trusting({ StringEquals: { [`${host}:arm`]: 'authenticated' } }), user), false)
  // How somebody has signed in is one of several values.
  assert.equal(truth(trusting({ StringEquals: { [`${host}:amr`]: 'authenticated' } }), user), 'unknown')
  const bySocial = trusting({ 'ForAnyValue:StringLike': { [`${host}:amr`]: 'graph.facebook.com' } })
  assert.equal(truth(bySocial, { ...user, provider: 'graph.facebook.com' }), true)
  assert.equal(truth(bySocial, { ...user, provider: 'accounts.google.com' }), false)
  assert.equal(truth(bySocial, user), 'unknown')
  assert.equal(truth(bySocial, guest), false)
  const denied = trusting(undefined, [
    { Effect: 'Deny', NotPrincipal: { Federated: host }, Action: '*' },
    { Effect: 'Deny', Principal: '*', Action: 'sts:*', Condition: { StringEquals: { [`${host}:sub`]: a } } },
  ])
  assert.equal(truth(denied, user), false)
  assert.equal(truth(denied, { ...user, id: b }), true)
  assert.equal(truth(denied, { kind: 'token', issuer: 'accounts.google.com', claims: {} }), false)
})

test('a session has the tags that are mapped, which take sts:TagSession', () => {
  const bySub = ours({ UploadsFolderKeyedBy: 'UserSub' })
  const own = `${objects}/private/sub-a/x`
  const of = (tags: Record<string, string> | undefined) => (tags === undefined ? user : { ...user, tags })
  assert.equal(decision(bySub, of({ userSub: 'sub-a' }), 's3:GetObject', own), 'allow')
  assert.equal(decision(bySub, of({ userSub: 'sub-b' }), 's3:GetObject', own), 'deny')
  assert.equal(decision(bySub, of({}), 's3:GetObject', own), 'deny')
  assert.equal(decision(bySub, of(undefined), 's3:GetObject', own), 'unknown')
  const claims = { sub: 'sub-a', aud: 'client' }
  assert.equal(decision(bySub, { ...user, claims }, 's3:GetObject', own), 'allow')
  assert.equal(decision(bySub, { ...user, claims: { aud: 'client' } }, 's3:GetObject', own), 'unknown')
  assert.equal(decision(bySub, { ...user, claims, provider: 'accounts.google.com' }, 's3:GetObject', own), 'deny')
  const tags = (trust: Json) =>
    template({
      Pool: pool,
      Role: role({ Policies: inline(allowing('s3:GetObject', 'arn:aws:s3:::b/${aws:PrincipalTag/team}')) }, trust),
      Attachment: toUsers,
      Tags: {
        Type: 'AWS::Cognito::IdentityPoolPrincipalTag',
        Properties: {
          IdentityPoolId: { Ref: 'Pool' },
          IdentityProviderName: 'accounts.google.com',
          PrincipalTags: { team: 'custom:team' },
        },
      },
    })
  const ofX: Identity = { ...user, claims: { 'custom:team': 'x' } }
  assert.equal(get(tags(trustOf('authenticated')), ofX).decision, 'deny')
  assert.match(get(tags(trustOf('authenticated')), ofX).because, /sts:TagSession/)
  assert.equal(
    get(tags(trustOf('authenticated', ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'])), ofX).decision,
    'allow',
  )
  // The role's own tags are its sessions' too; others the template does not map may be mapped elsewhere.
  const tagged = (Tags: Json) =>
    template({
      Pool: pool,
      Attachment: toUsers,
      Role: role({ Tags, Policies: inline(allowing('s3:GetObject', 'arn:aws:s3:::b/${aws:PrincipalTag/team}')) }),
    })
  assert.equal(get(tagged([{ Key: 'team', Value: 'x' }])).decision, 'allow')
  assert.equal(get(tagged([])).decision, 'unknown')
  assert.equal(get(tagged([]), { ...user, tags: {} }).decision, 'deny')
})

test('the pool gives the attached role, or one by the token that is not known here', () => {
  const byToken = (AmbiguousRoleResolution: string) => ours({ RoleSelection: 'Token', AmbiguousRoleResolution })
  const own = `${objects}/private/${a}/x`
  const ofPool: Identity = { ...user, provider: 'cognito-idp.us-east-1.amazonaws.com/us-east-1_a1B2c3D4e' }
  assert.equal(decision(byToken('Deny'), ofPool, 's3:GetObject', own), 'unknown')
  assert.match(ask(byToken('Deny'), ofPool, 's3:GetObject', own).because, /group/)
  assert.equal(decision(byToken('Deny'), { ...ofPool, groupRole: 'none' }, 's3:GetObject', own), 'deny')
  assert.equal(decision(byToken('AuthenticatedRole'), { ...ofPool, groupRole: 'none' }, 's3:GetObject', own), 'allow')
  assert.equal(decision(byToken('Deny'), { ...user, provider: 'graph.facebook.com' }, 's3:GetObject', own), 'allow')
  const rules = (Rules: readonly JsonObject[], AmbiguousRoleResolution = 'Deny') =>
    template({
      Pool: pool,
      Role: role({ Policies: inline(getAll) }),
      Admin: role({ Policies: inline(allowing('s3:*', '*')) }),
      Attachment: attachment(
        { authenticated: { 'Fn::GetAtt': ['Role', 'Arn'] } },
        {
          RoleMappings: {
            'accounts.google.com': { Type: 'Rules', AmbiguousRoleResolution, RulesConfiguration: { Rules } },
          },
        },
      ),
    })
  const rule = (MatchType: string, Value: string, id = 'Admin') => ({
    Claim: 'email',
    MatchType,
    Value,
    RoleARN: { 'Fn::GetAtt': [id, 'Arn'] },
  })
  const who: Identity = { ...user, provider: 'accounts.google.com', claims: { email: 'ann@example.com' } }
  const roles = (rule: JsonObject, resolution?: string) => rolesOf(rules([rule], resolution), who).roles
  assert.deepEqual(roles(rule('Equals', 'ann@example.com')), ['Admin'])
  assert.deepEqual(roles(rule('StartsWith', 'ann@')), ['Admin'])
  assert.deepEqual(roles(rule('Contains', 'example')), ['Admin'])
  assert.deepEqual(roles(rule('NotEqual', 'bob@example.com')), ['Admin'])
  assert.deepEqual(roles(rule('NotEqual', 'ann@example.com')), [])
  assert.deepEqual(roles(rule('Equals', 'bob@example.com'), 'AuthenticatedRole'), ['Role'])
  assert.equal(get(rules([rule('Equals', 'x')]), { ...who, claims: {} }).decision, 'unknown')
  // Which role it is need not be known where all come to the same.
  assert.equal(get(rules([rule('Equals', 'x')], 'AuthenticatedRole'), { ...who, claims: {} }).decision, 'allow')
  const toDefault = rules([rule('Equals', 'x', 'Role')], 'AuthenticatedRole')
  assert.deepEqual(rolesOf(toDefault, { ...who, claims: {} }).orElse, undefined)
  const put = (of: Resolved) => decision(of, { ...who, claims: {} }, 's3:PutObject', 'arn:aws:s3:::b/x')
  assert.equal(put(rules([rule('Equals', 'x')], 'AuthenticatedRole')), 'unknown')
  assert.equal(put(toDefault), 'deny')
  assert.equal(get(rules([rule('Equals', 'x')]), { ...user, provider: 'accounts.google.com' }).decision, 'unknown')
  // A role that is not there, one of another template, and a pool that others give roles to.
  const bare = { Pool: pool, Role: role({ Policies: inline(getAll) }) }
  assert.equal(get(template({ ...bare, Attachment: attachment({}) })).decision, 'deny')
  assert.equal(
    get(template({ ...bare, Attachment: attachment({ authenticated: `arn:aws:iam::${account}:role/other` }) }))
      .decision,
    'unknown',
  )
  assert.equal(get(template(bare)).decision, 'unknown')
  const named = { ...bare, Role: role({ RoleName: 'users', Policies: inline(getAll) }) }
  const byName = (owner: string) =>
    template({ ...named, Attachment: attachment({ authenticated: `arn:aws:iam::${owner}:role/users` }) })
  assert.equal(get(byName(account)).decision, 'allow')
  assert.equal(get(byName('210987654321')).decision, 'unknown')
  assert.equal(get(template({ ...bare, Attachment: toUsers })).decision, 'allow')
})

test('policies that stand by themselves count, and what stands outside is not known', () => {
  const base = { Pool: pool, Attachment: toUsers, Role: role() }
  const standing = (Type: string, properties: JsonObject) => ({
    ...base,
    Policy: { Type, Properties: { PolicyDocument: getAll, ...properties } },
  })
  assert.equal(get(template(base)).decision, 'deny')
  assert.equal(get(template(standing('AWS::IAM::Policy', { Roles: [{ Ref: 'Role' }] }))).decision, 'allow')
  assert.equal(get(template(standing('AWS::IAM::RolePolicy', { RoleName: { Ref: 'Role' } }))).decision, 'allow')
  assert.equal(get(template(standing('AWS::IAM::ManagedPolicy', { Roles: [{ Ref: 'Role' }] }))).decision, 'allow')
  assert.equal(get(template(standing('AWS::IAM::ManagedPolicy', {}))).decision, 'deny')
  assert.equal(get(template(standing('AWS::IAM::Policy', { Roles: ['other'] }))).decision, 'deny')
  const managed = standing('AWS::IAM::ManagedPolicy', {})
  assert.equal(get(template({ ...managed, Role: role({ ManagedPolicyArns: [{ Ref: 'Policy' }] }) })).decision, 'allow')
  const readOnly = { ManagedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'] }
  const outside = get(template({ ...base, Role: role({ ...readOnly, Policies: inline(getAll) }) }))
  assert.equal(outside.decision, 'unknown')
  assert.match(outside.because, /ReadOnlyAccess/)
  const deny = { Version: '2012-10-17', Statement: { Sid: 'No', Effect: 'Deny', Action: '*', Resource: '*' } }
  const denied = get(template({ ...base, Role: role({ ...readOnly, Policies: inline(deny) }) }))
  assert.deepEqual([denied.decision, denied.because], ['deny', 'the statement No denies it'])
  // As JSON, with what deployment fills in.
  const json = {
    'Fn::Sub':
      '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::${Bucket}/*"}}',
  }
  const bucket = { Bucket: { Type: 'AWS::S3::Bucket' } }
  assert.equal(get(template({ ...base, ...bucket, Role: role({ Policies: inline(json) }) })).decision, 'unknown')
})

test('what a policy for a role of another template gives is not known, where nobody else has a role', () => {
  const policy = (Type: string, others: JsonObject) => ({
    Policy: { Type, Properties: { PolicyName: 'calls', PolicyDocument: getAll, ...others } },
  })
  for (const [resources, parameters] of [
    [policy('AWS::IAM::Policy', { Roles: [{ 'Fn::ImportValue': 'users' }] }), {}],
    [policy('AWS::IAM::ManagedPolicy', { Roles: [{ Ref: 'Users' }] }), { Users: 'app-users' }],
    [policy('AWS::IAM::RolePolicy', { RoleName: 'app-users' }), {}],
  ] as const) {
    const { decision, because } = get(
      template(resources, { Parameters: { Users: { Type: 'String', Default: 'x' } } }, parameters),
    )
    assert.equal(decision, 'unknown')
    assert.match(because, /^the policy Policy is for the role (?:\{users\}|app-users), which is not in the template/)
  }
  // Of what a custom resource gives it is not known whose role it is; of a role of the template, it is.
  const custom = {
    Type: 'Custom::Name',
    Properties: { ServiceToken: 'arn:aws:lambda:us-east-1:123456789012:function:f' },
  }
  const withPool = (name: string) =>
    template({
      ...{ Pool: pool, Role: role(), Other: role(), Custom: custom, Attachment: toUsers },
      ...policy('AWS::IAM::Policy', { Roles: [{ Ref: name }] }),
    })
  assert.equal(get(withPool('Custom')).decision, 'unknown')
  assert.equal(get(withPool('Other')).decision, 'deny')
  assert.equal(get(withPool('Role')).decision, 'allow')
})

test('where there is no pool, it is the one that a role trusts by name', () => {
  const id = 'us-east-1:11111111-1111-4111-8111-111111111111'
  const trusting = (aud: Json) => {
    const Condition = {
      StringEquals: { [`${host}:aud`]: aud },
      'ForAnyValue:StringLike': { [`${host}:amr`]: 'authenticated' },
    }
    return trustBy(Condition)
  }
  const alone = (aud: Json) =>
    template(
      { Role: role({ Policies: inline(getAll) }, trusting(aud)) },
      { Parameters: { Pool: { Type: 'String' } } },
      { Pool: new Unknown({ kind: 'parameter', name: 'Pool' }) },
    )
  for (const aud of [id, [id], { Ref: 'Pool' }]) {
    assert.equal(get(alone(aud)).decision, 'allow', JSON.stringify(aud))
    assert.equal(get(alone(aud), guest).decision, 'deny')
    assert.equal(get(alone(aud), { ...user, pool: 'other' }).decision, 'deny')
  }
  // A pattern names none, and with a pool of its own a template trusts another.
  assert.equal(get(alone('us-east-1:*')).decision, 'unknown')
  assert.notEqual(
    get(template({ Pool: pool, Attachment: toUsers, Role: role({ Policies: inline(getAll) }, trusting(id)) })).decision,
    'allow',
  )
})

test('there is no classic flow with role mappings, and whether there are is asked of what gives the roles', () => {
  const withClassic = (RoleMappings: Json | undefined, AllowClassicFlow: Json = true, parameters = {}) =>
    template(
      {
        Pool: { ...pool, Properties: { ...pool.Properties, AllowClassicFlow } },
        ...{ Role: role(), Admin: role({ Policies: inline(getAll) }) },
        Attachment: attachment(
          { authenticated: { 'Fn::GetAtt': ['Role', 'Arn'] } },
          RoleMappings === undefined ? {} : { RoleMappings },
        ),
      },
      {},
      parameters,
    )
  const classic: Identity = { ...user, flow: 'classic' }
  const mapping = { 'accounts.google.com': { Type: 'Token', AmbiguousRoleResolution: 'AuthenticatedRole' } }
  assert.equal(get(withClassic(undefined), classic).decision, 'allow')
  assert.equal(get(withClassic({}), classic).decision, 'allow')
  const refused = get(withClassic(mapping), classic)
  assert.deepEqual(
    [refused.decision, refused.because],
    ['deny', 'the identity pool has role mappings, with which there is no classic flow'],
  )
  assert.equal(get(withClassic({ 'Fn::Transform': { Name: 'Mappings' } }), classic).decision, 'unknown')
  // CloudFormation takes the texts true and false; of others nobody says what it does.
  assert.equal(get(withClassic(undefined, 'true'), classic).decision, 'allow')
  assert.equal(get(withClassic(undefined, 'false'), classic).decision, 'deny')
  assert.equal(get(withClassic(undefined, 'True'), classic).decision, 'unknown')
})

test('a boundary can only take away', () => {
  const bounded = (PermissionsBoundary: Json, document: Json = getAll, boundary: Json = getAll) =>
    get(
      template({
        Pool: pool,
        Attachment: toUsers,
        Role: role({ PermissionsBoundary, Policies: inline(document) }),
        Boundary: { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: boundary } },
      }),
    ).decision
  const own = { Ref: 'Boundary' }
  assert.equal(bounded(own), 'allow')
  assert.equal(bounded(own, getAll, allowing('s3:PutObject', '*')), 'deny')
  assert.equal(bounded(own, allowing('s3:PutObject', '*')), 'deny')
  const elsewhere = `arn:aws:iam::${account}:policy/boundary`
  assert.equal(bounded(elsewhere), 'unknown')
  assert.equal(bounded(elsewhere, allowing('s3:PutObject', '*')), 'deny')
})

test('guests have what their role and Cognito’s session policies both allow, unless they choose the classic flow', () => {
  const resolved = template({
    Pool: { Type: pool.Type, Properties: { ...pool.Properties, AllowClassicFlow: true } },
    Attachment: attachment({ unauthenticated: { 'Fn::GetAtt': ['Guests', 'Arn'] } }),
    Guests: role({ Policies: inline(allowing('*', '*')) }, trustOf('unauthenticated')),
  })
  const may = (action: string, who = guest) => decision(resolved, who, action, '*')
  assert.equal(may('s3:GetObject'), 'allow')
  assert.equal(may('rum:PutRumEvents'), 'allow')
  assert.equal(may('ssm:GetParameter'), 'deny')
  assert.equal(may('kms:Sign'), 'deny')
  // In copies of the policy, and on no page of AWS's.
  assert.equal(may('execute-api:Invoke'), 'unknown')
  assert.equal(may('geo:ListMaps'), 'unknown')
  assert.equal(may('ssm:GetParameter', { ...guest, flow: 'classic' }), 'allow')
})

test('what only deployment knows leaves open only what hangs on it', () => {
  const resolved = template(
    {
      Pool: pool,
      Attachment: toUsers,
      Role: role({
        Policies: [
          { PolicyName: 'always', PolicyDocument: getAll },
          {
            'Fn::If': [
              'Writes',
              { PolicyName: 'write', PolicyDocument: allowing('s3:PutObject', 'arn:aws:s3:::b/*') },
              { Ref: 'AWS::NoValue' },
            ],
          },
          {
            PolicyName: 'either',
            PolicyDocument: allowing('s3:DeleteObject', {
              'Fn::If': ['Writes', 'arn:aws:s3:::b/*', 'arn:aws:s3:::b/x'],
            }),
          },
        ],
      }),
    },
    {
      Parameters: { Write: { Type: 'String' } },
      Conditions: { Writes: { 'Fn::Equals': [{ Ref: 'Write' }, 'true'] } },
    },
  )
  const may = (action: string, key = 'x') => decision(resolved, user, action, `arn:aws:s3:::b/${key}`)
  assert.equal(may('s3:GetObject'), 'allow')
  assert.equal(may('s3:PutObject'), 'unknown')
  assert.equal(
    ask(resolved, user, 's3:PutObject', 'arn:aws:s3:::b/x').because,
    'it depends on the condition Writes, not known here',
  )
  assert.equal(may('s3:DeleteObject'), 'allow')
  assert.equal(may('s3:DeleteObject', 'y'), 'unknown')
  assert.equal(may('s3:DeleteBucket'), 'deny')
})

test('what stands under a condition, and what it chooses, go together', () => {
  const under = (Condition: string, document: Json) => ({
    Type: 'AWS::IAM::Policy',
    Condition,
    Properties: { PolicyName: 'p', Roles: [{ Ref: 'Role' }], PolicyDocument: document },
  })
  const made = (policies: JsonObject) =>
    template(
      { Pool: pool, Attachment: toUsers, Role: role(), ...policies },
      {
        Parameters: { Write: { Type: 'String' } },
        Conditions: {
          Writes: { 'Fn::Equals': [{ Ref: 'Write' }, 'true'] },
          Reads: { 'Fn::Not': [{ Condition: 'Writes' }] },
        },
      },
    )
  const chosen = (yes: string, no: string) => allowing('s3:GetObject', { 'Fn::If': ['Writes', yes, no] })
  assert.equal(get(made({ One: under('Writes', getAll) })).decision, 'unknown')
  const never = { One: under('Writes', chosen('arn:aws:s3:::c/*', 'arn:aws:s3:::b/*')) }
  assert.equal(get(made(never)).decision, 'deny')
  const sometimes = { One: under('Writes', chosen('arn:aws:s3:::b/*', 'arn:aws:s3:::c/*')) }
  assert.equal(get(made(sometimes)).decision, 'unknown')
  const always = role({ Policies: inline(getAll) })
  const deny = { Version: '2012-10-17', Statement: { Effect: 'Deny', Action: '*', Resource: '*' } }
  assert.equal(get(made({ Role: always, One: under('Writes', deny) })).decision, 'unknown')
})

test('a role that may be meant, or may be had, leaves the answer open', () => {
  const parameters = { Parameters: { Given: { Type: 'String' } } }
  const base = { Pool: pool, Attachment: toUsers, Role: role() }
  const named = (Effect: string, own: Json = []) =>
    template(
      {
        ...base,
        Role: role({ Policies: own }),
        Policy: {
          Type: 'AWS::IAM::Policy',
          Properties: {
            Roles: [{ Ref: 'Given' }],
            PolicyDocument: { Version: '2012-10-17', Statement: { Effect, Action: '*', Resource: '*' } },
          },
        },
      },
      parameters,
    )
  assert.equal(get(named('Allow')).decision, 'unknown')
  assert.equal(get(named('Deny')).decision, 'deny')
  assert.equal(get(named('Deny', inline(getAll))).decision, 'unknown')
  const social = { 'ForAnyValue:StringLike': { [`${host}:amr`]: 'graph.facebook.com' } }
  const Statement = { Effect: 'Allow', Principal: { Federated: host }, Action: 'sts:*', Condition: social }
  const trusted = template({ ...base, Role: role({ Policies: inline(getAll) }, { Version: '2012-10-17', Statement }) })
  assert.equal(get(trusted).decision, 'unknown')
  assert.equal(get(trusted, { ...user, provider: 'graph.facebook.com' }).decision, 'allow')
  assert.equal(get(trusted, { ...user, provider: 'accounts.google.com' }).decision, 'deny')
})

test('guests have no tags of a token', () => {
  const resolved = template({
    Pool: pool,
    Attachment: attachment({ unauthenticated: { 'Fn::GetAtt': ['Role', 'Arn'] } }),
    Role: role(
      { Policies: inline(allowing('s3:GetObject', 'arn:aws:s3:::b/${aws:PrincipalTag/team}')) },
      trustOf('unauthenticated'),
    ),
  })
  assert.equal(get(resolved, guest).decision, 'deny')
})

/** A key of the request, and what a condition on it comes to where the question does not give it. */
const keys: readonly (readonly [operator: string, key: string, value: string, decision: Verdict['decision']])[] = [
  ['Bool', 'aws:SecureTransport', 'true', 'allow'],
  ['Bool', 'aws:ViaAWSService', 'false', 'allow'],
  ['StringEquals', 'aws:PrincipalAccount', account, 'allow'],
  ['StringEquals', 'aws:PrincipalType', 'AssumedRole', 'allow'],
  ['StringEquals', 'aws:FederatedProvider', host, 'allow'],
  ['StringEquals', `${host}:sub`, a, 'allow'],
  ['StringEquals', 'aws:username', 'ann', 'deny'],
  ['Null', 'aws:CalledVia', 'true', 'allow'],
  ['StringEquals', 'kms:ViaService', 's3.us-east-1.amazonaws.com', 'deny'],
  ['StringEquals', 's3:prefix', 'x', 'deny'],
  ['StringEquals', 'aws:RequestTag/team', 'x', 'deny'],
  ['ArnLike', 'aws:SourceArn', 'arn:aws:s3:::b', 'deny'],
  ['StringEquals', 'accounts.google.com:sub', '1', 'deny'],
  ['StringEquals', 'aws:PrincipalOrgID', 'o-1', 'unknown'],
  ['IpAddress', 'aws:SourceIp', '203.0.113.0/24', 'unknown'],
  ['DateLessThan', 'aws:CurrentTime', '2030-01-01T00:00:00Z', 'unknown'],
  ['Null', 'aws:CurrentTime', 'true', 'deny'],
  ['StringEquals', 'aws:ResourceTag/team', 'x', 'unknown'],
  ['StringEquals', 's3:ExistingObjectTag/team', 'x', 'unknown'],
  ['StringEquals', 'aws:SourceVpce', 'vpce-1', 'unknown'],
  ['Bool', 'aws:MultiFactorAuthPresent', 'true', 'unknown'],
  ['StringLike', 'aws:UserAgent', '*', 'allow'],
  ['ForAnyValue:StringLike', `${host}:amr`, 'authenticated', 'unknown'],
]

for (const [operator, key, value, expected] of keys) {
  test(`${operator} ${key} ${value} is ${expected} where the question leaves it out`, () => {
    const resolved = template({
      Pool: pool,
      Attachment: toUsers,
      Role: role({ Policies: inline(allowing('s3:GetObject', 'arn:aws:s3:::b/*', { [operator]: { [key]: value } })) }),
    })
    assert.equal(get(resolved).decision, expected)
  })
}

test('whose credentials they have, AWS tells everybody', () => {
  assert.deepEqual(ask(ours(), user, 'sts:GetCallerIdentity', '*').notes, ['AWS STS answers it whatever policies say.'])
})

test('rows are reached by their key only, and keys of AWS KMS only by way of Amazon S3', () => {
  const table = `arn:aws:dynamodb:us-east-1:${account}:table/rows`
  const kms = `arn:aws:kms:us-east-1:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`
  const resolved = ours({ UserTableName: 'rows', UploadsKmsKeyArn: kms })
  const query = (keys: readonly string[] | undefined) =>
    decision(resolved, user, 'dynamodb:Query', table, keys === undefined ? {} : { 'dynamodb:LeadingKeys': keys })
  assert.deepEqual(
    [query([a]), query([b]), query([a, b]), query([]), query(undefined)],
    ['allow', 'deny', 'deny', 'deny', 'deny'],
  )
  const via = (service: string) => decision(resolved, user, 'kms:Decrypt', kms, { 'kms:ViaService': service })
  assert.equal(via('s3.us-east-1.amazonaws.com'), 'allow')
  assert.equal(via('ssm.us-east-1.amazonaws.com'), 'deny')
  assert.equal(decision(resolved, user, 'kms:Decrypt', kms), 'deny')
})

test('a value that is not known is never taken for another', () => {
  const bucket = { Type: 'AWS::S3::Bucket' }
  const resolved = template({
    Pool: pool,
    Attachment: toUsers,
    Bucket: bucket,
    Role: role({
      Policies: inline(
        allowing('s3:GetObject', {
          'Fn::Sub': 'arn:aws:s3:::${Bucket}/private/${!cognito-identity.amazonaws.com:sub}/*',
        }),
      ),
    }),
  })
  const name = new Unknown({ kind: 'resource', id: 'Bucket' })
  const arn = (key: string) => new Unknown({ kind: 'text', parts: ['arn:aws:s3:::', name, key] })
  const may = (key: string) => judge(resolved, { who: user, action: 's3:GetObject', resource: arn(key) }).decision
  assert.deepEqual([may(`/private/${a}/x`), may(`/private/${b}/x`)], ['allow', 'deny'])
  assert.equal(decision(resolved, user, 's3:GetObject', `arn:aws:s3:::notes/private/${a}/x`), 'unknown')
  assert.equal(decision(resolved, user, 's3:GetObject', `arn:aws:s3:::notes/private/${b}/x`), 'deny')
})

describe('policies on what is asked for', () => {
  const on = (Resources: JsonObject, own: Json = allowing('sqs:*', '*'), others: JsonObject = {}) =>
    template({ Pool: pool, Role: role({ Policies: inline(own) }), Attachment: toUsers, ...Resources }, others)
  const says = (Effect: string, Principal: Json, others: JsonObject = {}): JsonObject => ({
    Statement: [{ Effect, Principal, Action: '*', Resource: '*', Sid: 'Own', ...others }],
  })
  const bucket = (PolicyDocument: Json, block: JsonObject = {}): JsonObject => ({
    B: { Type: 'AWS::S3::Bucket', Properties: block },
    BP: { Type: 'AWS::S3::BucketPolicy', Properties: { Bucket: { Ref: 'B' }, PolicyDocument } },
  })
  const toRole = { AWS: { 'Fn::GetAtt': ['Role', 'Arn'] } }

  test('deny what a role’s policies allow, to everybody, to the role or to its account', () => {
    for (const principal of ['*', { AWS: '*' }, toRole, { AWS: account }, { AWS: `arn:aws:iam::${account}:root` }]) {
      const verdict = get(on(bucket(says('Deny', principal)), getAll))
      assert.deepEqual([verdict.decision, verdict.because], ['deny', 'the statement Own of the policy BP denies it'])
      assert.deepEqual(verdict.by, [{ role: 'Role', policy: 'BP', statement: 0, sid: 'Own' }])
      assert.deepEqual(verdict.notes, [])
    }
    for (const principal of [{ AWS: '210987654321' }, { Service: 's3.amazonaws.com' }, { CanonicalUser: 'x' }]) {
      assert.equal(get(on(bucket(says('Deny', principal)), getAll)).decision, 'allow', JSON.stringify(principal))
    }
    const insecure = { Condition: { Bool: { 'aws:SecureTransport': 'false' } } }
    assert.equal(get(on(bucket(says('Deny', '*', insecure)), getAll)).decision, 'allow')
    const elsewhere = { Condition: { StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } } }
    const open = get(on(bucket(says('Deny', '*', elsewhere)), getAll))
    assert.deepEqual([open.decision, open.because], ['unknown', 'whether the policy BP denies it is not known here'])
    assert.equal(get(on(bucket(says('Deny', '*', { Resource: 'arn:aws:s3:::other/*' })), getAll)).decision, 'allow')
    const NotPrincipal = { AWS: '210987654321' }
    const others = { Statement: [{ Effect: 'Deny', NotPrincipal, Action: '*', Resource: '*' }] }
    assert.equal(get(on(bucket(others), getAll)).decision, 'deny')
  })

  test('allow what a role’s policies say nothing of, to everybody and to the role; to an account nothing by themselves', () => {
    const block = (to: Json) => ({
      PublicAccessBlockConfiguration: { BlockPublicPolicy: to, RestrictPublicBuckets: to },
    })
    const open = get(on(bucket(says('Allow', '*'), block(false))))
    assert.deepEqual(
      [open.decision, open.because],
      ['allow', 'the statement Own of the policy BP allows it to everybody'],
    )
    // A bucket that is made today blocks it where the template says nothing.
    assert.equal(get(on(bucket(says('Allow', '*')))).decision, 'unknown')
    assert.equal(get(on(bucket(says('Allow', '*'), block(true)))).decision, 'unknown')
    assert.equal(get(on(bucket(says('Allow', toRole)))).decision, 'allow')
    for (const principal of [
      { AWS: account },
      { Service: 'cloudfront.amazonaws.com' },
      { AWS: 'arn:aws:iam::210987654321:role/x' },
    ]) {
      assert.equal(get(on(bucket(says('Allow', principal)))).decision, 'deny', JSON.stringify(principal))
    }
    assert.equal(get(on(bucket(says('Allow', { AWS: { 'Fn::ImportValue': 'x' } })))).decision, 'unknown')
    // Also to those who have no role; and a denial of the role's own stays.
    assert.equal(get(on(bucket(says('Allow', '*'), block(false))), guest).decision, 'allow')
    assert.equal(get(on(bucket(says('Allow', toRole))), guest).decision, 'deny')
    const own = { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: 's3:*', Resource: '*' }] }
    assert.equal(get(on(bucket(says('Allow', toRole)), own)).decision, 'deny')
    // Under a boundary it is not known what is left of it.
    const bounded = role({ PermissionsBoundary: { Ref: 'Bound' } })
    const Bound = { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: allowing('sqs:*', '*') } }
    assert.equal(get(on({ ...bucket(says('Allow', toRole)), Role: bounded, Bound })).decision, 'unknown')
  })

  test('speak of what they stand on alone', () => {
    const queue = (name: string, Queues: Json) =>
      on({
        Q: { Type: 'AWS::SQS::Queue', Properties: { QueueName: name } },
        QP: { Type: 'AWS::SQS::QueuePolicy', Properties: { Queues, PolicyDocument: says('Deny', '*') } },
      })
    const send = (resolved: Resolved, to: string) =>
      decision(resolved, user, 'sqs:SendMessage', `arn:aws:sqs:us-east-1:${account}:${to}`)
    assert.equal(send(queue('notes', [{ Ref: 'Q' }]), 'notes'), 'deny')
    assert.equal(send(queue('notes', [{ Ref: 'Q' }]), 'others'), 'allow')
    assert.equal(send(queue('notes', [`https://sqs.us-east-1.amazonaws.com/${account}/notes`]), 'notes'), 'deny')
    assert.equal(send(queue('notes', [{ 'Fn::ImportValue': 'queue' }]), 'notes'), 'unknown')
    const api = on(
      {
        Api: {
          Type: 'AWS::ApiGateway::RestApi',
          Properties: { Policy: says('Deny', '*', { Resource: 'execute-api:/prod/DELETE/*' }) },
        },
      },
      allowing('execute-api:Invoke', '*'),
    )
    const id = new Unknown({ kind: 'resource', id: 'Api' })
    const call = (path: string) =>
      judge(api, {
        who: user,
        action: 'execute-api:Invoke',
        resource: concatenate([`arn:aws:execute-api:us-east-1:${account}:`, id, path]),
      }).decision
    assert.equal(call('/prod/DELETE/notes'), 'deny')
    assert.equal(call('/prod/GET/notes'), 'allow')
    const F = { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'f' } }
    const permission = (others: JsonObject) => ({
      P: {
        Type: 'AWS::Lambda::Permission',
        Properties: { Action: 'lambda:InvokeFunction', FunctionName: { Ref: 'F' }, ...others },
      },
    })
    const invoke = (resolved: Resolved, name: string) =>
      decision(resolved, user, 'lambda:InvokeFunction', `arn:aws:lambda:us-east-1:${account}:function:${name}`)
    assert.equal(invoke(on({ F, ...permission({ Principal: '*' }) }), 'f'), 'allow')
    assert.equal(invoke(on({ F, ...permission({ Principal: '*' }) }), 'g'), 'deny')
    assert.equal(invoke(on({ F, ...permission({ Principal: 'sns.amazonaws.com' }) }), 'f'), 'deny')
    assert.equal(invoke(on({ F, ...permission({ Principal: '*', FunctionUrlAuthType: 'NONE' }) }), 'f'), 'unknown')
  })

  test('on a key are those by which the policies of roles count', () => {
    const key = (...Statement: readonly Json[]) =>
      on({ Key: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: { Statement } } } }, allowing('kms:Decrypt', '*'))
    const statement = (AWS: Json): Json => ({ Effect: 'Allow', Principal: { AWS }, Action: 'kms:*', Resource: '*' })
    const resource = new Unknown({ kind: 'attribute', id: 'Key', attribute: 'Arn' })
    const decrypt = (resolved: Resolved) => judge(resolved, { who: user, action: 'kms:Decrypt', resource })
    assert.equal(
      decrypt(key(statement({ 'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:root' }))).decision,
      'allow',
    )
    assert.equal(decrypt(key(statement({ 'Fn::GetAtt': ['Role', 'Arn'] }))).decision, 'allow')
    const other = decrypt(key(statement(`arn:aws:iam::${account}:user/admin`)))
    assert.deepEqual(
      [other.decision, other.because],
      ['deny', 'the key policy of Key leaves it to no policy of a role'],
    )
  })

  test('that stand under a condition nobody knows leave it open', () => {
    const asIs = bucket(says('Deny', '*'))
    const Conditions = { Closed: { 'Fn::Equals': [{ Ref: 'Mode' }, 'closed'] } }
    const resolved = resolve(
      {
        Parameters: { Mode: { Type: 'String' } },
        Conditions,
        Resources: {
          ...{
            Pool: pool,
            Role: role({ Policies: inline(getAll) }),
            Attachment: toUsers,
            B: { Type: 'AWS::S3::Bucket' },
          },
          BP: { ...Object(asIs['BP']), Condition: 'Closed' },
        },
      },
      { ...at('us-east-1'), parameters: { Mode: new Unknown({ kind: 'parameter', name: 'Mode' }) } },
    )
    const verdict = get(resolved)
    assert.equal(verdict.decision, 'unknown')
    assert.match(verdict.because, /condition Closed/)
  })
})

test('what a macro makes of roles and policies is not known; what it makes of other things does not matter', () => {
  const Role = role({ Policies: inline(getAll) })
  const others = { Pool: pool, Attachment: toUsers }
  const both = (resolved: Resolved) => [
    get(resolved).decision,
    decision(resolved, user, 's3:PutObject', 'arn:aws:s3:::b/x'),
  ]
  const each = (Type: string, Properties: JsonObject = {}): Json => [
    'N',
    ['a', 'b'],
    { 'It${N}': { Type, Properties } },
  ]
  const include = { Name: 'AWS::Include', Parameters: { Location: 's3://b/x' } }
  for (const [Resources, top] of [
    [{ Role, 'Fn::ForEach::Policies': each('AWS::IAM::Policy') }, { Transform: 'AWS::LanguageExtensions' }],
    [{ Role, 'Fn::ForEach::Buckets': each('AWS::S3::BucketPolicy') }, { Transform: 'AWS::LanguageExtensions' }],
    [{ Role, 'Fn::ForEach::Any': each('AWS::${N}') }, { Transform: 'AWS::LanguageExtensions' }],
    [{ Role, 'Fn::Transform': include }, {}],
    [{ Role: role({ Policies: inline(getAll), 'Fn::Transform': include }) }, {}],
    [{ Role: { ...Role, 'Fn::Transform': include } }, {}],
    [{ Role }, { Transform: ['AWS::Serverless-2016-10-31', 'OurMacro'] }],
    [{ Role }, { Transform: include }],
  ] as const) {
    const resolved = template({ ...others, ...Resources }, top)
    assert.deepEqual(both(resolved), ['unknown', 'unknown'], JSON.stringify([Resources, top]))
    assert.match(get(resolved).because, /changes the template before it is deployed/)
  }
  for (const [Resources, top] of [
    [{ Role, 'Fn::ForEach::Queues': each('AWS::SQS::Queue') }, { Transform: 'AWS::LanguageExtensions' }],
    [{ Role, F: { Type: 'AWS::Serverless::Function' } }, { Transform: 'AWS::Serverless-2016-10-31' }],
    [{ Role, Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Body: { 'Fn::Transform': include } } } }, {}],
  ] as const) {
    assert.deepEqual(
      both(template({ ...others, ...Resources }, top)),
      ['allow', 'deny'],
      JSON.stringify([Resources, top]),
    )
  }
  // Of a value that a macro makes, only what hangs on it is not known.
  const Policies = [
    ...[{ PolicyName: 'own', PolicyDocument: getAll }],
    { PolicyName: 'more', PolicyDocument: { 'Fn::Transform': include } },
  ]
  assert.deepEqual(both(template({ ...others, Role: role({ Policies }) })), ['unknown', 'unknown'])
  assert.match(get(template({ ...others, Role: role({ Policies }) })).because, /more/)
})

describe('of what is often mistaken', () => {
  const why = (trust: Json, policy: Json = getAll, others: JsonObject = {}) =>
    whyNot(template({ Pool: pool, Role: role({ Policies: inline(policy) }, trust), Attachment: toUsers, ...others }), {
      ...{ who: user, action: 's3:GetObject', resource: 'arn:aws:s3:::b/x' },
    })
  const amr = { [`${host}:amr`]: 'authenticated' }
  const aud = { [`${host}:aud`]: { Ref: 'Pool' } }

  test('a trust policy says what to write instead', () => {
    const said = (trust: Json) => why(trust).join()
    assert.deepEqual(why(trustOf('authenticated')), [])
    const byService = {
      Statement: [{ Effect: 'Allow', Principal: { Service: host }, Action: 'sts:AssumeRoleWithWebIdentity' }],
    }
    assert.match(said(byService), /names cognito-identity\.amazonaws\.com as a Service: identities come as Federated/)
    assert.match(
      said(trustOf('authenticated', 'sts:AssumeRole')),
      /allows sts:AssumeRole: .* by sts:AssumeRoleWithWebIdentity/,
    )
    const ofAll = trustBy({ StringEquals: aud, 'ForAllValues:StringLike': amr })
    assert.match(
      said(ofAll),
      /asks by ForAllValues:StringLike for cognito-identity.amazonaws.com:amr, .*ForAnyValue:StringLike/,
    )
    assert.match(said(trustBy({ StringEquals: { ...aud, ...amr } })), /asks by StringEquals/)
    const other = { StringEquals: { [`${host}:aud`]: 'us-east-1:1' }, 'ForAnyValue:StringLike': amr }
    assert.match(said(trustBy(other)), /asks for the \S+:aud us-east-1:1: the identity pool is \{Pool\}/)
    const china = 'cognito-identity.cn-north-1.amazonaws.com.cn'
    assert.match(
      said(trustBy({ StringEquals: aud }, china)),
      new RegExp(`names ${china}: in this region it is ${host}`),
    )
  })

  test('a policy without the version that has variables says so', () => {
    const Statement = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/${aws:PrincipalTag/team}x' }
    const tags = { Tags: [{ Key: 'team', Value: '' }] }
    const of = (policy: JsonObject) => {
      const resolved = template({ Pool: pool, Role: role({ Policies: inline(policy), ...tags }), Attachment: toUsers })
      return whyNot(resolved, { who: user, action: 's3:GetObject', resource: 'arn:aws:s3:::b/x' })
    }
    assert.match(of({ Statement }).join(), /^The policy inline lacks Version 2012-10-17, .* with it, it allows this\.$/)
    assert.deepEqual(of({ Version: '2012-10-17', Statement }), [])
    assert.deepEqual(of({ Statement: { ...Statement, Action: 's3:PutObject' } }), [])
  })

  test('claims that users write themselves are told', () => {
    const tag = (claim: string, provider: Json = 'cognito-idp.us-east-1.amazonaws.com/us-east-1_x') => ({
      Tag: {
        Type: 'AWS::Cognito::IdentityPoolPrincipalTag',
        Properties: {
          IdentityPoolId: { Ref: 'Pool' },
          IdentityProviderName: provider,
          PrincipalTags: { tenant: claim },
        },
      },
    })
    const told = (others: JsonObject, properties: JsonObject = {}) =>
      writableClaims(
        template({
          Pool: { ...pool, Properties: { ...pool.Properties, ...properties } },
          Role: role(),
          Attachment: toUsers,
          ...others,
        }),
      )
    assert.match(
      told(tag('custom:tenant')).join(),
      /^The tag tenant of a session is the claim custom:tenant, which users write/,
    )
    for (const claim of ['sub', 'aud', 'cognito:groups', 'email_verified'])
      assert.deepEqual(told(tag(claim)), [], claim)
    assert.deepEqual(told(tag('email', 'accounts.google.com')), [])
    const client = (WriteAttributes: Json) => ({
      Client: { Type: 'AWS::Cognito::UserPoolClient', Properties: { UserPoolId: 'x', WriteAttributes } },
    })
    const providers = {
      CognitoIdentityProviders: [
        { ClientId: { Ref: 'Client' }, ProviderName: 'cognito-idp.us-east-1.amazonaws.com/us-east-1_x' },
      ],
    }
    assert.deepEqual(told({ ...tag('custom:tenant'), ...client(['email']) }, providers), [])
    assert.equal(told({ ...tag('custom:tenant'), ...client(['custom:tenant']) }, providers).length, 1)
    const rules = {
      Rules: [{ Claim: 'custom:role', MatchType: 'Equals', Value: 'x', RoleARN: { 'Fn::GetAtt': ['Role', 'Arn'] } }],
    }
    const RoleMappings = {
      'cognito-idp.us-east-1.amazonaws.com/x:y': {
        Type: 'Rules',
        AmbiguousRoleResolution: 'Deny',
        RulesConfiguration: rules,
      },
    }
    assert.match(
      told({ Attachment: attachment({}, { RoleMappings }) }).join(),
      /^Which role a user gets hangs on the claim custom:role/,
    )
  })
})

describe('what cannot be known', () => {
  const withOwn = (Statement: Json, trust: Json = trustOf('authenticated')) =>
    template(
      {
        Pool: pool,
        Attachment: toUsers,
        Role: role({ Policies: inline({ Version: '2012-10-17', Statement }) }, trust),
      },
      { Parameters: { Network: { Type: 'String' } } },
      { Network: new Unknown({ kind: 'parameter', name: 'Network' }) },
    )
  const statement = (Condition: Json, Resource: Json = 'arn:aws:s3:::b/*'): JsonObject => ({
    ...{ Sid: 'Office', Effect: 'Allow', Action: 's3:GetObject', Resource },
    Condition,
  })

  test('names the condition keys on which it hangs, of which statement, and is settled by them', () => {
    const resolved = withOwn([
      statement({
        IpAddress: { 'aws:SourceIp': '203.0.113.0/24' },
        Bool: { 'aws:MultiFactorAuthPresent': 'true', 'aws:SecureTransport': 'true' },
      }),
    ])
    const open = get(resolved)
    assert.equal(open.decision, 'unknown')
    assert.deepEqual(open.missing, { keys: ['aws:SourceIp', 'aws:MultiFactorAuthPresent'], parameters: [] })
    assert.deepEqual(open.by, [{ role: 'Role', policy: 'inline', statement: 0, sid: 'Office' }])
    assert.equal(
      open.because,
      'whether the statement Office applies depends on aws:SourceIp, aws:MultiFactorAuthPresent, which the question leaves open',
    )
    const said = (ip: string) =>
      decision(resolved, user, 's3:GetObject', 'arn:aws:s3:::b/x', {
        ...{ 'aws:sourceip': ip, 'aws:MultiFactorAuthPresent': 'true' },
      })
    assert.deepEqual([said('203.0.113.7'), said('192.0.2.1')], ['allow', 'deny'])
  })

  test('names the key of a policy variable, and a parameter without a value', () => {
    const folder = withOwn([statement({}, 'arn:aws:s3:::b/${aws:PrincipalTag/team}/*')])
    const red = ask(folder, user, 's3:GetObject', 'arn:aws:s3:::b/red/x')
    assert.deepEqual(red.missing?.keys, ['aws:PrincipalTag/team'])
    const tagged = (team: string) =>
      decision(folder, user, 's3:GetObject', 'arn:aws:s3:::b/red/x', { 'aws:PrincipalTag/team': team })
    assert.deepEqual([tagged('red'), tagged('blue')], ['allow', 'deny'])
    const network = withOwn([statement({ IpAddress: { 'aws:SourceIp': { Ref: 'Network' } } })])
    assert.deepEqual(get(network).missing, { keys: ['aws:SourceIp'], parameters: ['Network'] })
  })

  test('names the imported value, or the generated name, that nobody can say', () => {
    const of = (Resource: Json) =>
      template({
        Pool: pool,
        Role: role({ Policies: inline(allowing('s3:GetObject', Resource)) }),
        Attachment: toUsers,
        B: { Type: 'AWS::S3::Bucket' },
      })
    const imported = get(of({ 'Fn::Join': ['', [{ 'Fn::ImportValue': 'bucket-arn' }, '/*']] }))
    assert.equal(
      imported.because,
      'whether statement 0 of inline applies depends on {bucket-arn}, which only deployment knows',
    )
    assert.deepEqual(imported.missing, { keys: [], parameters: [], values: ['{bucket-arn}'] })
    assert.match(get(of({ 'Fn::Sub': '${B.Arn}/*' })).because, /depends on \{B\.Arn\}, which only deployment knows/)
  })

  test('names only what leaves it open', () => {
    const resolved = withOwn([
      statement({ StringLike: { 'aws:UserAgent': '*' }, IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } }),
      { ...statement({ Bool: { 'aws:MultiFactorAuthPresent': 'true' } }, 'arn:aws:s3:::other/*'), Sid: 'Other' },
    ])
    assert.deepEqual(get(resolved).missing?.keys, ['aws:SourceIp'])
  })

  test('of a trust policy is settled by what is said of the caller, and not of the object', () => {
    const trust: JsonObject = {
      Version: '2012-10-17',
      Statement: {
        ...{ Effect: 'Allow', Principal: { Federated: host }, Action: 'sts:AssumeRoleWithWebIdentity' },
        Condition: {
          IpAddress: { 'aws:SourceIp': '203.0.113.0/24' },
          StringEquals: { [`${host}:aud`]: { Ref: 'Pool' } },
        },
      },
    }
    const resolved = withOwn(getAll['Statement'] ?? null, trust)
    assert.deepEqual(get(resolved).missing?.keys, ['aws:SourceIp'])
    const said = (context: Question['context']) => decision(resolved, user, 's3:GetObject', 'arn:aws:s3:::b/x', context)
    assert.equal(said({ 'aws:SourceIp': '203.0.113.7' }), 'allow')
    assert.equal(said({ 'aws:SourceIp': '192.0.2.1' }), 'deny')
    // What a token says of its pool nobody can say otherwise.
    assert.equal(said({ [`${host}:aud`]: 'x' }), 'unknown')
  })
})

describe('conditions that only deployment knows', () => {
  const under = (Condition: string, document: Json) => ({
    Type: 'AWS::IAM::Policy',
    Condition,
    Properties: { PolicyName: 'p', Roles: [{ Ref: 'Role' }], PolicyDocument: document },
  })
  const base = { Pool: pool, Attachment: toUsers, Role: role() }
  const both = {
    ...base,
    One: under('A', allowing('s3:GetObject', 'arn:aws:s3:::b/*')),
    Two: under('B', { Version: '2012-10-17', Statement: { Effect: 'Deny', Action: '*', Resource: '*' } }),
  }
  const is = (name: string, value: string) => ({ 'Fn::Equals': [{ Ref: name }, value] })

  test('are not taken to hold together if they cannot', () => {
    const never = { A: is('Mode', 'read'), B: { 'Fn::Not': [is('Mode', 'read')] } }
    const parameters = { Mode: { Type: 'String' } }
    // One or the other: allow, or deny.
    const open = get(template(both, { Parameters: parameters, Conditions: never }))
    assert.deepEqual([open.decision, open.because], ['unknown', 'it depends on the condition A, not known here'])
    const always = { ...both, Three: under('B', getAll), Two: under('B', getAll) }
    assert.equal(get(template(always, { Parameters: parameters, Conditions: never })).decision, 'allow')
    // Both only where a parameter is two things at once.
    const needsBoth = {
      'Fn::If': ['A', { 'Fn::If': ['B', 'arn:aws:s3:::b/*', 'arn:aws:s3:::c/*'] }, 'arn:aws:s3:::c/*'],
    }
    const twice = { ...base, Role: role({ Policies: inline(allowing('s3:GetObject', needsBoth)) }) }
    const two = { A: is('Mode', 'read'), B: is('Mode', 'write') }
    assert.equal(get(template(twice, { Parameters: parameters, Conditions: two })).decision, 'deny')
    const free = { A: is('Mode', 'read'), B: is('Other', 'write') }
    const more = { Parameters: { ...parameters, Other: { Type: 'String' } }, Conditions: free }
    assert.equal(get(template(twice, more)).decision, 'unknown')
  })

  test('are those that parameters with values, constraints and rules leave', () => {
    const Conditions = { A: is('Mode', 'read') }
    const one = { ...base, One: under('A', getAll) }
    const mode = (declaration: JsonObject, others: JsonObject = {}) =>
      get(template(one, { Parameters: { Mode: { Type: 'String', ...declaration } }, Conditions, ...others })).decision
    assert.equal(mode({}), 'unknown')
    assert.equal(mode({ AllowedValues: ['write', 'none'] }), 'deny')
    assert.equal(mode({ AllowedPattern: 'w.*' }), 'deny')
    assert.equal(mode({}, { Rules: { R: { Assertions: [{ Assert: is('Mode', 'read') }] } } }), 'allow')
    const equal = { A: { 'Fn::Equals': [{ Ref: 'Mode' }, { Ref: 'Other' }] }, B: is('Mode', 'x') }
    const Parameters = { Mode: { Type: 'String' }, Other: { Type: 'String' } }
    const resolved = template(both, { Parameters, Conditions: equal }, { Other: 'y' })
    assert.match(get(resolved).because, /conditions? A/)
    const always = {
      ...both,
      One: under('A', getAll),
      Two: under('B', getAll),
      Role: role({ Policies: inline(getAll) }),
    }
    assert.equal(get(template(always, { Parameters, Conditions: equal }, { Other: 'y' })).decision, 'allow')
  })

  const many = Array.from({ length: 30 }, (_, at) => `C${at}`)
  const Parameters = Object.fromEntries(many.map(name => [name, { Type: 'String' }]))
  const Conditions = Object.fromEntries(many.map(name => [name, is(name, 'on')]))
  const each = (document: (at: number) => Json) =>
    Object.fromEntries(many.map((name, at) => [`P${at}`, under(name, document(at))]))

  test('that say nothing to the request are not asked, however many there are', () => {
    const resources = { ...base, ...each(at => allowing('s3:GetObject', `arn:aws:s3:::b${at}/*`)) }
    const resolved = template(resources, { Parameters, Conditions })
    const found = ask(resolved, user, 's3:GetObject', 'arn:aws:s3:::b7/x')
    assert.deepEqual([found.decision, found.because], ['unknown', 'it depends on the condition C7, not known here'])
    assert.equal(decision(resolved, user, 's3:GetObject', 'arn:aws:s3:::b30/x'), 'deny')
    assert.equal(decision(resolved, user, 's3:PutObject', 'arn:aws:s3:::b7/x'), 'deny')
    const sure = { ...resources, Role: role({ Policies: inline(allowing('s3:*', 'arn:aws:s3:::b7/*')) }) }
    assert.equal(
      decision(template(sure, { Parameters, Conditions }), user, 's3:GetObject', 'arn:aws:s3:::b7/x'),
      'allow',
    )
  })

  test('that all matter are told by what they differ in, and a policy under one is never taken for sure', () => {
    const resolved = template({ ...base, ...each(() => getAll) }, { Parameters, Conditions })
    const found = get(resolved)
    assert.equal(found.decision, 'unknown')
    assert.match(found.because, /^it depends on the conditions C0, C1, .* and \d+ others, not known here$/)
  })

  test('are gone through only so far, and it says so', () => {
    // Each allows something else of the same action, in both ways: nothing is open, and it takes all of them to know.
    const allowed = (at: number) => ({
      ...{ Effect: 'Deny', Action: 's3:GetObject' },
      Resource: { 'Fn::If': [`C${at}`, `arn:aws:s3:::${at}/*`, `arn:aws:s3:::x${at}/*`] },
    })
    const statements = [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }, ...many.map((_, at) => allowed(at))]
    const start = performance.now()
    const resolved = template(
      { ...base, Role: role({ Policies: inline({ Version: '2012-10-17', Statement: statements }) }) },
      { Parameters, Conditions },
    )
    const asked = { who: user, action: 's3:GetObject', resource: new Unknown({ kind: 'parameter', name: 'C0' }) }
    const found = judge(resolved, asked)
    assert.equal(found.decision, 'unknown')
    const plain = get(resolved)
    assert.ok(plain.decision === 'allow' || /in more ways than the 64 looked at$/.test(plain.because), plain.because)
    assert.ok(performance.now() - start < 5000, 'takes seconds')
  })
})

describe('a role that is taken with another', () => {
  const trusting = (Principal: Json, Condition?: Json): JsonObject => ({
    Version: '2012-10-17',
    Statement: {
      ...{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' },
      ...(Condition === undefined ? {} : { Condition }),
    },
  })
  const arn = (id: string): Json => ({ 'Fn::GetAtt': [id, 'Arn'] })
  const root = { AWS: { 'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:root' } }
  const made = (own: Json | undefined, trust: Json, more: JsonObject = {}) =>
    template({
      Pool: pool,
      Attachment: toUsers,
      Role: role(own === undefined ? {} : { Policies: inline(own) }),
      Admin: role({ Policies: inline(allowing('s3:GetObject', '*')) }, trust),
      ...more,
    })

  test('gives what it allows, if it trusts the first and that may take it', () => {
    const may = allowing('sts:AssumeRole', arn('Admin'))
    const found = get(made(may, trusting(root)))
    assert.deepEqual([found.decision, found.role, found.through], ['allow', 'Admin', ['Role']])
    assert.equal(found.because, 'with the role Admin, taken by Role, statement 0 of inline allows it')
    assert.equal(get(made(may, trusting({ AWS: arn('Role') }))).decision, 'allow')
    // Named, it needs no policy of its own; its account alone does not name it.
    assert.equal(get(made(undefined, trusting({ AWS: arn('Role') }))).decision, 'allow')
    assert.equal(get(made(undefined, trusting(root))).decision, 'deny')
    assert.equal(get(made(may, trusting({ AWS: arn('Other') }), { Other: role() })).decision, 'deny')
    assert.equal(get(made(may, trusting({ AWS: '210987654321' }))).decision, 'deny')
    assert.equal(get(made(may, trusting({ Service: 'lambda.amazonaws.com' }))).decision, 'deny')
    assert.equal(decision(made(may, trusting(root)), user, 's3:PutObject', 'arn:aws:s3:::b/x'), 'deny')
    const denied = allowing('sts:AssumeRole', '*')
    const deny = { Version: '2012-10-17', Statement: { Effect: 'Deny', Action: 'sts:*', Resource: '*' } }
    const shut = { Deny: { Type: 'AWS::IAM::Policy', Properties: { Roles: [{ Ref: 'Role' }], PolicyDocument: deny } } }
    assert.equal(get(made(denied, trusting({ AWS: arn('Role') }), shut)).decision, 'deny')
  })

  test('is found one after another, and in a ring', () => {
    const resolved = made(allowing('sts:AssumeRole', arn('Middle')), trusting({ AWS: arn('Middle') }), {
      Middle: role({ Policies: inline(allowing('sts:AssumeRole', [arn('Admin'), arn('Role')])) }, trusting(root)),
    })
    const found = get(resolved)
    assert.deepEqual([found.decision, found.through], ['allow', ['Role', 'Middle']])
    assert.match(found.because, /^with the role Admin, taken by Role, then by Middle, /)
  })

  test('is not known where its trust policy asks for what is not, and settled by what is said', () => {
    const asks = trusting(root, { StringEquals: { 'sts:ExternalId': 'secret' } })
    const resolved = made(allowing('sts:AssumeRole', arn('Admin')), asks)
    const found = get(resolved)
    assert.deepEqual([found.decision, found.missing?.keys], ['unknown', ['sts:ExternalId']])
    const said = (id: string) => decision(resolved, user, 's3:GetObject', 'arn:aws:s3:::b/x', { 'sts:ExternalId': id })
    assert.deepEqual([said('secret'), said('other')], ['allow', 'deny'])
  })

  test('gives nothing to a guest of the enhanced flow, whose session policies lack sts:AssumeRole', () => {
    const resolved = template({
      Pool: { Type: pool.Type, Properties: { ...pool.Properties, AllowClassicFlow: true } },
      Attachment: attachment({ unauthenticated: arn('Guests') }),
      Guests: role({ Policies: inline(allowing('sts:*', '*')) }, trustOf('unauthenticated')),
      Admin: role({ Policies: inline(allowing('s3:GetObject', '*')) }, trusting({ AWS: arn('Guests') })),
    })
    assert.equal(get(resolved, guest).decision, 'deny')
    assert.equal(get(resolved, { ...guest, flow: 'classic' }).decision, 'allow')
  })

  test('that the template does not make leaves open what it gives', () => {
    const elsewhere = get(
      made(allowing('sts:AssumeRole', 'arn:aws:iam::210987654321:role/admin'), trusting({ AWS: '1' })),
    )
    assert.equal(elsewhere.decision, 'unknown')
    assert.match(
      elsewhere.because,
      /Role may take roles that are not in the template \(arn:aws:iam::210987654321:role\/admin\)/,
    )
    assert.equal(get(made(allowing('s3:PutObject', '*'), trusting(root))).decision, 'deny')
  })
})
