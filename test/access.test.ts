import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'

import { boundsOf } from '../src/access/bounds.ts'
import { grantsOf } from '../src/access/grants.ts'
import { type Document, isObject, type Json, type JsonObject } from '../src/document.ts'
import { link } from '../src/link.ts'
import type { Grant } from '../src/manifest.ts'
import identityPool from '../templates/identity-pool.ts'
import tutorial from '../templates/identity-pool-tutorial.ts'
import publicationBucket from '../templates/publication-bucket.ts'
import { type Deployment, resolve } from './support/resolve.ts'

const { document: pool } = link(identityPool, { id: 'identity-pool', version: '1.0.0' })
const { document: chapter } = link(tutorial, { id: 'identity-pool-tutorial', version: '1.0.0' })

/** `guest (Role) may … [Condition, !Other]` */
function line({ who, principal, by, effect, may, on, when }: Grant): string {
  const conditions = when.map(({ condition, is }) => `${is ? '' : '!'}${condition}`).join(', ')
  return `${principal ?? who} (${by}) ${effect === 'allow' ? 'may' : 'may not'} ${may} ${on}${conditions === '' ? '' : ` [${conditions}]`}`
}

function lines(resources: JsonObject, rest: Partial<Document> = {}): readonly string[] {
  return grantsOf({ ...rest, Resources: resources }).map(line)
}

/** The words for one statement of a role. */
function words(statement: Json, rest: Partial<Document> = {}): readonly string[] {
  const role = { Type: 'AWS::IAM::Role', Properties: { Policies: [{ PolicyDocument: { Statement: statement } }] } }
  return lines({ R: role }, rest).map(it => it.replace(/^other \(R\) /, ''))
}

function allow(action: Json, resource: Json, rest: JsonObject = {}): JsonObject {
  return { Effect: 'Allow', Action: action, Resource: resource, ...rest }
}

describe('the grants of identity-pool', () => {
  test('are these, one statement in as many ways as it can be made', () => {
    const files = 'get, put and delete objects; and abort and list the parts of large uploads'
    const of = 'of the bucket {UploadsBucketName}'
    assert.deepEqual(grantsOf(pool).map(line), [
      `signed-in (AuthenticatedRole) may ${files} in private/<principal tag userSub>/ ${of} [HasUploads, FolderIsUserSub]`,
      `signed-in (AuthenticatedRole) may ${files} in private/<identity ID>/ ${of} [HasUploads, !FolderIsUserSub]`,
      `signed-in (AuthenticatedRole) may list objects ${of}, only under private/<principal tag userSub>/ [HasUploads, FolderIsUserSub]`,
      `signed-in (AuthenticatedRole) may list objects ${of}, only under private/<identity ID>/ [HasUploads, !FolderIsUserSub]`,
      `signed-in (AuthenticatedRole) may ${files} in protected/<principal tag userSub>/ ${of} [HasProtectedFolder, FolderIsUserSub]`,
      `signed-in (AuthenticatedRole) may ${files} in protected/<identity ID>/ ${of} [HasProtectedFolder, !FolderIsUserSub]`,
      `signed-in (AuthenticatedRole) may list objects ${of}, only under protected/<principal tag userSub>/ [HasProtectedFolder, FolderIsUserSub]`,
      `signed-in (AuthenticatedRole) may list objects ${of}, only under protected/<identity ID>/ [HasProtectedFolder, !FolderIsUserSub]`,
      `signed-in (AuthenticatedRole) may get objects in protected/ ${of} [HasProtectedFolder]`,
      `signed-in (AuthenticatedRole) may get and put objects in public/ ${of} [HasPublicFolder]`,
      'signed-in (AuthenticatedRole) may make data keys and decrypt data with the key {UploadsKmsKeyArn}, only through Amazon S3 [HasKmsKey]',
      'signed-in (AuthenticatedRole) may call methods of the API {ApiId}, stage {ApiStage}, in {ApiRegion} or else the stack’s region [HasApi]',
      'signed-in (AuthenticatedRole) may call methods of the APIs {AdditionalApiArns} [HasAdditionalApis]',
      'signed-in (AuthenticatedRole) may get, query, put, update and delete items (also in batches) of the table {UserTableName}, only items whose partition key is <identity ID> [HasUserTable]',
      'signed-in (AuthenticatedRole) may do whatever the managed policies {AdditionalManagedPolicyArns} allow wherever they allow it [HasManagedPolicies]',
      `guest (UnauthenticatedRole) may get objects in public/ ${of} [GuestsAllowed, HasPublicFolder]`,
      'guest (UnauthenticatedRole) may decrypt data with the key {UploadsKmsKeyArn}, only through Amazon S3 [GuestsAllowed, GuestsDecrypt]',
      'signed-in (of their group) may do whatever the role of their group allows wherever it allows it [RoleIsByToken]',
    ])
  })

  const signIn = { UserPoolId: 'eu-west-1_a1B2c3D4e', UserPoolClientId: '1example23456789' }
  const options: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    files: { UploadsBucketName: 'notes-uploads' },
    tag: { UploadsBucketName: 'notes-uploads', UploadsFolderKeyedBy: 'UserSub' },
    protected: { UploadsBucketName: 'notes-uploads', AllowProtectedFolder: 'true' },
    public: { UploadsBucketName: 'notes-uploads', AllowPublicFolder: 'true' },
    key: {
      UploadsBucketName: 'notes-uploads',
      UploadsKmsKeyArn: 'arn:aws:kms:eu-west-1:123456789012:key/12345678-1234-1234-1234-123456789012',
    },
    api: { ApiId: 'a1b2c3d4e5' },
    apiRegion: { ApiId: 'a1b2c3d4e5', ApiRegion: 'us-west-2' },
    apis: { AdditionalApiArns: 'arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/*' },
    table: { UserTableName: 'rows' },
    guests: { AllowGuests: 'true' },
  }

  test('are there by their conditions exactly where the deployed roles have their statements', () => {
    fc.assert(
      fc.property(fc.subarray(Object.values(options)), chosen => {
        const deployment = { parameters: Object.assign({}, signIn, ...chosen) }
        const deployed = statementsOf(pool, deployment)
        const told = grantsOf(pool).filter(({ sid, when }) => sid !== undefined && holds(pool, deployment, when))
        assert.deepEqual(
          told.map(({ by, sid }) => `${by} ${sid}`),
          deployed,
        )
      }),
    )
  })
})

