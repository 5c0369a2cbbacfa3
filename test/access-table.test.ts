/** What a table of access asks: it must never say less than the policies give. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { concernOf, isForOwners, isOnObjects, reachesOthers } from '../src/access/concerns.ts'
import { judge } from '../src/access/judge.ts'
import { wildcard } from '../src/access/laws/wildcard.ts'
import type { Site } from '../src/access/show/deployments.ts'
import { type Sheet, sheetOf } from '../src/access/show/sheet.ts'
import { type AccessTable, type People, peopleOf, type Row, tableOf } from '../src/access/show/table.ts'
import type { Document, Json, JsonObject } from '../src/document.ts'
import { type Resolved, resolve } from '../src/resolve/index.ts'
import { readAwsActions } from './support/aws-actions.ts'

const site: Site = {
  ...{ parameters: {}, region: 'us-east-1', partition: 'aws', urlSuffix: 'amazonaws.com', accountId: '123456789012' },
  ...{ stackName: 'stack', stackId: 'arn:aws:cloudformation:us-east-1:123456789012:stack/stack/id' },
}

const host = 'cognito-identity.amazonaws.com'
const identity = `\${${host}:sub}`

const web = (condition: Json): Json => ({
  ...{ Effect: 'Allow', Principal: { Federated: host }, Action: 'sts:AssumeRoleWithWebIdentity' },
  Condition: condition,
})

const usersOf = (pool: Json): Json =>
  web({
    StringEquals: { [`${host}:aud`]: pool },
    'ForAnyValue:StringLike': { [`${host}:amr`]: 'authenticated' },
  })

function role(
  trust: readonly Json[],
  statements: readonly Json[],
  version: JsonObject = { Version: '2012-10-17' },
): Json {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [...trust] },
      Policies: [{ PolicyName: 'own', PolicyDocument: { ...version, Statement: [...statements] } }],
    },
  }
}

/** A pool whose users have a role with the statements; with other resources, or in place of these. */
function giving(statements: readonly Json[], others: JsonObject = {}, version?: JsonObject): Document {
  return {
    Resources: {
      Pool: { Type: 'AWS::Cognito::IdentityPool', Properties: { AllowUnauthenticatedIdentities: false } },
      Users: role([usersOf({ Ref: 'Pool' })], statements, version),
      Roles: {
        Type: 'AWS::Cognito::IdentityPoolRoleAttachment',
        Properties: { IdentityPoolId: { Ref: 'Pool' }, Roles: { authenticated: { 'Fn::GetAtt': ['Users', 'Arn'] } } },
      },
      ...others,
    },
  }
}

const allow = (Action: Json, Resource: Json, more: JsonObject = {}): Json => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
})

function resolved(document: Document): { readonly resolved: Resolved; readonly people: People } {
  const found = resolve(document, site)
  return { resolved: found, people: peopleOf(found, site.region) }
}

function tableFor(document: Document): AccessTable {
  const { resolved: found, people } = resolved(document)
  return tableOf(found, people, site)
}

const table = (...statements: readonly Json[]): AccessTable => tableFor(giving(statements))

/** `allow`, `wrong`, `deny`, with `if …` where it hangs on what the request says. */
function said(of: AccessTable, place: string, action: string): string {
  const row = of.rows.find(it => it.place === place && it.action === action)
  if (row === undefined)
    throw new Error(`no row ${place} ${action} among ${of.rows.map(it => `${it.place} ${it.action}`).join('; ')}`)
  const { decision, isWrong, onlyIf } = row.cells.user
  return [isWrong ? 'wrong' : decision, ...(onlyIf === undefined ? [] : [onlyIf])].join(' ')
}

function sheet(of: AccessTable): Sheet {
  return sheetOf(of, { file: 'a', region: 'us-east-1', parameters: {}, placeholders: {}, columns: ['user', 'guest'] })
}

const rows = 'arn:aws:dynamodb:us-east-1:123456789012:table/rows'