/** `Role Sid` of each statement that a deployment makes. */
function statementsOf(document: Document, deployment: Deployment): readonly string[] {
  return Object.entries(resolve(document, deployment).Resources).flatMap(([id, { Properties }]) => {
    const policies = Array.isArray(Properties['Policies']) ? Properties['Policies'].filter(isObject) : []
    return policies.flatMap(({ PolicyDocument }) => {
      const statements = isObject(PolicyDocument) ? PolicyDocument['Statement'] : []
      return Array.isArray(statements) ? statements.filter(isObject).map(({ Sid }) => `${id} ${String(Sid)}`) : []
    })
  })
}

/** By way of a document whose outputs exist if the conditions do. */
function holds(document: Document, deployment: Deployment, when: Grant['when']): boolean {
  const outputs = when.map(({ condition }) => [condition, { Condition: condition, Value: '' }] as const)
  const { Outputs } = resolve({ ...document, Outputs: Object.fromEntries(outputs) }, deployment)
  return when.every(({ condition, is }) => condition in Outputs === is)
}

test('what the tutorial grants is shown as what it is', () => {
  assert.deepEqual(grantsOf(chapter).map(line), [
    'signed-in (AuthenticatedRole) may take every action of Amazon Cognito Sync (cognito-sync:*), take every action of Amazon Cognito identity pools (cognito-identity:*) and put analytics events on every resource (*)',
    'signed-in (AuthenticatedRole) may take every action of Amazon S3 (s3:*) in private/<identity ID>/ of the bucket {UploadsBucketName}',
    'signed-in (AuthenticatedRole) may call methods of the API {ApiId}, every stage, every method and path (*/*), in {ApiRegion} or else the stack’s region, in any account',
  ])
})

describe('who gets a role', () => {
  const inline = { Policies: [{ PolicyDocument: { Statement: allow('s3:GetObject', '*') } }] }
  const role = { Type: 'AWS::IAM::Role', Properties: inline }
  const whoOf = (resources: JsonObject): readonly string[] => grantsOf({ Resources: resources }).map(it => it.who)
  const attachment = (properties: JsonObject): JsonObject => ({
    A: { Type: 'AWS::Cognito::IdentityPoolRoleAttachment', Properties: properties },
  })

  test('is said by the attachment, however it refers to the role', () => {
    for (const reference of [
      { 'Fn::GetAtt': ['R', 'Arn'] },
      { 'Fn::GetAtt': 'R.Arn' },
      { 'Fn::Sub': '${R.Arn}' },
      { 'Fn::If': ['C', { 'Fn::GetAtt': ['R', 'Arn'] }, { Ref: 'AWS::NoValue' }] },
      { 'Fn::Join': ['', ['arn:aws:iam::', { Ref: 'AWS::AccountId' }, ':role/', { Ref: 'R' }]] },
    ]) {
      assert.deepEqual(whoOf({ R: role, ...attachment({ Roles: { authenticated: reference } }) }), ['signed-in'])
      assert.deepEqual(whoOf({ R: role, ...attachment({ Roles: { unauthenticated: reference } }) }), ['guest'])
    }
    const both = { authenticated: { 'Fn::GetAtt': 'R.Arn' }, unauthenticated: { 'Fn::GetAtt': 'R.Arn' } }
    assert.deepEqual(whoOf({ R: role, ...attachment({ Roles: both }) }), ['signed-in', 'guest'])
    assert.deepEqual(whoOf({ R: role, ...attachment({ Roles: { authenticated: 'arn' } }) }), ['other', 'signed-in'])
  })

  test('is said where it is attached by the name that the template gives it, under whichever path', () => {
    const named = { ...role, Properties: { ...inline, RoleName: 'app-user', Path: '/x/' } }
    for (const arn of [
      { 'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:role/x/app-user' },
      'arn:aws:iam::123456789012:role/app-user',
      { 'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:role${RolePath}app-user' },
    ]) {
      assert.deepEqual(whoOf({ R: named, ...attachment({ Roles: { authenticated: arn } }) }), ['signed-in'])
    }
    const another = { 'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:role/${R}-admin' }
    assert.deepEqual(whoOf({ R: role, ...attachment({ Roles: { unauthenticated: another } }) }), ['other', 'guest'])
  })

  test('is said of roles that the template does not make, which let do whatever they allow', () => {
    const admin = 'arn:aws:iam::123456789012:role/Admin'
    const may = (name: string) => `may do whatever the role ${name} allows wherever it allows it`
    const users = { Type: 'AWS::Cognito::UserPoolGroup', Condition: 'G', Properties: { RoleArn: { Ref: 'P' } } }
    assert.deepEqual(
      lines({ ...attachment({ Roles: { authenticated: admin, unauthenticated: { Ref: 'P' } } }), G: users }),
      [`signed-in (Admin) ${may(admin)}`, `guest (P) ${may('{P}')}`, `signed-in (P) ${may('{P}')} [G]`],
    )
    const rule = { Type: 'Rules', RulesConfiguration: { Rules: [{ RoleARN: { 'Fn::If': ['C', admin, none] } }] } }
    assert.deepEqual(lines(attachment({ RoleMappings: { x: rule } })), [`signed-in (Admin) ${may(admin)} [C]`])
    assert.deepEqual(lines(attachment({ Roles: { 'Fn::Transform': 'x' } })).length, 2)
    const nested = { 'Fn::GetAtt': ['Nested', 'Outputs.RoleArn'] }
    assert.deepEqual(lines(attachment({ Roles: { authenticated: nested } })), [
      `signed-in (Nested.Outputs.RoleArn) ${may('{Nested.Outputs.RoleArn}')}`,
    ])
    const policy = {
      Type: 'AWS::IAM::Policy',
      Properties: { Roles: ['Admin'], PolicyDocument: { Statement: allow('s3:GetObject', '*') } },
    }
    assert.deepEqual(whoOf({ ...attachment({ Roles: { authenticated: admin } }), Y: policy }), [
      'signed-in',
      'signed-in',
    ])
  })

  test('by token is the role of a group, said once', () => {
    const byToken = { Type: 'Token', AmbiguousRoleResolution: 'Deny' }
    const more = { 'Fn::If': ['C', byToken, none] }
    const may = 'signed-in (of their group) may do whatever the role of their group allows wherever it allows it'
    assert.deepEqual(lines(attachment({ RoleMappings: { x: byToken, y: more } })), [may])
    assert.deepEqual(lines(attachment({ RoleMappings: { x: more } })), [`${may} [C]`])
    assert.deepEqual(lines(attachment({ RoleMappings: { x: { Type: { Ref: 'T' } } } })), [may])
  })

  test('is said by role mappings and groups, too, and by what its trust policy asks of identities', () => {
    const rule = { RoleARN: { 'Fn::GetAtt': ['R', 'Arn'] } }
    const rules = { x: { Type: 'Rules', RulesConfiguration: { Rules: [rule] } } }
    assert.deepEqual(whoOf({ R: role, ...attachment({ RoleMappings: rules }) }), ['signed-in'])
    const group = { Type: 'AWS::Cognito::UserPoolGroup', Properties: { RoleArn: { 'Fn::GetAtt': ['R', 'Arn'] } } }
    assert.deepEqual(whoOf({ R: role, G: group }), ['signed-in'])
    const trusting = (operator: string, amr: Json) => ({
      R: {
        ...role,
        Properties: {
          ...inline,
          AssumeRolePolicyDocument: {
            Statement: { Condition: { [operator]: { 'cognito-identity.amazonaws.com:amr': amr } } },
          },
        },
      },
    })
    assert.deepEqual(whoOf(trusting('ForAnyValue:StringLike', 'authenticated')), ['signed-in'])
    assert.deepEqual(whoOf(trusting('ForAnyValue:StringLike', ['unauthenticated'])), ['guest'])
    assert.deepEqual(whoOf(trusting('ForAllValues:StringNotLike', 'unauthenticated')), ['other'])
  })
})

describe('what narrows the grants', () => {
  const bounds = (resources: JsonObject) =>
    boundsOf({ Resources: resources }).map(({ who, by, kind, of = '', when }) =>
      [who, by, kind, of, ...when.map(({ condition, is }) => `${is ? '' : '!'}${condition}`)].join(' ').trim(),
    )

  test('is of identity-pool a boundary, the roles of groups, and that there are no guests', () => {
    assert.deepEqual(
      boundsOf(pool).map(({ who, kind, of, when }) => [who, kind, of, when.map(it => [it.condition, it.is])]),
      [
        ['guest', 'nobody', undefined, [['GuestsAllowed', false]]],
        ['signed-in', 'boundary', '{PermissionsBoundaryArn}', [['HasPermissionsBoundary', true]]],
        [
          ...['guest', 'boundary', '{PermissionsBoundaryArn}'],
          [
            ['GuestsAllowed', true],
            ['HasPermissionsBoundary', true],
          ],
        ],
        ['signed-in', 'by-group', '{AmbiguousRoleResolution}', [['RoleIsByToken', true]]],
      ],
    )
    assert.deepEqual(
      boundsOf(chapter).map(({ kind, when }) => [kind, when]),
      [['nobody', []]],
    )
  })

  test('is said of a pool and of each role by what stands there, and of nothing else', () => {
    const pools = (is: Json): JsonObject => ({
      I: { Type: 'AWS::Cognito::IdentityPool', Properties: { AllowUnauthenticatedIdentities: is } },
    })
    assert.deepEqual(bounds(pools('false')), ['guest I nobody'])
    for (const is of [true, 'true', { Ref: 'AllowGuests' }, { 'Fn::If': ['C', true, { Ref: 'P' }] }])
      assert.deepEqual(bounds(pools(is)), [])
    const role = { Type: 'AWS::IAM::Role', Properties: { PermissionsBoundary: 'arn:aws:iam::aws:policy/B' } }
    assert.deepEqual(bounds({ R: role, Other: { Type: 'AWS::IAM::Role' } }), [
      'other R boundary arn:aws:iam::aws:policy/B',
    ])
    const mapped = (mapping: Json): JsonObject => ({
      A: { Type: 'AWS::Cognito::IdentityPoolRoleAttachment', Properties: { RoleMappings: mapping } },
    })
    const byToken = { Type: 'Token', AmbiguousRoleResolution: 'Deny' }
    assert.deepEqual(bounds(mapped({ x: byToken, y: { 'Fn::If': ['C', byToken, none] } })), [
      'signed-in A by-group Deny',
    ])
    assert.deepEqual(bounds(mapped({ x: { 'Fn::If': ['C', none, { Type: 'Rules' }] } })), ['signed-in A by-rules  !C'])
    assert.deepEqual(bounds(mapped({ 'Fn::Transform': 'x' })), ['signed-in A by-group'])
  })
})

test('a policy by itself is told of each role that it is attached to, or else of itself', () => {
  const document = { PolicyDocument: { Statement: allow('s3:GetObject', '*') } }
  const role = { Type: 'AWS::IAM::Role', Properties: { RoleName: 'named' }, Condition: 'C' }
  const policy = (properties: JsonObject): JsonObject => ({
    Type: 'AWS::IAM::Policy',
    Condition: 'D',
    Properties: { ...document, ...properties },
  })
  const may = 'may get objects on every resource (*)'
  const told = (properties: JsonObject) => lines({ R: role, P: policy(properties) })
  assert.deepEqual(told({ Roles: [{ Ref: 'R' }] }), [`other (R) ${may} [D, C]`])
  assert.deepEqual(told({ Roles: ['named'] }), [`other (R) ${may} [D, C]`])
  assert.deepEqual(told({ Roles: [{ Ref: 'AuthRoleName' }] }), [`other (AuthRoleName) ${may} [D]`])
  assert.deepEqual(told({ Users: ['eve'], Groups: [{ 'Fn::Sub': '${AWS::StackName}-g' }] }), [
    `other (eve) ${may} [D]`,
    `other ({AWS::StackName}-g) ${may} [D]`,
  ])
  assert.deepEqual(told({}), [`other (P) ${may} [D]`])
  const managed = { Type: 'AWS::IAM::ManagedPolicy', Properties: document }
  const carrier = (arns: Json): JsonObject => ({ Type: 'AWS::IAM::Role', Properties: { ManagedPolicyArns: arns } })
  assert.deepEqual(lines({ M: managed, S: carrier([{ Ref: 'M' }]) }), [`other (S) ${may}`])
  assert.deepEqual(lines({ S: carrier(['arn:aws:iam::aws:policy/service-role/Basic', { Ref: 'Arn' }]) }), [
    'other (S) may do whatever the managed policy Basic of AWS allows wherever it allows it',
    'other (S) may do whatever the managed policy {Arn} allows wherever it allows it',
  ])
})