describe('what a statement names is asked', () => {
  test('of all but some resources, and of all but some actions, which stand there in words', () => {
    const but = table({ Effect: 'Allow', Action: 's3:*', NotResource: 'arn:aws:s3:::secret/*' })
    assert.equal(said(but, 'any resource but arn:aws:s3:::secret/*', 's3:*'), 'wrong')
    assert.equal(said(but, 'another bucket', 's3:GetObject'), 'wrong')
    assert.equal(said(but, 'any object of secret', 's3:GetObject'), 'deny')
    const most = table({ Effect: 'Allow', NotAction: ['iam:*', 's3:*', 'sts:*'], Resource: '*' })
    assert.equal(said(most, 'any resource', 'every action but iam:*, s3:*, sts:*'), 'wrong')
    assert.equal(said(most, 'any resource', 'dynamodb:Scan'), 'wrong')
    assert.equal(said(most, 'any resource', 's3:GetObject'), 'deny')
    const placed = table({
      Effect: 'Allow',
      NotAction: 's3:PutObject',
      Resource: `arn:aws:s3:::b/private/${identity}/*`,
    })
    assert.equal(said(placed, 'own folder private/{identity}/ of b', 'every action but s3:PutObject'), 'wrong')
    assert.equal(said(placed, 'own folder private/{identity}/ of b', 's3:PutObject'), 'deny')
  })

  test('of buckets by a wildcard, with what is in them, and of every bucket', () => {
    const some = table(allow(['s3:GetObject', 's3:PutBucketAcl'], 'arn:aws:s3:::my-*'))
    assert.equal(said(some, 'any object of my-*', 's3:GetObject'), 'wrong')
    assert.equal(said(some, 'the whole of my-*', 's3:PutBucketAcl'), 'wrong')
    const whole = table(allow('s3:*', 'arn:aws:s3:::my-*'))
    assert.equal(said(whole, 'any object of my-*', 's3:PutObject'), 'wrong')
    const every = table(allow('s3:GetObject', 'arn:aws:s3:::*'))
    assert.equal(said(every, 'any object of every bucket', 's3:GetObject'), 'wrong')
    const one = table(allow('s3:GetObject', ['arn:aws:s3:::*/x', 'arn:aws:s3:::b/?']))
    assert.equal(said(one, 'object x of every bucket', 's3:GetObject'), 'wrong')
    assert.equal(said(one, 'objects ? of b', 's3:GetObject'), 'allow')
    const point = 'arn:aws:s3:us-east-1:123456789012:accesspoint/point/object/*'
    assert.equal(said(table(allow('s3:GetObject', point)), point, 's3:GetObject'), 'allow')
  })

  test('beside a folder of users that is of the same level, and where a key is no whole folder', () => {
    const beside = table(
      allow('s3:GetObject', [`arn:aws:s3:::b/private/${identity}/*`, 'arn:aws:s3:::b/private/*.png']),
      allow('s3:PutObject', `arn:aws:s3:::b/drafts/${identity}/*.txt`),
    )
    assert.equal(said(beside, 'objects private/*.png of b', 's3:GetObject'), 'allow')
    assert.equal(said(beside, "another user's folder private/{identity}/ of b", 's3:GetObject'), 'deny')
    assert.equal(said(beside, 'own objects drafts/{identity}/*.txt of b', 's3:PutObject'), 'allow')
    assert.equal(said(beside, "another user's objects drafts/{identity}/*.txt of b", 's3:PutObject'), 'deny')
  })

  test('by a policy of a version without variables as it is written', () => {
    const old = tableFor(giving([allow('s3:GetObject', `arn:aws:s3:::b/${identity}/*`)], {}, {}))
    assert.equal(said(old, `objects ${identity}/* (not a variable) of b`, 's3:GetObject'), 'allow')
  })

  test('with each prefix and each key of rows, also without any, and for several users at once', () => {
    const listing = table(
      allow('s3:ListBucket', 'arn:aws:s3:::b', {
        Condition: { StringLike: { 's3:prefix': ['reports/*', `private/${identity}/*`] } },
      }),
    )
    assert.equal(said(listing, 'objects reports/* of b', 's3:ListBucket'), 'allow')
    assert.equal(said(listing, 'own folder private/{identity}/ of b', 's3:ListBucket'), 'allow')
    assert.equal(said(listing, 'the whole of b', 's3:ListBucket'), 'deny')
    const open = table(
      allow('s3:ListBucket', 'arn:aws:s3:::b', {
        Condition: { StringLikeIfExists: { 's3:prefix': `private/${identity}/*` } },
      }),
    )
    assert.equal(said(open, 'the whole of b', 's3:ListBucket'), 'wrong')
    const keyed = table(
      allow(['dynamodb:Query', 'dynamodb:BatchGetItem'], rows, {
        Condition: { 'ForAnyValue:StringEquals': { 'dynamodb:LeadingKeys': [identity, 'shared'] } },
      }),
    )
    assert.equal(said(keyed, 'own rows of the table rows', 'dynamodb:Query'), 'allow')
    assert.equal(said(keyed, 'rows shared of the table rows', 'dynamodb:Query'), 'allow')
    assert.equal(said(keyed, "another user's rows of the table rows", 'dynamodb:Query'), 'deny')
    assert.equal(said(keyed, "another user's rows of the table rows", 'dynamodb:BatchGetItem'), 'wrong')
    const unkeyed = { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [identity] } }
    assert.equal(
      said(table(allow('dynamodb:*', rows, { Condition: unkeyed })), 'the whole table rows', 'dynamodb:Scan'),
      'wrong',
    )
  })

  test('with what the request may say: the answer is “allow, if”', () => {
    const folder = `arn:aws:s3:::b/private/${identity}/*`
    const own = 'own folder private/{identity}/ of b'
    const asked = { StringEquals: { 's3:x-amz-acl': ['private', 'bucket-owner-read'] } }
    assert.equal(
      said(table(allow('s3:PutObject', folder, { Condition: asked })), own, 's3:PutObject'),
      'allow if s3:x-amz-acl=private',
    )
    const denied = { Effect: 'Deny', Action: 's3:PutObject', Resource: '*' }
    const encrypted = { ...denied, Condition: { StringNotEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' } } }
    const told = { ...denied, Condition: { Null: { 's3:x-amz-storage-class': 'true' } } }
    assert.equal(
      said(table(allow('s3:PutObject', folder), encrypted, told), own, 's3:PutObject'),
      'allow if s3:x-amz-server-side-encryption=aws:kms and s3:x-amz-storage-class=example',
    )
    const here = { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } }
    assert.equal(said(table(allow('s3:PutObject', folder, { Condition: here })), own, 's3:PutObject'), 'unknown')
    const text = JSON.stringify(sheet(table(allow('s3:PutObject', folder, { Condition: asked }))).sections)
    assert.match(text, /own\[0\], if s3:x-amz-acl=private/)
  })

  test('and “reaches nothing” only of whoever has no statement that allows anything', () => {
    const nothing = /A signed-in user reaches nothing/
    assert.match(sheet(table()).remarks.join(' '), nothing)
    const past = { Bool: { 'aws:SecureTransport': 'false' } }
    for (const statement of [
      allow('s3:PutBucketVersioning', 'arn:aws:s3:::b'),
      allow('dynamodb:PartiQLDelete', rows),
      allow('kms:Sign', 'arn:aws:kms:us-east-1:123456789012:key/k'),
      allow('execute-api:InvalidateCache', 'arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/*'),
      allow('s3:GetObject', 'arn:aws:s3:::b'),
      allow('s3:GetObject', 'arn:aws:s3:::b/*', { Condition: past }),
    ]) {
      assert.doesNotMatch(sheet(table(statement)).remarks.join(' '), nothing, JSON.stringify(statement))
    }
  })
})