test('users in groups, permission sets and their assignments are told, too', () => {
  const may = (whatever: string) => `may do whatever ${whatever} allows wherever it allows it`
  assert.deepEqual(
    lines({
      A: { Type: 'AWS::IAM::UserToGroupAddition', Properties: { GroupName: 'admins', Users: ['eve', { Ref: 'Bob' }] } },
      U: { Type: 'AWS::IAM::User', Properties: { Groups: ['admins'] } },
      S: {
        Type: 'AWS::SSO::PermissionSet',
        Properties: {
          InlinePolicy: { Statement: allow('s3:GetObject', '*') },
          ManagedPolicies: ['arn:aws:iam::aws:policy/job-function/Billing'],
          CustomerManagedPolicyReferences: [{ Name: 'own' }],
        },
      },
      T: {
        Type: 'AWS::SSO::Assignment',
        Properties: {
          ...{ PermissionSetArn: { 'Fn::GetAtt': ['S', 'PermissionSetArn'] }, PrincipalId: { Ref: 'Team' } },
          ...{ PrincipalType: 'GROUP', TargetId: '123456789012', TargetType: 'AWS_ACCOUNT' },
        },
      },
    }),
    [
      `other (eve) ${may('the group admins')}`,
      `other (Bob) ${may('the group admins')}`,
      `other (U) ${may('the group admins')}`,
      'other (S) may get objects on every resource (*)',
      `other (S) ${may('the managed policy Billing of AWS')}`,
      `other (S) ${may('the managed policy own of the account')}`,
      'the group {Team} of IAM Identity Center (T) may do whatever the permission set {S.PermissionSetArn} allows in the account 123456789012',
    ],
  )
})

describe('words', () => {
  test('say of a denial no more than it denies: actions by their names, places by their ARNs', () => {
    const denied = (action: Json, resource: Json) =>
      words({ Effect: 'Deny', Action: action, Resource: resource })[0]?.replace(/^may not /, '')
    assert.equal(
      denied('dynamodb:BatchWriteItem', '*'),
      'take the action dynamodb:BatchWriteItem on every resource (*)',
    )
    assert.equal(denied('s3:GetObject', 'arn:aws:s3:::b'), 'take the action s3:GetObject on arn:aws:s3:::b')
    assert.equal(denied('s3:ListBucket', 'arn:aws:s3:::b/*'), 'take the action s3:ListBucket on arn:aws:s3:::b/*')
    assert.equal(denied('s3:GetObject', 'arn:aws:s3:::b/x/*'), 'take the action s3:GetObject in x/ of the bucket b')
    assert.equal(denied('s3:*', ['arn:aws:s3:::b/*']), 'take any action of Amazon S3 (s3:*) on arn:aws:s3:::b/*')
    assert.equal(
      denied('s3:*', ['arn:aws:s3:::b', 'arn:aws:s3:::b/*']),
      'take any action of Amazon S3 (s3:*) of the bucket b and in it',
    )
    assert.equal(
      denied('dynamodb:Query', 'arn:aws:dynamodb:::table/t'),
      'take the action dynamodb:Query on arn:aws:dynamodb:::table/t',
    )
  })

  test('split what Fn::Split splits, or show it as it stands', () => {
    const split = (source: Json): JsonObject => ({ 'Fn::Split': [',', source] })
    assert.deepEqual(words(allow('s3:GetObject', split('arn:aws:s3:::a/*,arn:aws:s3:::b/*'))), [
      'may get objects in the bucket a and in the bucket b',
    ])
    assert.deepEqual(words(allow(split('s3:GetObject,s3:PutObject'), '*')), [
      'may get and put objects on every resource (*)',
    ])
    const open = split({ 'Fn::Sub': 'arn:aws:s3:::a/*,arn:aws:s3:::${B}/*' })
    assert.deepEqual(words(allow('s3:GetObject', open)), [`may get objects on ${JSON.stringify(open)}`])
    assert.deepEqual(words(allow('s3:GetObject', split({ Ref: 'Arns' }))), ['may get objects on {Arns}'])
    const two = split('arn:aws:iam::aws:policy/AdministratorAccess,arn:aws:iam::aws:policy/Basic')
    const told = lines({ R: { Type: 'AWS::IAM::Role', Properties: { ManagedPolicyArns: two } } })
    assert.equal(told.filter(it => /AdministratorAccess of AWS/.test(it)).length, 1)
  })

  test('read no ARN by its slashes where an asterisk goes across them', () => {
    const onOf = (action: string, resource: string) =>
      (words(allow(action, resource))[0] ?? '').replace(/^may \S+ \S+ /, '')
    assert.equal(onOf('s3:GetObject', 'arn:aws:s3:::*/private/*'), 'on arn:aws:s3:::*/private/*')
    assert.equal(onOf('s3:GetObject', 'arn:aws:s3:::b*/x'), 'on arn:aws:s3:::b*/x')
    const api = 'arn:aws:execute-api:eu-west-1:123456789012'
    for (const rest of ['a/*/GET/notes', 'a/prod/*/notes', '*/prod/*']) {
      assert.equal(onOf('execute-api:Invoke', `${api}:${rest}`), `on ${api}:${rest}`)
    }
    assert.equal(onOf('dynamodb:GetItem', 'arn:aws:dynamodb:::table/*'), 'on table/* of Amazon DynamoDB')
    assert.equal(onOf('dynamodb:GetItem', 'arn:aws:dynamodb:::table/t*'), 'on table/t* of Amazon DynamoDB')
  })

  test('are those of the table, grouped by what is acted upon; without any an action keeps its name', () => {
    const mayOf = (action: Json) =>
      (words(allow(action, '*'))[0] ?? '').replace(/^may | on every resource \(\*\)$/g, '')
    assert.equal(mayOf(['s3:GetObject', 'S3:PUTOBJECT', 's3:DeleteObject']), 'get, put and delete objects')
    assert.equal(mayOf(['dynamodb:BatchWriteItem']), 'put and delete items (also in batches)')
    assert.equal(mayOf('s3:*'), 'take every action of Amazon S3 (s3:*)')
    assert.equal(mayOf('braket:*'), 'take every action of braket (braket:*)')
    assert.equal(mayOf('*'), 'take every action of every service (*)')
    assert.equal(mayOf('*:*'), 'take every action of every service (*:*)')
    assert.equal(mayOf(['s3:Get*', 's3:GetObject']), 'get objects and take the action s3:Get*')
    assert.equal(mayOf(['iot:Connect', 'toString']), 'take the actions iot:Connect and toString')
    assert.equal(mayOf({ Ref: 'Actions' }), 'take the action {Actions}')
    assert.deepEqual(words({ Effect: 'Allow', NotAction: ['iam:*', 'sts:*'], Resource: '*' }), [
      'may take every action but iam:* and sts:* on every resource (*)',
    ])
  })

  test('for places are in the terms of the service, and show what is not in this stack’s region and account', () => {
    const onOf = (action: string, resource: Json) =>
      (words(allow(action, resource))[0] ?? '').replace(/^may \S+ \S+ /, '')
    const s3 = (resource: Json) => onOf('s3:GetObject', resource)
    assert.equal(s3('arn:aws:s3:::b/a/b/*'), 'in a/b/ of the bucket b')
    assert.equal(s3('arn:aws:s3:::b/*'), 'in the bucket b')
    assert.equal(s3('arn:aws:s3:::b'), 'of the bucket b')
    assert.equal(s3('arn:aws:s3:::b*'), 'of the bucket b* and in it')
    assert.equal(s3('arn:aws:s3:::*'), 'of every bucket and in it')
    assert.equal(s3('arn:aws:s3:::b/*.jpg'), 'at *.jpg of the bucket b')
    assert.equal(s3('arn:aws-cn:s3:::b/*'), 'on arn:aws-cn:s3:::b/*')
    assert.equal(
      s3({ 'Fn::Sub': 'arn:${AWS::Partition}:s3:::${B}/home/${!aws:username}/*' }),
      'in home/<aws:username>/ of the bucket {B}',
    )
    assert.equal(s3(['arn:aws:s3:::b', 'arn:aws:s3:::b/*']), 'of the bucket b and in it')
    const api = (rest: string) =>
      onOf('execute-api:Invoke', { 'Fn::Sub': `arn:aws:execute-api:\${AWS::Region}:\${AWS::AccountId}:${rest}` })
    assert.equal(api('abc/prod/GET/pets'), 'of the API abc, stage prod, only GET/pets')
    assert.equal(api('abc/*'), 'of the API abc, every stage')
    assert.equal(api('*'), 'of every API')
    const table = (region: string, account: string, rest: string) =>
      onOf('dynamodb:GetItem', `arn:aws:dynamodb:${region}:${account}:${rest}`)
    assert.equal(table('*', '*', 'table/t'), 'of the table t, in any region, in any account')
    assert.equal(
      table('eu-west-1', '123456789012', 'table/t/index/*'),
      'of every index of the table t, in eu-west-1, of the account 123456789012',
    )
    assert.equal(onOf('lambda:InvokeFunction', 'arn:aws:lambda:::function:f'), 'on function:f of AWS Lambda')
    assert.deepEqual(words({ Effect: 'Allow', Action: 's3:GetObject', NotResource: 'arn:aws:s3:::b/*' }), [
      'may get objects anywhere but in the bucket b',
    ])
  })

  test('for conditions leave nothing out that widens, and nothing at all of a denial', () => {
    const limits = (condition: Json, effect = 'Allow') =>
      (words({ Effect: effect, Action: 's3:ListBucket', Resource: '*', Condition: condition })[0] ?? '').split(
        /\(\*\), /,
      )[1]
    const keys = { 'dynamodb:LeadingKeys': ['${cognito-identity.amazonaws.com:sub}'] }
    assert.equal(
      limits({ 'ForAllValues:StringEquals': keys, Null: { 'dynamodb:LeadingKeys': 'false' } }),
      'only items whose partition key is <identity ID>',
    )
    assert.equal(
      limits({ 'ForAllValues:StringEquals': keys }),
      'only items whose partition key is <identity ID>, and requests that name no key',
    )
    assert.equal(
      limits({ 'ForAnyValue:StringEquals': keys }),
      'only if ForAnyValue:StringEquals dynamodb:LeadingKeys <identity ID>',
    )
    assert.equal(limits({ StringLike: { 's3:prefix': ['a/', 'a/*'] } }), 'only under a/')
    assert.equal(limits({ StringLike: { 's3:prefix': ['', 'a/*'] } }), "only if StringLike s3:prefix '' or a/*")
    assert.equal(limits({ StringEquals: { 's3:prefix': ['a/'] } }), 'only if StringEquals s3:prefix a/')
    assert.equal(limits({ StringNotLike: { 's3:prefix': 'a/*' } }), 'only if StringNotLike s3:prefix a/*')
    assert.equal(limits({ StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' } }), 'only through Amazon S3')
    assert.equal(
      limits({ StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' } }, 'Deny'),
      'only if StringEquals kms:ViaService s3.eu-west-1.amazonaws.com',
    )
    assert.equal(
      limits({ StringLike: { 'kms:ViaService': '*.amazonaws.com' } }),
      'only if StringLike kms:ViaService *.amazonaws.com',
    )
    assert.equal(limits({ Bool: { 'aws:SecureTransport': 'true' } }), 'only over TLS')
    assert.equal(limits({ Bool: { 'aws:SecureTransport': 'false' } }), 'only if Bool aws:SecureTransport false')
    assert.equal(limits({ IpAddress: { 'aws:SourceIp': { Ref: 'Range' } } }), 'only if IpAddress aws:SourceIp {Range}')
    assert.equal(limits({ Ref: 'Anything' }), 'only if {Anything}')
    assert.equal(limits({ StringEquals: { 'Fn::Transform': 'x' } }), 'only if StringEquals {"Fn::Transform":"x"}')
  })

  test('show what has none as it stands', () => {
    assert.deepEqual(words({ Ref: 'Statement' }), [
      'may do whatever this policy allows wherever it allows it: {"Ref":"Statement"}',
    ])
    assert.deepEqual(words({ Effect: { Ref: 'E' }, Action: 's3:GetObject', Resource: '*', Principal: '*' }), [
      'may get objects on every resource (*), only if {E} is Allow, with principal *',
    ])
    assert.deepEqual(words({}), [
      'may take no action that is said on no resource that is said, only if no Effect is Allow',
    ])
    assert.deepEqual(
      lines({ R: { Type: 'AWS::IAM::Role', Properties: { Policies: [{ PolicyDocument: '{}' }, 'x'] } } }),
      [
        'other (R) may do whatever this policy allows wherever it allows it: "{}"',
        'other (R) may do whatever this policy allows wherever it allows it: "x"',
      ],
    )
  })
})

describe('conditions', () => {
  const choose = (condition: string, yes: Json, no: Json): JsonObject => ({ 'Fn::If': [condition, yes, no] })
  const none = { Ref: 'AWS::NoValue' }

  test('make no difference where both branches read alike, and two grants where not, whatever is chosen', () => {
    const host = (name: string) => `arn:aws:s3:::b/\${${name}:sub}/*`
    const byRegion = choose(
      'China',
      host('cognito-identity.cn-north-1.amazonaws.com.cn'),
      host('cognito-identity.amazonaws.com'),
    )
    assert.deepEqual(words(allow('s3:GetObject', byRegion)), ['may get objects in <identity ID>/ of the bucket b'])
    assert.deepEqual(words(allow(choose('China', 's3:*', 's3:GetObject'), 'arn:aws:s3:::b/*')), [
      'may take every action of Amazon S3 (s3:*) in the bucket b [China]',
      'may get objects in the bucket b [!China]',
    ])
    assert.deepEqual(
      words([
        choose('A', allow('s3:GetObject', '*'), none),
        allow(['s3:PutObject', choose('B', 's3:GetObject', none)], '*'),
      ]),
      [
        'may get objects on every resource (*) [A]',
        'may put and get objects on every resource (*) [B]',
        'may put objects on every resource (*) [!B]',
      ],
    )
    assert.deepEqual(
      words(choose('A', [allow('s3:GetObject', '*'), allow('s3:PutObject', '*')], allow('s3:GetObject', '*'))),
      ['may get objects on every resource (*)', 'may put objects on every resource (*) [A]'],
    )
    assert.deepEqual(words(choose('A', choose('A', allow('s3:GetObject', '*'), allow('s3:*', '*')), none)), [
      'may get objects on every resource (*) [A]',
    ])
  })

  test('that only ask whether a parameter is empty give its default in words', () => {
    const conditions = {
      Given: { 'Fn::Not': [{ 'Fn::Equals': ['', { Ref: 'B' }] }] },
      Empty: { 'Fn::Equals': [{ Ref: 'B' }, ''] },
    }
    const bucket = (value: Json) => allow('s3:GetObject', { 'Fn::Sub': ['arn:aws:s3:::${X}/*', { X: value }] })
    const may = 'may get objects in the bucket {B} or else {Own}'
    assert.deepEqual(words(bucket(choose('Given', { Ref: 'B' }, { Ref: 'Own' })), { Conditions: conditions }), [may])
    assert.deepEqual(words(bucket(choose('Empty', { Ref: 'Own' }, { Ref: 'B' })), { Conditions: conditions }), [may])
    assert.deepEqual(words(bucket(choose('Given', { Ref: 'C' }, { Ref: 'Own' })), { Conditions: conditions }), [
      'may get objects in the bucket {C} [Given]',
      'may get objects in the bucket {Own} [!Given]',
    ])
  })

  test('more than can be told apart are shown as they stand', () => {
    const many = Array.from({ length: 20 }, (_, index) => choose(`C${index}`, `s3:Get${index}`, none))
    const told = words(allow(many, '*'))
    assert.equal(told.length, 1)
    for (const index of many.keys()) assert.ok(told[0]?.includes(`{"Fn::If":["C${index}","s3:Get${index}"`), told[0])
  })
})

describe('a policy that stands on the thing itself', () => {
  /** The words of one statement on a bucket. */
  const onBucket = (statement: JsonObject): readonly string[] =>
    lines({
      B: { Type: 'AWS::S3::Bucket' },
      R: { Type: 'AWS::IAM::Role' },
      P: {
        Type: 'AWS::S3::BucketPolicy',
        Properties: { Bucket: { Ref: 'B' }, PolicyDocument: { Statement: statement } },
      },
    })
  const get = allow('s3:GetObject', 'arn:aws:s3:::b/*')

  test('is told of whom it names: of publication-bucket everybody, one organization, and what delivers logs', () => {
    const { document } = link(publicationBucket, { id: 'publication-bucket', version: '1.0.0' })
    const of = 'of the bucket {Bucket}'
    assert.deepEqual(grantsOf(document).map(line), [
      `everybody (BucketPolicy) may not take any action of Amazon S3 (s3:*) ${of} and in it, without TLS`,
      `everybody (BucketPolicy) may not take the action s3:PutObject in the bucket {Bucket}, but not at {Prefix}/index.json ${of} and at {Prefix}/*/latest/* ${of}, without If-None-Match, where that makes an object [ReleasesProtected]`,
      'everybody (BucketPolicy) may not take the actions s3:DeleteObject and s3:DeleteObjectVersion in the bucket {Bucket} [ReleasesProtected]',
      `everybody (BucketPolicy) may get objects and get versions of objects in {Prefix}/ ${of} [IsPublic]`,
      `{OrganizationId} (BucketPolicy) may get objects and get versions of objects in {Prefix}/ ${of} [IsOrganization]`,
      'everybody (AccessLogBucketPolicy) may not take any action of Amazon S3 (s3:*) of the bucket {AccessLogBucket} and in it, without TLS [HasOwnLogBucket]',
      `logging.s3.amazonaws.com (AccessLogBucketPolicy) may put objects in the bucket {AccessLogBucket}, only on behalf of the stack’s account, only on behalf ${of} [HasOwnLogBucket]`,
    ])
  })

  test('names accounts, services, roles of the template and others, one grant for each', () => {
    const may = 'may get objects in the bucket b'
    const named: readonly (readonly [principal: Json, ...lines: readonly string[]])[] = [
      ['*', `everybody (P) ${may}`],
      [{ AWS: '*' }, `everybody (P) ${may}`],
      [{ AWS: '123456789012' }, `the account 123456789012 (P) ${may}`],
      [{ AWS: 'arn:aws-cn:iam::123456789012:root' }, `the account 123456789012 (P) ${may}`],
      [{ AWS: { 'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:root' } }, `the stack’s account (P) ${may}`],
      [{ AWS: { Ref: 'AWS::AccountId' } }, `the stack’s account (P) ${may}`],
      [{ AWS: 'arn:aws:iam::123456789012:role/x' }, `arn:aws:iam::123456789012:role/x (P) ${may}`],
      [{ AWS: { Ref: 'Reader' } }, `{Reader} (P) ${may}`],
      [{ AWS: { 'Fn::GetAtt': ['R', 'Arn'] } }, `other (R) ${may}`],
      [{ AWS: { 'Fn::GetAtt': ['U', 'Arn'] } }, `{U.Arn} (P) ${may}`],
      [{ CanonicalUser: 'abc' }, `the canonical user abc (P) ${may}`],
      [{ Federated: 'x.y' }, `whoever signs in by x.y (P) ${may}`],
      [{ Service: ['a.amazonaws.com', 'b.amazonaws.com'] }, `a.amazonaws.com (P) ${may}`, `b.amazonaws.com (P) ${may}`],
      [{ AWS: ['*', '123456789012'] }, `everybody (P) ${may}`, `the account 123456789012 (P) ${may}`],
      [{}, `whoever the policy means (P) ${may}`],
    ]
    for (const [principal, ...told] of named) assert.deepEqual(onBucket({ ...get, Principal: principal }), told)
    assert.deepEqual(onBucket(get), [`whoever the policy means (P) ${may}`])
    assert.deepEqual(onBucket({ ...get, Effect: 'Deny', NotPrincipal: { AWS: '1' } }), [
      'everybody (P) may not take the action s3:GetObject in the bucket b, all but {"AWS":"1"}',
    ])
  })

  test('is for one organization only where nothing else can be let in', () => {
    const may = 'may get objects in the bucket b'
    const ask = (condition: JsonObject, rest: JsonObject = {}) =>
      onBucket({ ...get, Principal: '*', Condition: condition, ...rest })
    assert.deepEqual(ask({ StringEquals: { 'aws:principalorgid': ['o-1', 'o-2'] } }), [`o-1 or o-2 (P) ${may}`])
    assert.deepEqual(ask({ StringEquals: { 'aws:PrincipalAccount': '1' } }), [`the account 1 (P) ${may}`])
    assert.deepEqual(ask({ StringEqualsIfExists: { 'aws:PrincipalOrgID': 'o-1' } }), [
      `everybody (P) ${may}, only if StringEqualsIfExists aws:PrincipalOrgID o-1`,
    ])
    assert.deepEqual(ask({ StringEquals: { 'aws:PrincipalOrgID': 'o-1' }, Bool: { 'aws:SecureTransport': 'true' } }), [
      `o-1 (P) ${may}, only over TLS`,
    ])
    const denied = ask({ StringNotEquals: { 'aws:PrincipalOrgID': 'o-1' } }, { Effect: 'Deny' })
    assert.deepEqual(denied, [
      'everybody (P) may not take the action s3:GetObject in the bucket b, outside the organization o-1',
    ])
    const deniedWithin = ask({ StringEquals: { 'aws:PrincipalOrgID': 'o-1' } }, { Effect: 'Deny' })
    assert.deepEqual(deniedWithin, [
      'everybody (P) may not take the action s3:GetObject in the bucket b, only if StringEquals aws:PrincipalOrgID o-1',
    ])
  })

  test('says of a denial what it is for in no other words than fit', () => {
    const denied = (condition: JsonObject) =>
      onBucket({ ...get, Effect: 'Deny', Principal: '*', Condition: condition })[0]?.replace(/.* bucket b, /, '')
    assert.equal(denied({ Bool: { 'aws:SecureTransport': 'false' } }), 'without TLS')
    assert.equal(denied({ NumericLessThan: { 's3:TlsVersion': '1.2' } }), 'with TLS below 1.2')
    assert.equal(denied({ Null: { 's3:if-match': 'true' } }), 'without If-Match')
    assert.equal(denied({ Bool: { 'aws:SecureTransport': 'true' } }), 'only if Bool aws:SecureTransport true')
    assert.equal(denied({ Null: { 's3:if-match': 'false' } }), 'only if Null s3:if-match false')
    assert.equal(denied({ Null: { 's3:if-match': ['true', 'false'] } }), 'only if Null s3:if-match true or false')
  })

  test('may stand on queues, keys, secrets, tables, repositories and functions', () => {
    const everything = { Effect: 'Allow', Principal: { AWS: { Ref: 'AWS::AccountId' } }, Action: 'x:*', Resource: '*' }
    const document = { Statement: [everything] }
    const told = lines({
      K: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: document } },
      Q: { Type: 'AWS::SQS::QueuePolicy', Properties: { Queues: [{ Ref: 'Jobs' }], PolicyDocument: document } },
      S: {
        Type: 'AWS::SecretsManager::ResourcePolicy',
        Properties: { SecretId: { Ref: 'X' }, ResourcePolicy: document },
      },
      T: { Type: 'AWS::DynamoDB::Table', Properties: { ResourcePolicy: { PolicyDocument: document } } },
      E: {
        Type: 'AWS::ECR::Repository',
        Properties: { RepositoryPolicyText: { Statement: { ...everything, Resource: none } } },
      },
      L: {
        Type: 'AWS::Lambda::Permission',
        Properties: {
          ...{ Action: 'lambda:InvokeFunction', FunctionName: { Ref: 'F' }, Principal: 's3.amazonaws.com' },
          ...{ SourceArn: 'arn:aws:s3:::b', SourceAccount: { Ref: 'AWS::AccountId' } },
        },
      },
      Plain: { Type: 'AWS::KMS::Key' },
    })
    const by = (id: string, place: string) => `the stack’s account (${id}) may take every action of x (x:*) ${place}`
    assert.deepEqual(told, [
      by('K', 'with the key {K}'),
      by('Q', 'on {Jobs}'),
      by('S', 'on {X}'),
      by('T', 'of the table {T}'),
      by('E', 'on {E.Arn}'),
      's3.amazonaws.com (L) may invoke functions on {F}, only on behalf of the stack’s account, only on behalf of the bucket b',
    ])
  })
})

test('the grants of a stack as the AWS CDK synthesizes it are in words, its own resources by their IDs', () => {
  const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] })
  assert.deepEqual(
    lines({
      Bucket83908E77: { Type: 'AWS::S3::Bucket' },
      Table710B521B: { Type: 'AWS::DynamoDB::Table' },
      HandlerServiceRoleFCDC14AE: {
        Type: 'AWS::IAM::Role',
        Properties: {
          AssumeRolePolicyDocument: {
            Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }],
            Version: '2012-10-17',
          },
          ManagedPolicyArns: [
            {
              'Fn::Join': [
                '',
                ['arn:', { Ref: 'AWS::Partition' }, ':iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'],
              ],
            },
          ],
        },
      },
      HandlerServiceRoleDefaultPolicyCBD0CC91: {
        Type: 'AWS::IAM::Policy',
        Properties: {
          PolicyDocument: {
            Statement: [
              {
                Effect: 'Allow',
                Action: ['s3:GetObject*', 's3:List*'],
                Resource: [arn('Bucket83908E77'), { 'Fn::Join': ['', [arn('Bucket83908E77'), '/*']] }],
              },
              {
                Effect: 'Allow',
                Action: ['dynamodb:GetItem', 'dynamodb:PutItem'],
                Resource: [arn('Table710B521B'), none],
              },
            ],
            Version: '2012-10-17',
          },
          PolicyName: 'HandlerServiceRoleDefaultPolicyCBD0CC91',
          Roles: [{ Ref: 'HandlerServiceRoleFCDC14AE' }],
        },
      },
    }),
    [
      'other (HandlerServiceRoleFCDC14AE) may do whatever the managed policy AWSLambdaBasicExecutionRole of AWS allows wherever it allows it',
      'other (HandlerServiceRoleFCDC14AE) may take the actions s3:GetObject* and s3:List* of the bucket {Bucket83908E77} and in it',
      'other (HandlerServiceRoleFCDC14AE) may get and put items of the table {Table710B521B}',
    ],
  )
})