describe('what should be nobody’s is red', () => {
  test('where it is for those who own a thing, on whatever; and where it reaches everything of an account', () => {
    for (const [action, resource] of [
      ['iam:PutRolePolicy', 'arn:aws:iam::123456789012:role/x'],
      ['cognito-identity:UpdateIdentityPool', 'arn:aws:cognito-identity:us-east-1:123456789012:identitypool/x'],
      ['cognito-idp:AdminCreateUser', '*'],
      ['lambda:UpdateFunctionCode', 'arn:aws:lambda:us-east-1:123456789012:function:x'],
      ['sqs:SetQueueAttributes', 'arn:aws:sqs:us-east-1:123456789012:x'],
      ['secretsmanager:GetSecretValue', '*'],
      ['lambda:InvokeFunction', '*'],
      ['iot:Att*', 'arn:aws:iot:us-east-1:123456789012:policy/x'],
    ] as const) {
      const place = resource === '*' ? 'any resource' : resource
      assert.equal(said(table(allow(action, resource)), place, action), 'wrong', action)
    }
    for (const [action, resource] of [
      ['lambda:InvokeFunction', 'arn:aws:lambda:us-east-1:123456789012:function:x'],
      ['sqs:SendMessage', 'arn:aws:sqs:us-east-1:123456789012:x'],
      ['mobileanalytics:PutEvents', '*'],
      ['cognito-identity:GetId', '*'],
      ['polly:SynthesizeSpeech', '*'],
      ['sts:GetCallerIdentity', '*'],
    ] as const) {
      const place = resource === '*' ? 'any resource' : resource
      assert.equal(said(table(allow(action, resource)), place, action), 'allow', action)
    }
    const lock = table(allow(['s3:PutObjectLegalHold', 's3:GetObject'], `arn:aws:s3:::b/private/${identity}/*`))
    assert.equal(said(lock, 'own folder private/{identity}/ of b', 's3:PutObjectLegalHold'), 'wrong')
    assert.equal(said(lock, 'own folder private/{identity}/ of b', 's3:GetObject'), 'allow')
  })

  test('by what AWS says of its actions', () => {
    const all = readAwsActions()
    const services = [
      ...[
        's3',
        'dynamodb',
        'kms',
        'lambda',
        'sqs',
        'sns',
        'ssm',
        'iot',
        'events',
        'logs',
        'appsync',
        'iam',
        'execute-api',
      ],
    ]
    for (const { name, level } of all) {
      const [service = '', action = ''] = name.split(':')
      if (!services.includes(service)) continue
      if (level.includes('Permissions management')) {
        assert.equal(concernOf(name), 'owners', name)
        assert.ok(isForOwners(name), name)
      }
      if (service === 's3') {
        const { arns = [] } = all.find(it => it.name === name) ?? {}
        assert.equal(
          isOnObjects(action),
          arns.some(it => it.endsWith('/${ObjectName}')),
          name,
        )
      }
    }
    // whatever a pattern means that is for owners makes the pattern so
    for (const pattern of ['s3:Put*', 's3:*Acl', 'kms:C*', 'dynamodb:Update?able', 'lambda:*', '*', 'iam:Get*']) {
      assert.ok(isForOwners(pattern), pattern)
    }
    for (const pattern of ['s3:GetObject', 's3:Abort*', 'dynamodb:*Item', 'lambda:Invoke*', 'kms:*crypt']) {
      assert.ok(!isForOwners(pattern), pattern)
    }
    assert.ok(reachesOthers('dynamodb:*Item') && !reachesOthers('translate:TranslateText'))
  })
})

describe('whoever else reaches anything', () => {
  const Admin = role(
    [web({ StringLike: { [`${host}:aud`]: '*' } })],
    [allow('sqs:SendMessage', 'arn:aws:sqs:us-east-1:123456789012:q')],
  )

  test('is a user with each role that a group may give, and whoever a trust policy lets in', () => {
    const attachment = {
      Type: 'AWS::Cognito::IdentityPoolRoleAttachment',
      Properties: {
        IdentityPoolId: { Ref: 'Pool' },
        Roles: { authenticated: { 'Fn::GetAtt': ['Users', 'Arn'] } },
        RoleMappings: {
          pool: {
            Type: 'Token',
            AmbiguousRoleResolution: 'AuthenticatedRole',
            IdentityProvider: 'cognito-idp.us-east-1.amazonaws.com/p:c',
          },
        },
      },
    }
    const group = { Type: 'AWS::Cognito::UserPoolGroup', Properties: { RoleArn: { 'Fn::GetAtt': ['Admin', 'Arn'] } } }
    const found = tableFor(
      giving([allow('sns:Publish', 'arn:aws:sns:us-east-1:123456789012:t')], {
        Admin,
        Group: group,
        Roles: attachment,
      }),
    )
    const answers = (action: string) => {
      const row = found.rows.find(it => it.action === action)
      return Object.fromEntries(
        (found.more ?? []).map(({ who }, at) => [who, row?.more?.[at]?.isWrong ? 'wrong' : row?.more?.[at]?.decision]),
      )
    }
    assert.deepEqual(answers('sqs:SendMessage'), {
      'signed-in user with Users': 'deny',
      'signed-in user with Admin': 'allow',
      "another pool's user": 'wrong',
      "another pool's guest": 'wrong',
    })
    assert.equal(answers('sns:Publish')['signed-in user with Users'], 'allow')
    assert.equal(answers('sns:Publish')["another pool's user"], 'deny')
  })

  test('is an account, or somebody by name, that a role trusts', () => {
    const trusted = (AWS: Json) => {
      const trust = { Effect: 'Allow', Principal: { AWS }, Action: 'sts:AssumeRole' }
      const Users = role(
        [usersOf({ Ref: 'Pool' }), trust],
        [allow('sns:Publish', 'arn:aws:sns:us-east-1:123456789012:t')],
      )
      const { roles } = tableFor(giving([], { Users }))
      return roles.filter(({ cells }) => cells.some(it => it.isWrong)).map(({ who }) => who)
    }
    assert.deepEqual(trusted('arn:aws:iam::111122223333:root'), [
      'somebody with credentials of the account 111122223333',
    ])
    assert.deepEqual(trusted('111122223333'), ['somebody with credentials of the account 111122223333'])
    assert.deepEqual(trusted({ 'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:root' }), [
      "somebody with credentials of the template's own account",
    ])
    assert.deepEqual(trusted('arn:aws:iam::111122223333:user/me'), ['arn:aws:iam::111122223333:user/me'])
    assert.deepEqual(trusted('*'), ['somebody with credentials of AWS'])
  })

  test('takes a role in the classic flow that the pool gives to nobody: in red', () => {
    const Pool = {
      Type: 'AWS::Cognito::IdentityPool',
      Properties: { AllowUnauthenticatedIdentities: false, AllowClassicFlow: true },
    }
    const { roles } = tableFor(giving([], { Pool, Other: role([usersOf({ Ref: 'Pool' })], []) }))
    const cells = roles.find(({ who }) => who === 'signed-in user, classic flow')?.cells
    assert.deepEqual(
      cells?.map(it => [it.role, it.decision, it.isWrong]),
      [
        ['Users', 'allow', false],
        ['Other', 'allow', true],
      ],
    )
  })
})