const none = { Ref: 'AWS::NoValue' }

test('the grants of a stack as Amplify makes it name the roles that its parameters name', () => {
  const folder = (access: string) => ({
    'Fn::Join': ['', ['arn:aws:s3:::', { Ref: 'S3Bucket' }, `/${access}/\${cognito-identity.amazonaws.com:sub}/*`]],
  })
  assert.deepEqual(
    lines(
      {
        S3Bucket: { Type: 'AWS::S3::Bucket' },
        S3AuthPrivatePolicy: {
          Type: 'AWS::IAM::Policy',
          Condition: 'CreateAuthPrivate',
          Properties: {
            PolicyName: { Ref: 's3PrivatePolicy' },
            Roles: [{ Ref: 'authRoleName' }],
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: [
                allow({ 'Fn::Split': [',', { Ref: 's3PermissionsAuthenticatedPrivate' }] }, [folder('private')]),
              ],
            },
          },
        },
        S3GuestReadPolicy: {
          Type: 'AWS::IAM::Policy',
          Condition: 'GuestReadAndList',
          Properties: {
            Roles: [{ Ref: 'unauthRoleName' }],
            PolicyDocument: {
              Statement: [
                allow(['s3:GetObject'], [{ 'Fn::Join': ['', ['arn:aws:s3:::', { Ref: 'S3Bucket' }, '/protected/*']] }]),
                allow(['s3:ListBucket'], [{ 'Fn::Join': ['', ['arn:aws:s3:::', { Ref: 'S3Bucket' }]] }], {
                  Condition: { StringLike: { 's3:prefix': ['public/', 'public/*', 'protected/', 'protected/*'] } },
                }),
              ],
            },
          },
        },
      },
      { Parameters: { authRoleName: { Type: 'String' }, unauthRoleName: { Type: 'String' } } },
    ),
    [
      'other (authRoleName) may take the action {s3PermissionsAuthenticatedPrivate} in private/<identity ID>/ of the bucket {S3Bucket} [CreateAuthPrivate]',
      'other (unauthRoleName) may get objects in protected/ of the bucket {S3Bucket} [GuestReadAndList]',
      'other (unauthRoleName) may list objects of the bucket {S3Bucket}, only under public/ or protected/ [GuestReadAndList]',
    ],
  )
})