describe('names that only deployment knows', () => {
  const Bucket = { Type: 'AWS::S3::Bucket', Properties: {} }

  test('are one by whichever function, and none that anything else has', () => {
    const found = tableFor(
      giving(
        [
          allow('s3:GetObject', { 'Fn::Sub': `\${Bucket.Arn}/private/\${!${host}:sub}/*` }),
          allow('s3:PutObject', { 'Fn::Sub': `arn:aws:s3:::\${Bucket}/private/\${!${host}:sub}/*` }),
          allow('s3:*', { 'Fn::GetAtt': ['Bucket', 'Arn'] }),
        ],
        { Bucket },
      ),
    )
    const own = 'own folder private/{identity}/ of {Bucket}'
    assert.deepEqual([said(found, own, 's3:GetObject'), said(found, own, 's3:PutObject')], ['allow', 'allow'])
    assert.equal(said(found, 'another bucket', 's3:GetObject'), 'deny')
    assert.equal(said(found, 'all buckets', 's3:ListAllMyBuckets'), 'deny')
    const named = { Bucket: { ...Bucket, Properties: { BucketName: 'notes' } } }
    const given = tableFor(
      giving(
        [allow('s3:GetObject', { 'Fn::Sub': '${Bucket.Arn}/x' }), allow('s3:PutObject', 'arn:aws:s3:::notes/x')],
        named,
      ),
    )
    assert.deepEqual(
      ['s3:GetObject', 's3:PutObject'].map(action => said(given, 'object x of notes', action)),
      ['allow', 'allow'],
    )
  })

  test('stand for imported values, and that is said', () => {
    const found = tableFor(
      giving([allow('s3:GetObject', { 'Fn::Join': ['', [{ 'Fn::ImportValue': 'Files' }, `/private/${identity}/*`]] })]),
    )
    const of = 'folder private/{identity}/ of {Files}'
    assert.equal(said(found, `own ${of}`, 's3:GetObject'), 'allow')
    assert.equal(said(found, `another user's ${of}`, 's3:GetObject'), 'deny')
    assert.match(
      sheet(found).remarks.join(' '),
      /Imported values are taken for names that nothing else has: \{Files\}\./,
    )
  })

  test('leave a key of rows, and a prefix, what it is: unknown, and no deny', () => {
    const key = {
      'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['${aws:PrincipalTag/team}'] },
      Null: { 'dynamodb:LeadingKeys': 'false' },
    }
    const found = tableFor(giving([allow('dynamodb:Query', rows, { Condition: key })]))
    assert.notEqual(said(found, 'own rows of the table rows', 'dynamodb:Query'), 'deny')
    assert.notEqual(said(found, "another user's rows of the table rows", 'dynamodb:Query'), 'wrong')
  })
})