test('no template is too odd, and no statement goes without a grant', () => {
  const name = fc.constantFrom('A', 'B', 'C', 'AWS::NoValue', 'AWS::Region', '__proto__', 'toString')
  const call = fc.constantFrom(
    'Ref',
    'Fn::If',
    'Fn::Sub',
    'Fn::GetAtt',
    'Fn::Join',
    'Fn::Split',
    'Fn::Equals',
    'Fn::Not',
    'Fn::Select',
  )
  const { json } = fc.letrec<{ json: Json }>(tie => ({
    json: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<Json>(
        '*',
        's3:*',
        '${A}',
        '${!B}',
        '${A.Arn}',
        'arn:aws:s3:::${A}/*',
        'arn::::::',
        '',
        null,
        0,
        true,
      ),
      name,
      fc.array(tie('json'), { maxLength: 3 }),
      fc.tuple(call, tie('json')).map(([key, value]) => ({ [key]: value })),
      fc.tuple(name, tie('json'), tie('json')).map(([condition, yes, no]) => ({ 'Fn::If': [condition, yes, no] })),
      fc.dictionary(
        fc.constantFrom(
          'Effect',
          'Action',
          'Resource',
          'Condition',
          'Sid',
          'Principal',
          'StringEquals',
          'aws:PrincipalOrgID',
          'Statement',
          'PolicyDocument',
          'Roles',
          'StringLike',
          'toString',
          's3:prefix',
        ),
        tie('json'),
        { maxKeys: 4 },
      ),
    ),
  }))
  const type = fc.constantFrom(
    'AWS::IAM::Role',
    'AWS::IAM::Policy',
    'AWS::IAM::ManagedPolicy',
    'AWS::Cognito::IdentityPoolRoleAttachment',
    'AWS::Cognito::UserPoolGroup',
    'AWS::IAM::UserToGroupAddition',
    'AWS::SSO::PermissionSet',
    'AWS::SSO::Assignment',
    'AWS::S3::Bucket',
    'AWS::S3::BucketPolicy',
    'AWS::KMS::Key',
    'AWS::Lambda::Permission',
  )
  const properties = fc.dictionary(
    fc.constantFrom(
      'Policies',
      'PolicyDocument',
      'KeyPolicy',
      'Principal',
      'SourceArn',
      'ManagedPolicyArns',
      'Roles',
      'RoleName',
      'RoleMappings',
      'RoleArn',
      'Users',
      'GroupName',
      'InlinePolicy',
      'ManagedPolicies',
      'CustomerManagedPolicyReferences',
      'AssumeRolePolicyDocument',
    ),
    json,
  )
  const resource = fc.oneof(
    json,
    fc.record({
      Type: fc.oneof({ weight: 9, arbitrary: type }, json),
      Condition: json,
      Properties: fc.oneof(json, properties),
    }),
  )
  fc.assert(
    fc.property(fc.dictionary(name, resource), fc.dictionary(name, json), (Resources, Conditions) => {
      for (const grant of grantsOf({ Conditions, Resources })) {
        assert.ok(grant.may !== '' && grant.on !== '' && grant.by !== '', JSON.stringify(grant))
        const decided = grant.when.map(({ condition }) => condition)
        assert.equal(new Set(decided).size, decided.length, 'a condition is said once')
      }
    }),
    { numRuns: 2000 },
  )
  fc.assert(
    fc.property(json, statement => {
      const plain: Json = JSON.parse(JSON.stringify(statement, (key, value) => (key === 'Fn::If' ? 0 : value)))
      const isThere =
        plain !== null && !(isObject(plain) && plain['Ref'] === 'AWS::NoValue' && Object.keys(plain).length === 1)
      if (isThere && !Array.isArray(plain)) assert.equal(words(plain).length, 1, JSON.stringify(plain))
    }),
  )
})