describe('whatever the policies say', () => {
  const actions = readAwsActions()
  const inTable = new Set(['s3', 'dynamodb', 'kms', 'execute-api'])

  /** An action of AWS and a thing that it works on, by one of the patterns that policies name things with. */
  const grant = fc
    .record({
      action: fc.oneof(
        fc.constantFrom(...actions),
        fc.constantFrom(...actions.filter(it => inTable.has(it.name.split(':')[0] ?? ''))),
      ),
      which: fc.nat(),
      end: fc.constantFrom('thing', '*', `\${${host}:sub}`, `private/\${${host}:sub}/*`, 'a/*.png', 'my-*'),
      isPattern: fc.boolean(),
    })
    .map(({ action: { name, arns }, which, end, isPattern }) => {
      const arn = arns.length === 0 ? '*' : (arns[which % arns.length] ?? '*')
      const names = [...arn.matchAll(/\$\{(\w+)\}/g)].map(([, key = '']) => key)
      const last = names.at(-1)
      const place: Readonly<Record<string, string>> = { Partition: 'aws', Region: 'us-east-1', Account: '123456789012' }
      const Resource = arn.replace(/\$\{(\w+)\}/g, (_, key: string) => {
        // what has a slash is no bucket
        const own = key === 'BucketName' ? end.replace(/\/.*/, '') : end
        return place[key] ?? (key === last ? own : 'name')
      })
      return { action: isPattern ? name.replace(/(?<=:\w{4})\w+$/, '*') : name, Resource }
    })

  const isAllowed = (document: Document, action: string, resource: string): boolean => {
    const { resolved: found, people } = resolved(document)
    const own = resource.replaceAll(identity, people.user.id).replaceAll('*', 'x')
    return (
      judge(found, { who: people.user, action: action.replaceAll('*', 'x'), resource: resource === '*' ? '*' : own })
        .decision === 'allow'
    )
  }

  test('one grant more is one answer more', () => {
    fc.assert(
      fc.property(fc.array(grant, { maxLength: 3 }), grant, (before, { action, Resource }) => {
        const statements = before.map(it => allow(it.action, it.Resource))
        const base = giving(statements)
        fc.pre(!isAllowed(base, action, Resource))
        const more = giving([...statements, allow(action, Resource)])
        const [was, is] = [base, more].map(it =>
          tableFor(it).rows.map(({ place, action: asked, cells }) => [place, asked, cells.user.decision]),
        )
        assert.notDeepEqual(is, was, `${action} ${Resource}`)
      }),
      { numRuns: 300 },
    )
  })

  /** Does the row show that the action is given where the pattern says? */
  function shows({ action, cells }: Row, asked: string, pattern: string): boolean {
    const { decision, resource } = cells.user
    const isThere = resource === pattern || resource === '*' || wildcard(pattern).test(resource)
    return decision !== 'deny' && isThere && (action === asked || wildcard(action, 'i').test(asked))
  }

  test('what is allowed is shown', () => {
    const denial = fc.constantFrom<Json | undefined>(
      undefined,
      { Effect: 'Deny', Action: 's3:DeleteBucket', Resource: '*' },
      { Effect: 'Deny', Action: 'dynamodb:*', Resource: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      { Effect: 'Deny', NotAction: ['s3:*', 'sqs:*'], Resource: '*' },
    )
    fc.assert(
      fc.property(fc.array(grant, { minLength: 1, maxLength: 4 }), denial, (grants, denied) => {
        const document = giving([
          ...grants.map(it => allow(it.action, it.Resource)),
          ...(denied === undefined ? [] : [denied]),
        ])
        const { resolved: found, people } = resolved(document)
        const shown = tableOf(found, people, site).rows
        for (const { action, Resource } of grants) {
          if (!isAllowed(document, action, Resource)) continue
          const pattern = Resource.replaceAll(identity, people.user.id)
          assert.ok(
            shown.some(row => shows(row, action, pattern)),
            `${action} ${Resource}`,
          )
        }
      }),
      { numRuns: 300 },
    )
  })
})
