import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import * as fc from 'fast-check'
import { deploymentsOf, placeholdersFor, type Site } from '../src/access/show/deployments.ts'
import { markdownText } from '../src/access/show/markdown.ts'
import { nestedIn, withNested } from '../src/access/show/nested.ts'
import { accessReport } from '../src/access/show/report.ts'
import { type Sheet, sheetOf } from '../src/access/show/sheet.ts'
import { svgText } from '../src/access/show/svg.ts'
import { type AccessTable, peopleOf, tableOf } from '../src/access/show/table.ts'
import { terminalText } from '../src/access/show/terminal.ts'
import { type BuildRequest, build, type Outcome } from '../src/build/index.ts'
import { type AccessArguments, accessDefaults, plainAccessArguments } from '../src/cli/arguments.ts'
import { type Commands, runProgram } from '../src/cli/program.ts'
import type { Document, Json, JsonObject } from '../src/document.ts'
import { read } from '../src/read.ts'
import { resolve, Unknown } from '../src/resolve/index.ts'

const root = join(import.meta.dirname, '..')
const cli = join(root, 'lib/cli.cjs')

before(() => {
  execFileSync(process.execPath, [join(root, 'scripts/bundle.mjs')])
})
const folder = mkdtempSync(join(tmpdir(), 'poolform-access-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const site: Site = {
  ...{ parameters: {}, region: 'us-east-1', partition: 'aws', urlSuffix: 'amazonaws.com', accountId: '123456789012' },
  ...{ stackName: 'stack', stackId: 'arn:aws:cloudformation:us-east-1:123456789012:stack/stack/id' },
}

function documentOf(text: string): Document {
  const found = read(text)
  if (found.kind !== 'template') throw new Error('no template')
  return found.document
}

const dist = (name: string): Document => documentOf(readFileSync(join(root, `dist/${name}.yaml`), 'utf8'))
const identityPool = dist('identity-pool')
const tutorial = dist('identity-pool-tutorial')

function tableFor(document: Document, given: Readonly<Record<string, string>> = {}): AccessTable {
  const parameters = { ...placeholdersFor(document, site, given), ...given }
  const resolved = resolve(document, { ...site, parameters })
  assert.deepEqual(resolved.diagnostics, [])
  return tableOf(resolved, peopleOf(resolved, site.region), site)
}

/** `allow PrivateObjects` of an action at the first place that starts so. */
function cell(table: AccessTable, place: string, action: string, column: 'user' | 'guest' = 'user'): string {
  const row = table.rows.find(it => it.place.startsWith(place) && it.action === action)
  if (row === undefined) throw new Error(`no row ${place} ${action}`)
  const { decision, by, isWrong } = row.cells[column]
  return [isWrong ? 'wrong' : decision, ...by].join(' ')
}

const wholeSheet = (document: Document): Sheet =>
  sheetOf(tableFor(document), {
    ...{ file: 'a.yaml', region: 'us-east-1', parameters: {}, placeholders: {}, columns: ['user', 'guest'] },
  })

describe('the table of a template', () => {
  const table = tableFor(identityPool)

  test('gives a user the own folder, rows and API, by which statement, and of others what is shared', () => {
    assert.equal(cell(table, 'own folder private/', 's3:PutObject'), 'allow PrivateObjects')
    assert.equal(cell(table, 'own folder private/', 's3:ListBucket'), 'allow PrivateList')
    assert.equal(cell(table, "another user's folder private/", 's3:GetObject'), 'deny')
    assert.equal(cell(table, "another user's folder private/", 's3:ListBucket'), 'deny')
    assert.equal(cell(table, "another user's folder protected/", 's3:GetObject'), 'allow ProtectedGet')
    assert.equal(cell(table, "another user's folder protected/", 's3:PutObject'), 'deny')
    assert.equal(cell(table, 'own rows', 'dynamodb:Query'), 'allow OwnRows')
    assert.equal(cell(table, "another user's rows", 'dynamodb:Query'), 'deny')
    assert.equal(cell(table, 'the whole table', 'dynamodb:Scan'), 'deny')
    assert.equal(cell(table, 'API a1b2c3d4e5, any stage', 'execute-api:Invoke'), 'allow InvokeApi')
    assert.equal(cell(table, 'API a1b2c3d4e5, in another account', 'execute-api:Invoke'), 'deny')
    assert.equal(cell(table, 'another API', 'execute-api:Invoke'), 'deny')
  })

  test('gives a guest the public folder alone, and the key that it is encrypted under', () => {
    const allowed = table.rows.filter(({ cells }) => cells.guest.decision !== 'deny')
    assert.deepEqual(
      allowed.map(({ place, action }) => `${place} ${action}`),
      [
        'objects public/* of example-uploads s3:GetObject',
        'key 1234abcd-12ab-34cd-56ef-1234567890ab, through Amazon S3 kms:Decrypt',
      ],
    )
  })

  test('finds nothing allowed that should not be; and with the tutorial what it really gives', () => {
    const wrong = (of: AccessTable) => of.rows.filter(({ cells }) => cells.user.isWrong || cells.guest.isWrong)
    assert.deepEqual(wrong(table), [])
    const found = wrong(tableFor(tutorial)).map(({ action }) => action)
    for (const action of [
      ...['s3:*', 's3:PutObjectAcl', 's3:DeleteObjectVersion', 'cognito-identity:*', 'cognito-sync:*'],
      ...['cognito-identity:UpdateIdentityPool', 'cognito-identity:SetIdentityPoolRoles', 'execute-api:Invoke'],
    ]) {
      assert.ok(found.includes(action), action)
    }
  })

  test('says who can take which role', () => {
    const roles = Object.fromEntries(
      table.roles.map(({ who, cells }) => [who, cells.map(it => `${it.role} ${it.decision}`).join(', ')]),
    )
    assert.equal(roles['signed-in user'], 'AuthenticatedRole allow, UnauthenticatedRole deny')
    assert.equal(roles['guest'], 'AuthenticatedRole deny, UnauthenticatedRole allow')
    for (const who of [
      ...['signed-in user, classic flow', 'guest, classic flow', "another pool's user", "another pool's guest"],
      ...["a provider's own token", 'somebody with credentials of AWS'],
    ]) {
      assert.equal(roles[who], 'AuthenticatedRole deny, UnauthenticatedRole deny', who)
    }
  })

  test('shows in red a role that anybody’s pool can take, and a folder that is everybody’s', () => {
    const text = readFileSync(join(root, 'dist/identity-pool-tutorial.yaml'), 'utf8')
    const open = text
      .replace(/ +StringEquals:\n +cognito-identity\.amazonaws\.com:aud: .*\n/, '')
      .replace(/private\/\$\{!cognito-identity\.amazonaws\.com:sub\}/, 'private')
    const found = tableFor(documentOf(open))
    const stranger = found.roles.find(({ who }) => who === "another pool's user")
    assert.deepEqual(
      stranger?.cells.map(({ decision, isWrong }) => ({ decision, isWrong })),
      [{ decision: 'allow', isWrong: true }],
    )
    assert.equal(cell(found, 'objects private/*', 's3:GetObject'), 'allow tutorial[1]')
  })

  test('asks also of what the policies of another template name, where only deployment knows the names', () => {
    const found = tableFor(withoutManaged(cdk))
    assert.equal(cell(found, 'own folder users/{identity}/ of {Bucket}', 's3:GetObject'), 'allow Folder[0]')
    assert.equal(cell(found, "another user's folder users/{identity}/", 's3:GetObject'), 'deny Folder[3]')
    assert.equal(cell(found, '{Topic}', 'sns:Publish'), 'allow Folder[1]')
    assert.equal(cell(found, 'identity pools', 'cognito-identity:DeleteIdentityPool'), 'deny')
    // a policy that is elsewhere may allow anything, and deny it
    const open = tableFor(cdk)
    for (const row of open.rows) assert.equal(row.cells.guest.decision, 'deny')
    assert.equal(cell(open, '{Topic}', 'sns:Publish'), 'allow Folder[1]')
    const { onlyIf } = open.rows.find(it => it.action === 'sns:Publish')?.cells.user ?? {}
    assert.equal(onlyIf, 'unless arn:aws:iam::aws:policy/X denies it')
    assert.equal(
      cell(open, 'identity pools', 'cognito-identity:DeleteIdentityPool'),
      'unknown arn:aws:iam::aws:policy/X[0]',
    )
  })
})

function withoutManaged(document: Document): Document {
  return JSON.parse(JSON.stringify(document).replace('"ManagedPolicyArns":["arn:aws:iam::aws:policy/X"]', '"Path":"/"'))
}

/** As the CDK writes it: names that nobody knows yet, policies that stand by themselves, and no parameters. */
const cdk: Document = documentOf(
  JSON.stringify({
    Resources: {
      Pool: { Type: 'AWS::Cognito::IdentityPool', Properties: { AllowUnauthenticatedIdentities: false } },
      Bucket: { Type: 'AWS::S3::Bucket' },
      Topic: { Type: 'AWS::SNS::Topic' },
      Users: {
        Type: 'AWS::IAM::Role',
        Properties: {
          AssumeRolePolicyDocument: {
            Version: '2012-10-17',
            Statement: {
              Effect: 'Allow',
              Principal: { Federated: 'cognito-identity.amazonaws.com' },
              Action: 'sts:AssumeRoleWithWebIdentity',
              Condition: {
                StringEquals: { 'cognito-identity.amazonaws.com:aud': { Ref: 'Pool' } },
                'ForAnyValue:StringLike': { 'cognito-identity.amazonaws.com:amr': 'authenticated' },
              },
            },
          },
          ManagedPolicyArns: ['arn:aws:iam::aws:policy/X'],
        },
      },
      Folder: {
        Type: 'AWS::IAM::Policy',
        Properties: {
          PolicyName: 'folder',
          Roles: [{ Ref: 'Users' }],
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Action: 's3:GetObject',
                Resource: {
                  'Fn::Join': [
                    '',
                    [{ 'Fn::GetAtt': ['Bucket', 'Arn'] }, '/users/${cognito-identity.amazonaws.com:sub}/*'],
                  ],
                },
              },
              { Effect: 'Allow', Action: 'sns:Publish', Resource: { Ref: 'Topic' } },
              {
                Effect: 'Deny',
                Action: 's3:*',
                Resource: '*',
                Condition: { Bool: { 'aws:SecureTransport': 'false' } },
              },
              {
                Effect: 'Deny',
                NotResource: {
                  'Fn::Join': [
                    '',
                    [{ 'Fn::GetAtt': ['Bucket', 'Arn'] }, '/users/${cognito-identity.amazonaws.com:sub}/*'],
                  ],
                },
                Action: 's3:*',
              },
            ],
          },
        },
      },
      Attachment: {
        Type: 'AWS::Cognito::IdentityPoolRoleAttachment',
        Properties: {
          IdentityPoolId: { Ref: 'Pool' },
          Roles: { authenticated: { 'Fn::GetAtt': ['Users', 'Arn'] } },
        },
      },
    },
  }),
)

const host = 'cognito-identity.amazonaws.com'

/** A role with one grant, for whoever it trusts. */
function granting(Trust: Json, Action: Json, Resource: Json): Json {
  const policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource }] }
  const trust = { Version: '2012-10-17', Statement: [Trust] }
  return {
    Type: 'AWS::IAM::Role',
    Properties: { AssumeRolePolicyDocument: trust, Policies: [{ PolicyName: 'news', PolicyDocument: policy }] },
  }
}

const ofPool = (amr: string): Json => ({
  ...{ Effect: 'Allow', Principal: { Federated: host }, Action: 'sts:AssumeRoleWithWebIdentity' },
  Condition: {
    StringEquals: { [`${host}:aud`]: { Ref: 'Pool' } },
    'ForAnyValue:StringLike': { [`${host}:amr`]: amr },
  },
})

const news = 'arn:aws:sns:us-east-1:123456789012:news'

/** A pool of which the token chooses the role. */
function byGroup(AllowClassicFlow: boolean): Document {
  return {
    Resources: {
      Pool: {
        Type: 'AWS::Cognito::IdentityPool',
        Properties: { AllowUnauthenticatedIdentities: false, AllowClassicFlow },
      },
      Users: granting(ofPool('authenticated'), 'sns:Publish', news),
      Attachment: {
        Type: 'AWS::Cognito::IdentityPoolRoleAttachment',
        Properties: {
          IdentityPoolId: { Ref: 'Pool' },
          Roles: { authenticated: { 'Fn::GetAtt': ['Users', 'Arn'] } },
          RoleMappings: {
            pool: {
              ...{ Type: 'Token', AmbiguousRoleResolution: 'Deny' },
              IdentityProvider: 'cognito-idp.us-east-1.amazonaws.com/us-east-1_a:client',
            },
          },
        },
      },
    },
  }
}

/** A pool that gives its users a role of which nothing is known here. */
function elsewhere(AllowClassicFlow: boolean): Document {
  const attachment = {
    Type: 'AWS::Cognito::IdentityPoolRoleAttachment',
    Properties: { IdentityPoolId: { Ref: 'Pool' }, Roles: { authenticated: 'arn:aws:iam::123456789012:role/other' } },
  }
  return { Resources: { ...byGroup(AllowClassicFlow).Resources, Attachment: attachment } }
}

/** Who reaches what besides the user and the guest: `allow news[0]` by whom. */
function others(table: AccessTable, place: string, action: string): Readonly<Record<string, string>> {
  const row = table.rows.find(it => it.place === place && it.action === action)
  return Object.fromEntries(
    (table.more ?? []).map(({ who }, at) => {
      const { decision = 'none', by = [] } = row?.more?.[at] ?? {}
      return [who, [decision, ...by].join(' ')]
    }),
  )
}

/** `Users allow, Admin deny` */
function rolesOf(table: AccessTable, who: string): string | undefined {
  const cells = table.roles.find(it => it.who === who)?.cells
  return cells?.map(it => `${it.role} ${it.isWrong ? 'wrong' : it.decision}`).join(', ')
}

describe('whoever reaches anything in another way', () => {
  test('is a user of the classic flow, where the role of the other is not known', () => {
    // a user of another provider gets the one role that there is
    const chosen = { who: 'signed-in user with Users', of: 'user', like: 'user' }
    assert.deepEqual(tableFor(byGroup(false)).more, [chosen])
    // with role mappings there is no classic flow
    assert.deepEqual(tableFor(byGroup(true)).more, [chosen])
    assert.equal(tableFor(elsewhere(false)).more, undefined)
    const table = tableFor(elsewhere(true))
    assert.deepEqual(table.more, [{ who: 'signed-in user, classic flow', of: 'user' }])
    assert.equal(others(table, news, 'sns:Publish')['signed-in user, classic flow'], 'allow news[0]')
    assert.equal(cell(table, news, 'sns:Publish'), 'unknown')
    const text = terminalText(wholeSheet(elsewhere(true)), { width: 100, isColoured: false })
    assert.match(
      text,
      /A signed-in user reaches what cannot be known here: the signed-in role is not in the template\./,
    )
    assert.match(text.replaceAll(/\s+/g, ' '), /sns:Publish allow news\[0\]/)
    const guestsOnly = sheetOf(table, {
      ...{ file: 'a.yaml', region: 'us-east-1', parameters: {}, placeholders: {}, columns: ['guest'] },
    })
    assert.doesNotMatch(JSON.stringify(guestsOnly.sections.slice(1)), /classic/)
  })

  test('is a token that a role takes without a pool, and in red somebody else’s of the same provider', () => {
    const web = (provider: Json, Condition?: Json): Json => ({
      ...{ Effect: 'Allow', Principal: { Federated: provider }, Action: 'sts:AssumeRoleWithWebIdentity' },
      ...(Condition === undefined ? {} : { Condition }),
    })
    const google = 'accounts.google.com'
    const github = 'token.actions.githubusercontent.com'
    const folder = 'arn:aws:s3:::notes/${accounts.google.com:sub}/*'
    const Resources = {
      ByGoogle: granting(web(google, { StringEquals: { [`${google}:aud`]: 'app' } }), 's3:GetObject', folder),
      Open: granting(web(google), 'sns:Publish', news),
      Deploy: granting(
        web(
          { 'Fn::Sub': `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:oidc-provider/${github}` },
          { StringLike: { [`${github}:sub`]: 'repo:me/app:*' } },
        ),
        'sns:Publish',
        news,
      ),
      Saml: { Type: 'AWS::IAM::SAMLProvider', Properties: {} },
      Staff: granting(
        {
          ...{ Effect: 'Allow', Principal: { Federated: { Ref: 'Saml' } }, Action: 'sts:AssumeRoleWithSAML' },
          Condition: { StringEquals: { 'SAML:aud': 'https://signin.aws.amazon.com/saml' } },
        },
        'sns:Publish',
        news,
      ),
    }
    const table = tableFor({ Resources })
    const [own, open, deploy, staff] = [
      'a token of accounts.google.com with aud app',
      'a token of accounts.google.com with any claims',
      `a token of ${github}`,
      'a token of {Saml}',
    ]
    assert.deepEqual(
      table.more?.map(({ who }) => who),
      [own, open, deploy, staff],
    )
    assert.equal(rolesOf(table, own), 'ByGoogle allow, Open allow, Deploy deny, Staff deny')
    assert.equal(rolesOf(table, `a token of ${github}`), 'ByGoogle deny, Open deny, Deploy allow, Staff deny')
    assert.equal(rolesOf(table, 'a token of {Saml}'), 'ByGoogle deny, Open deny, Deploy deny, Staff allow')
    assert.equal(
      rolesOf(table, "somebody else's token of accounts.google.com with any claims"),
      'ByGoogle deny, Open wrong, Deploy deny, Staff deny',
    )
    assert.equal(
      rolesOf(table, `somebody else's token of ${github}`),
      'ByGoogle deny, Open deny, Deploy deny, Staff deny',
    )
    const mine = table.rows.find(it => it.place.startsWith('own folder') && it.action === 's3:GetObject')
    const theirs = table.rows.find(it => it.place.startsWith("another user's folder") && it.action === 's3:GetObject')
    assert.deepEqual(
      [mine, theirs].map(it => it?.more?.[0]?.decision),
      ['allow', 'deny'],
    )
    const text = terminalText(wholeSheet({ Resources }), { width: 140, isColoured: false })
    assert.match(text, /A signed-in user reaches nothing/)
    assert.doesNotMatch(text, /no role that identities/)
  })

  test('takes another role of the template: which, and what that gives', () => {
    const Resources = {
      ...byGroup(false).Resources,
      Attachment: {
        Type: 'AWS::Cognito::IdentityPoolRoleAttachment',
        Properties: { IdentityPoolId: { Ref: 'Pool' }, Roles: { authenticated: { 'Fn::GetAtt': ['Users', 'Arn'] } } },
      },
      Admin: granting(
        { Effect: 'Allow', Principal: { AWS: { 'Fn::GetAtt': ['Users', 'Arn'] } }, Action: 'sts:AssumeRole' },
        'sqs:SendMessage',
        'arn:aws:sqs:us-east-1:123456789012:orders',
      ),
    }
    const table = tableFor({ Resources })
    assert.equal(rolesOf(table, 'signed-in user'), 'Users allow, Admin deny')
    assert.equal(rolesOf(table, 'signed-in user, by another role'), 'Users deny, Admin allow')
    const orders = 'arn:aws:sqs:us-east-1:123456789012:orders'
    assert.equal(cell(table, orders, 'sqs:SendMessage'), 'allow Admin: news[0]')
    assert.equal(cell(table, orders, 'sqs:SendMessage', 'guest'), 'deny')
  })

  test('is in the files that build writes, by itself', () => {
    const flow = { ...elsewhere(true), Parameters: { Classic: { Type: 'String', Default: 'false' } } }
    const text = JSON.stringify(flow).replace('"AllowClassicFlow":true', '"AllowClassicFlow":{"Ref":"Classic"}')
    const report = accessReport(documentOf(text), 'a')
    const { deployments } = JSON.parse(report?.json ?? '{}')
    assert.equal(deployments[0].more, undefined)
    assert.deepEqual(deployments[1].more['signed-in user, classic flow'][news], { 'sns:Publish': 'allow news[0]' })
    assert.match(report?.markdown ?? '', /\| Where \| What \| signed-in user, classic flow \|/)
  })

  test('is told in bounded time, with thirty conditions that nobody has decided', () => {
    const names = Array.from({ length: 30 }, (_, at) => `C${at}`)
    const { Users, ...rest } = byGroup(false).Resources
    const policies = names.map((name, at) => [
      `P${at}`,
      {
        ...{ Type: 'AWS::IAM::Policy', Condition: name },
        Properties: {
          ...{ PolicyName: name, Roles: [{ Ref: 'Users' }] },
          PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' }] },
        },
      },
    ])
    const document: Document = {
      Parameters: Object.fromEntries(names.map(name => [name, { Type: 'String' }])),
      Conditions: Object.fromEntries(names.map(name => [name, { 'Fn::Equals': [{ Ref: name }, 'on'] }])),
      Resources: {
        ...rest,
        Users: Users ?? null,
        Attachment: {
          Type: 'AWS::Cognito::IdentityPoolRoleAttachment',
          Properties: { IdentityPoolId: { Ref: 'Pool' }, Roles: { authenticated: { 'Fn::GetAtt': ['Users', 'Arn'] } } },
        },
        ...Object.fromEntries(policies),
      },
    }
    const unknown = Object.fromEntries(names.map(name => [name, new Unknown({ kind: 'parameter', name })]))
    const start = performance.now()
    const resolved = resolve(document, { ...site, parameters: unknown })
    const table = tableOf(resolved, peopleOf(resolved, site.region), site)
    assert.match(cell(table, 'any object of b', 's3:GetObject'), /^unknown/)
    assert.equal(cell(table, 'any object of b', 's3:PutObject'), 'deny')
    assert.ok(performance.now() - start < 10_000, 'takes seconds')
  })
})

describe('the deployments that are shown', () => {
  const deployments = deploymentsOf(identityPool, site)
  const named = (name: string) => deployments.find(it => it.name === name)

  test('are the least, everything and each option, all of which the template takes', () => {
    assert.deepEqual(named('least')?.parameters, {
      UserPoolId: 'us-east-1_EXAMPLE',
      UserPoolClientId: '1example23456789',
    })
    const others = Object.keys(identityPool.Parameters ?? {}).filter(it => !/^UserPool(?:Client)?Id$/.test(it))
    const options = deployments.map(({ name }) => name.split('=')[0])
    const missing = others.filter(name => !options.includes(name))
    assert.deepEqual(missing, [])
    for (const { name, parameters } of deployments) {
      assert.deepEqual(resolve(identityPool, { ...site, parameters }).diagnostics, [], name)
    }
  })

  test('have with an option what the rules want beside it, and no more', () => {
    const { parameters = {}, without = {} } = named('AllowPublicFolder=true') ?? {}
    assert.deepEqual(Object.keys(without), ['UserPoolId', 'UserPoolClientId', 'UploadsBucketName'])
    assert.deepEqual({ ...without, AllowPublicFolder: 'true' }, parameters)
  })

  test('give each option another value than what it comes to by default', () => {
    assert.deepEqual(named('ApiRegion')?.parameters['ApiRegion'], 'us-west-2')
    assert.equal(named('everything')?.parameters['ApiRegion'], undefined)
    assert.deepEqual(named('RolePath')?.parameters['RolePath'], '/app/users/')
    assert.notEqual(named('ApiStage')?.parameters['ApiStage'], '*')
    const { without = {} } = named('AmbiguousRoleResolution=AuthenticatedRole') ?? {}
    assert.equal(without['RoleSelection'], 'Token', 'what its rule wants is no switch')
  })

  test('are those of the region: its own hosts and partition', () => {
    const there: Site = { ...site, region: 'us-gov-west-1', partition: 'aws-us-gov' }
    const parameters = placeholdersFor(identityPool, there, {})
    assert.equal(parameters['UserPoolId'], 'us-gov-west-1_EXAMPLE')
    assert.match(parameters['UploadsKmsKeyArn'] ?? '', /^arn:aws-us-gov:kms:us-gov-west-1:/)
    const resolved = resolve(identityPool, { ...there, parameters })
    const table = tableOf(resolved, peopleOf(resolved, 'us-gov-west-1'), there)
    assert.equal(cell(table, 'own folder private/', 's3:GetObject'), 'allow PrivateObjects')
    assert.equal(cell(table, "another user's folder private/", 's3:GetObject'), 'deny')
  })
})

/** A pool with guests and their role; made, as others make them, without a Sid. */
function withGuests(Action: Json, Resource: Json, Effect = 'Allow'): Document {
  const host = 'cognito-identity.amazonaws.com'
  const Condition = {
    StringEquals: { [`${host}:aud`]: { Ref: 'Pool' } },
    'ForAnyValue:StringLike': { [`${host}:amr`]: 'unauthenticated' },
  }
  const trust = { Effect: 'Allow', Principal: { Federated: host }, Action: 'sts:AssumeRoleWithWebIdentity', Condition }
  const policy = { Version: '2012-10-17', Statement: [{ Effect, Action, Resource }] }
  return {
    Resources: {
      Pool: { Type: 'AWS::Cognito::IdentityPool', Properties: { AllowUnauthenticatedIdentities: true } },
      Guests: {
        Type: 'AWS::IAM::Role',
        Properties: {
          AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [trust] },
          Policies: [{ PolicyName: 'own', PolicyDocument: policy }],
        },
      },
      Roles: {
        Type: 'AWS::Cognito::IdentityPoolRoleAttachment',
        Properties: {
          IdentityPoolId: { Ref: 'Pool' },
          Roles: { unauthenticated: { 'Fn::GetAtt': ['Guests', 'Arn'] } },
        },
      },
    },
  }
}

describe('a template with what it nests', () => {
  const stack = (properties: Json, rest: Readonly<Record<string, Json>> = {}): Json => ({
    ...{ Type: 'AWS::CloudFormation::Stack', Properties: properties },
    ...rest,
  })
  const resolved = (parent: Document, child: Document, place?: Site) => {
    const whole = withNested(parent, new Map([['Child', child]]), place)
    const found = resolve(whole, site)
    assert.deepEqual(found.diagnostics, [])
    return found.Resources
  }

  test('knows it by the URL, by the default of its parameter, by what is given, or by the name of the parameter', () => {
    const names = (url: Json, given = {}, parameter: Json = { Type: 'String' }) => {
      const document = { Parameters: { MyChildTemplateUrl: parameter }, Resources: { S: stack({ TemplateURL: url }) } }
      const [found] = nestedIn(document, given)
      return ['my-child', 'other', 'x'].filter(it => found?.isCalled(it))
    }
    const ref = { Ref: 'MyChildTemplateUrl' }
    assert.deepEqual(names('https://b.s3.amazonaws.com/p/other.template.json?versionId=1'), ['other'])
    assert.deepEqual(names('./other.yaml'), ['other'])
    assert.deepEqual(names(ref), ['my-child'])
    assert.deepEqual(names(ref, { MyChildTemplateUrl: 'https://b/x.yaml' }), ['my-child', 'x'])
    assert.deepEqual(names(ref, {}, { Type: 'String', Default: 'https://b/other.yaml' }), ['my-child', 'other'])
    assert.deepEqual(names({ 'Fn::Sub': 'https://${B}/x.yaml' }), [])
  })

  test('is one template, in which each refers to its own, though both have the same names', () => {
    const parent: Document = {
      Parameters: { Stage: { Type: 'String', Default: 'prod' } },
      Mappings: { M: { a: { b: 'of the parent' } } },
      Conditions: { C: { 'Fn::Equals': [{ Ref: 'Stage' }, 'test'] }, On: { 'Fn::Not': [{ Condition: 'C' }] } },
      Resources: {
        Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: { 'Fn::FindInMap': ['M', 'a', 'b'] } } },
        Child: stack({ Parameters: { Name: { 'Fn::Sub': '${Stage}-x' }, List: 'a,b' } }, { Condition: 'On' }),
        Reader: { Type: 'AWS::SNS::Topic', Properties: { TopicName: { 'Fn::GetAtt': ['Child', 'Outputs.Said'] } } },
        Writer: { Type: 'AWS::SNS::Topic', Properties: { TopicName: { 'Fn::Sub': '${Child.Outputs.Said}!' } } },
      },
    }
    const child: Document = {
      Parameters: {
        Name: { Type: 'String' },
        List: { Type: 'CommaDelimitedList' },
        Stage: { Type: 'String', Default: 'own' },
      },
      Mappings: { M: { a: { b: 'of the child' } } },
      Conditions: { C: { 'Fn::Equals': [{ Ref: 'Stage' }, 'own'] }, D: { 'Fn::Not': [{ Condition: 'C' }] } },
      Resources: {
        Topic: {
          ...{ Type: 'AWS::SNS::Topic', Condition: 'C' },
          Properties: {
            TopicName: { 'Fn::Sub': ['${Name}/${Stage}/${V}/${!Name}', { V: { Ref: 'Name' } }] },
            DisplayName: { 'Fn::FindInMap': ['M', 'a', 'b'] },
            Kept: { 'Fn::If': ['C', { Ref: 'List' }, 'no'] },
          },
        },
        Gone: { Type: 'AWS::SNS::Topic', Condition: 'D' },
        Policy: { Type: 'AWS::SNS::TopicPolicy', DependsOn: 'Topic', Properties: { Topics: [{ Ref: 'Topic' }] } },
      },
      Outputs: { Said: { Value: { 'Fn::Sub': 'says ${Name}' } } },
    }
    const found = resolved(parent, child)
    assert.deepEqual(Object.keys(found), ['Topic', 'Reader', 'Writer', 'ChildTopic', 'Policy'])
    assert.deepEqual(found['Topic']?.Properties, { TopicName: 'of the parent' })
    assert.deepEqual(found['ChildTopic']?.Properties, {
      TopicName: 'prod-x/own/prod-x/${Name}',
      DisplayName: 'of the child',
      Kept: ['a', 'b'],
    })
    assert.deepEqual(found['Policy']?.Properties, { Topics: [new Unknown({ kind: 'resource', id: 'ChildTopic' })] })
    assert.deepEqual(found['Reader']?.Properties, { TopicName: 'says prod-x' })
    assert.deepEqual(found['Writer']?.Properties, { TopicName: 'says prod-x!' })
    const off = resolve(withNested(parent, new Map([['Child', child]])), { ...site, parameters: { Stage: 'test' } })
    assert.deepEqual(Object.keys(off.Resources), ['Topic', 'Reader', 'Writer'])
  })

  test('has for a place names of what the parent makes, the same wherever they are given, and else none', () => {
    const bucket = { Type: 'AWS::S3::Bucket' }
    const parent: Document = {
      Resources: { B: bucket, Child: stack({ Parameters: { BucketName: { Ref: 'B' }, OtherBucket: { Ref: 'B' } } }) },
    }
    const text = { Type: 'String', Default: '' }
    const child: Document = {
      Parameters: { BucketName: text, OtherBucket: text, Missing: { Type: 'String' } },
      Conditions: { Has: { 'Fn::Not': [{ 'Fn::Equals': ['', { Ref: 'BucketName' }] }] } },
      Resources: {
        T: { Type: 'T', Condition: 'Has', Properties: { Is: ['BucketName', 'OtherBucket'].map(it => ({ Ref: it })) } },
        U: { Type: 'T', Properties: { Is: { Ref: 'Missing' } } },
      },
    }
    const named = resolved(parent, child, site)
    assert.deepEqual(named['T']?.Properties, { Is: ['example-uploads', 'example-uploads'] })
    assert.deepEqual(named['B']?.Properties, { BucketName: 'example-uploads' })
    const open = resolved(parent, child)
    const made = new Unknown({ kind: 'resource', id: 'B' })
    assert.deepEqual(open['T']?.Properties, { Is: [made, made] })
    assert.equal(open['T']?.condition, undefined, 'what is made is not empty')
    assert.deepEqual(open['B']?.Properties, {})
    assert.ok(open['U']?.Properties['Is'] instanceof Unknown, 'what nobody gives is not known')
  })
})

describe('the parameters of other templates', () => {
  const text = { Type: 'String' }

  test('that are switches are on, all of them, and texts are no two the same', () => {
    const off = { ...text, Default: 'false' }
    const Parameters = { A: off, B: off, allowUnauthenticatedIdentities: text, C: text, D: text }
    const expected = { A: 'true', B: 'true', allowUnauthenticatedIdentities: 'true', C: 'example', D: 'example2' }
    assert.deepEqual(placeholdersFor({ Parameters, Resources: {} }, site, {}), expected)
  })

  test('that name roles and boundaries are ARNs, and a boundary is left out: of it nothing is known', () => {
    const Parameters = {
      authRoleArn: text,
      BoundaryForIt: text,
      PermissionsBoundaryArn: { ...text, Default: '' },
    }
    const expected = { authRoleArn: 'arn:aws:iam::123456789012:role/Example', BoundaryForIt: 'example' }
    assert.deepEqual(placeholdersFor({ Parameters, Resources: {} }, site, {}), expected)
  })
})

describe('the guests of other templates', () => {
  test('may do what AWS says in one place and not in another: that is not known, and no deny', () => {
    const map = 'arn:aws:geo-maps:us-east-1::provider/default'
    const table = tableFor(withGuests(['geo-maps:GetTile', 'geo-maps:GetNothing'], map))
    assert.equal(cell(table, map, 'geo-maps:GetTile', 'guest'), 'unknown own[0]')
    assert.equal(cell(table, map, 'geo-maps:GetNothing', 'guest'), 'deny')
  })

  test('are asked of all that a policy names: what is given everywhere first, each action where its service is', () => {
    const maps = Array.from({ length: 40 }, (_, at) => `arn:aws:geo:us-east-1:123456789012:map/${at}`)
    const own = 'arn:aws:iot:us-east-1:123456789012:topic/${cognito-identity.amazonaws.com:sub}'
    const table = tableFor(withGuests(['geo:GetMapTile', 'geo:GetMapGlyphs', 'iot:Publish'], [...maps, own, '*']))
    const others = table.rows.filter(({ kind }) => kind === 'others')
    assert.equal(others[0]?.place, 'any resource')
    assert.equal(others.filter(({ action }) => action === 'iot:Publish').length, 3)
    assert.equal(others.length, 2 * 41 + 3)
    assert.ok(!others.some(({ place, action }) => place.includes(':iot:') && action.startsWith('geo:')))
    assert.equal(table.leftOut, undefined)
  })

  test('reach nothing in one sentence, which says what denies it', () => {
    const { remarks } = wholeSheet(withGuests('*', '*', 'Deny'))
    assert.ok(remarks.includes('A guest reaches nothing: statement 0 of own denies it.'))
  })

  test('are told how much more there is than a table has room for', () => {
    const many = (name: string, count: number) => Array.from({ length: count }, (_, at) => `${name}${at}`)
    const document = withGuests(many('geo:GetMap', 30), many('arn:aws:geo:us-east-1:123456789012:map/', 20))
    const table = tableFor(document)
    assert.deepEqual([table.rows.filter(({ kind }) => kind === 'others').length, table.leftOut], [500, 100])
    const text = 'The policies name 100 more actions and places than there is room for: ask with --can.'
    assert.ok(wholeSheet(document).remarks.includes(text))
  })

  test('are not said to reach what a mistake stands for, by the same mistake', () => {
    const bucket = { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Missing', 'Arn'] }, '/*']] }
    const resolved = resolve(withGuests('s3:*', bucket), { ...site })
    const { rows } = tableOf(resolved, peopleOf(resolved, site.region), site)
    const decided = rows.filter(({ kind }) => kind !== 'account').map(({ cells }) => cells.guest.decision)
    assert.deepEqual([...new Set(decided)], ['unknown'])
  })

  test('keep of an action with wildcards what the session policies leave them', () => {
    const actions = ['geo:*', 'geo:Batch*', 'geo:TagResource', 'kms:*', 'ssm:Get*', 'dynamodb:*', 's3:Get*', '*']
    const table = tableFor(withGuests(actions, '*'))
    const said = Object.fromEntries(
      table.rows.filter(({ action }) => actions.includes(action)).map(({ action, cells }) => [action, cells.guest]),
    )
    const part = 'the session policies of Amazon Cognito let guests do a part of it'
    for (const action of ['geo:*', 'geo:Batch*', 'kms:*', '*']) {
      assert.deepEqual([said[action]?.decision, said[action]?.because], ['unknown', part], action)
    }
    for (const action of ['geo:TagResource', 'ssm:Get*']) assert.equal(said[action]?.decision, 'deny', action)
    for (const action of ['dynamodb:*', 's3:Get*']) assert.equal(said[action]?.decision, 'allow', action)
  })
})

describe('what is written', () => {
  test('for a terminal is within its width, wide or narrow, and coloured only if it may be', () => {
    const sheet = wholeSheet(tutorial)
    for (const width of [40, 80, 120]) {
      const lines = terminalText(sheet, { width, isColoured: false }).split('\n')
      // a name can't be broken
      const long = lines.filter(line => line.length > width && !/^\S+$/.test(line.trim()))
      assert.deepEqual(long, [], `${width}`)
      assert.ok(!lines.some(line => line.includes('\u001b')))
    }
    const coloured = terminalText(sheet, { width: 120, isColoured: true })
    assert.ok(coloured.includes('\u001b[1;31mALLOW! tutorial[0]\u001b[0m'))
    assert.equal(
      coloured
        .split('\u001b')
        .map((part, at) => (at === 0 ? part : part.replace(/^\[[\d;]*m/, '')))
        .join('')
        .replaceAll(/ +$/gm, ''),
      terminalText(sheet, { width: 120, isColoured: false }),
    )
  })

  test('says nothing to a terminal, a document or a picture but what it says', () => {
    const evil = 'a\u001b[2J|b`<script>&\n\u202e*'
    const document: Document = JSON.parse(
      JSON.stringify(cdk).replaceAll('sns:Publish', JSON.stringify(`sns:${evil}`).slice(1, -1)),
    )
    const sheet = wholeSheet(document)
    const text = terminalText(sheet, { width: 100, isColoured: false })
    assert.ok(text.includes('[2J|b`<script>&'))
    assert.doesNotMatch(text.replaceAll('\n', ''), /\p{Cc}|\p{Cf}/u)
    const markdown = markdownText(sheet)
    const cell = '<code>sns:a\ufffd&#91;2J&#124;b&#96;&#60;script&#62;&#38;\ufffd\ufffd&#42;</code>'
    assert.ok(markdown.includes(cell), markdown)
    // A backslash before a pipe stands for itself, and the pipe would end the cell.
    const piped = { columns: ['user'], heading: 'x', groups: [{ title: 'y', lines: [{ label: 'a\\|b', cells: [] }] }] }
    const shown = markdownText({ title: 't', remarks: [], sections: [piped], notes: [] })
    assert.match(shown, /\| y \| <code>a&#92;&#124;b<\/code> \|$/m)
    const svg = svgText(sheet)
    assert.ok(svg.includes('[2J|b`&lt;script&gt;&amp;'))
    assert.ok(!svg.includes('<script'))
    assert.match(svg, /✓ allowed, ✗ denied, \? not known here, ! allowed, and should be nobody's\./)
  })

  test('as Markdown has as many cells in each line of a table', () => {
    for (const document of [identityPool, tutorial, cdk]) {
      const lines = markdownText(wholeSheet(document)).split('\n')
      let width = 0
      for (const line of lines) {
        const count = line.startsWith('|') ? line.replaceAll('\\|', '').split('|').length : 0
        if (width > 0 && count > 0) assert.equal(count, width, line)
        width = count
      }
    }
  })
})

describe('poolform access', () => {
  const cache = join(folder, 'cache')
  const file = join(root, 'dist/identity-pool.yaml')
  const given = [
    ...['--param', 'UserPoolId=us-east-1_a1B2c3D4e', '--param', 'UserPoolClientId=1example23456789'],
    ...['--param', 'UploadsBucketName=notes', '--param', 'ApiId=a1b2c3d4e5'],
  ]
  const me = 'us-east-1:1cf667a2-49a6-454b-9e45-23199e000000'

  function run(...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
    const { NO_COLOR, COLUMNS, ...env } = process.env
    const command = [cli, 'access', ...args]
    const options = { cwd: root, encoding: 'utf8', env: { ...env, POOLFORM_CACHE: cache } } as const
    const { status, stdout, stderr } = spawnSync(process.execPath, command, options)
    return { status, stdout, stderr }
  }

  test('answers a question by its exit status: 0 allow, 1 deny, 3 it cannot be known', () => {
    const object = (who: string) => `arn:aws:s3:::notes/private/${who}/a.txt`
    const allowed = run(file, ...given, '--identity', me, '--can', 's3:GetObject', object(me))
    assert.equal(allowed.status, 0, allowed.stderr)
    assert.match(allowed.stdout, /^allow: the statement PrivateObjects allows it\n/)
    assert.match(allowed.stdout, /A policy of the bucket may deny it\./)
    const denied = run(file, ...given, '--identity', me, '--can', 's3:GetObject', object('us-east-1:other'))
    assert.deepEqual([denied.status, denied.stdout.split(':')[0]], [1, 'deny'])
    const boundary = ['--param', 'PermissionsBoundaryArn=arn:aws:iam::123456789012:policy/B']
    const unknown = run(file, ...given, ...boundary, '--identity', me, '--can', 's3:GetObject', object(me))
    assert.deepEqual([unknown.status, unknown.stdout.split(':')[0]], [3, 'unknown'])
  })

  test('takes no placeholder for an answer: what is not given is not known', () => {
    const bucket = 'arn:aws:s3:::any/private/us-east-1:aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa/a.txt'
    const tutorialFile = join(root, 'dist/identity-pool-tutorial.yaml')
    assert.equal(run(tutorialFile, '--can', 's3:GetObject', bucket).status, 3)
    const api = 'arn:aws:execute-api:us-east-1:999999999999:a1b2c3d4e5/prod/GET/notes'
    assert.equal(run(file, ...given, '--can', 'execute-api:Invoke', api).status, 3)
    assert.equal(run(file, ...given, '--account', '999999999999', '--can', 'execute-api:Invoke', api).status, 0)
    assert.equal(run(file, ...given, '--account', '111111111111', '--can', 'execute-api:Invoke', api).status, 1)
  })

  test('gives the answer as one document, with what was asked', () => {
    const asked = ['--as', 'guest', '--can', 's3:ListBucket', 'arn:aws:s3:::notes', '--context', 's3:prefix=private/']
    const { status, stdout } = run(file, ...given, ...asked, '--json')
    const answer = JSON.parse(stdout)
    assert.equal(status, 1)
    assert.deepEqual(
      [answer.formatVersion, answer.as, answer.action, answer.decision],
      [1, 'guest', 's3:ListBucket', 'deny'],
    )
    assert.deepEqual(answer.context, { 's3:prefix': 'private/' })
    assert.deepEqual(answer.by, [])
    assert.equal(typeof answer.because, 'string')
  })

  test('takes a resource of the template by its name there', () => {
    const object = { 'Fn::Sub': `\${Bucket.Arn}/private/\${!${host}:sub}/*` }
    const Users = granting(ofPool('authenticated'), 's3:GetObject', object)
    const Attachment = {
      Type: 'AWS::Cognito::IdentityPoolRoleAttachment',
      Properties: { IdentityPoolId: { Ref: 'Pool' }, Roles: { authenticated: { 'Fn::GetAtt': ['Users', 'Arn'] } } },
    }
    const named = join(folder, 'bucket.json')
    const status = (Bucket: Json, resource: string) => {
      writeFileSync(named, JSON.stringify({ Resources: { ...byGroup(false).Resources, Users, Attachment, Bucket } }))
      return run(named, '--identity', me, '--can', 's3:GetObject', resource).status
    }
    const generated = { Type: 'AWS::S3::Bucket' }
    assert.equal(status(generated, `{Bucket.Arn}/private/${me}/x`), 0)
    assert.equal(status(generated, '{Bucket.Arn}/private/us-east-1:other/x'), 1)
    assert.equal(status(generated, `arn:aws:s3:::notes/private/${me}/x`), 3)
    assert.equal(status(generated, `{Backet.Arn}/private/${me}/x`), 2)
    const given = { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'notes' } }
    assert.equal(status(given, `arn:aws:s3:::notes/private/${me}/x`), 0)
    assert.equal(status(given, `{Bucket.Arn}/private/${me}/x`), 0)
    assert.equal(status(given, `arn:aws:s3:::other/private/${me}/x`), 1)
  })

  test('says what to say where the answer hangs on a condition key, and takes it', () => {
    const office = join(folder, 'office.json')
    const text = readFileSync(join(root, 'dist/identity-pool-tutorial.yaml'), 'utf8')
    const document: Document = documentOf(text)
    const changed = JSON.stringify(document).replace(
      '{"Effect":"Allow","Action":["s3:*"],',
      '{"Sid":"Office","Effect":"Allow","Action":["s3:*"],"Condition":{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}},',
    )
    assert.ok(changed.includes('Office'), 'the tutorial has such a statement')
    writeFileSync(office, changed)
    const asked = [...given, '--identity', me, '--can', 's3:GetObject', `arn:aws:s3:::notes/private/${me}/a.txt`]
    const open = run(office, ...asked)
    assert.equal(open.status, 3, open.stderr)
    assert.match(open.stdout, /^unknown: whether the statement Office applies depends on aws:SourceIp, which the/)
    const how =
      /Say aws:SourceIp by --context aws:SourceIp=203\.0\.113\.7: statement Office \(policy tutorial of the role AuthenticatedRole\) asks for it\./
    assert.match(open.stdout, how)
    assert.deepEqual(JSON.parse(run(office, ...asked, '--json').stdout).missing, {
      keys: ['aws:SourceIp'],
      parameters: [],
    })
    assert.equal(run(office, ...asked, '--context', 'aws:SourceIp=203.0.113.7').status, 0)
    assert.equal(run(office, ...asked, '--context', 'AWS:sourceip=192.0.2.7').status, 1)
    const misspelt = run(office, ...asked, '--context', 'aws:SourceIP4=203.0.113.7')
    assert.equal(misspelt.status, 3)
    assert.match(misspelt.stdout, /a condition key aws:SourceIP4: is it aws:SourceIp\?/)
    for (const wrong of [['aws:SourceIp=office'], ['aws:SourceIp=203.0.113.7', 'aws:SourceIp=203.0.113.8']]) {
      const { status, stderr } = run(office, ...asked, ...wrong.flatMap(it => ['--context', it]))
      assert.equal(status, 2, wrong.join())
      assert.match(stderr, /--context aws:SourceIp (?:is an IP address, such as|has one value)/)
    }
    const unset = run(join(root, 'dist/identity-pool-tutorial.yaml'), ...asked.slice(8))
    assert.equal(unset.status, 3)
    assert.match(unset.stdout, /Say UploadsBucketName by --param UploadsBucketName=VALUE\./)
  })

  test('says without which header it was asked, where a statement asks for that', () => {
    const sealed = join(folder, 'sealed.json')
    const Users = granting(ofPool('authenticated'), 's3:PutObject', 'arn:aws:s3:::notes/*')
    const text = JSON.stringify({ Resources: { ...elsewhere(false).Resources, Users } })
    const asking = text
      .replace(
        '"Action":"s3:PutObject"',
        '"Condition":{"StringEquals":{"s3:x-amz-acl":"private"}},"Action":"s3:PutObject"',
      )
      .replace('"arn:aws:iam::123456789012:role/other"', '{"Fn::GetAtt":["Users","Arn"]}')
    writeFileSync(sealed, asking)
    const question = ['--can', 's3:PutObject', 'arn:aws:s3:::notes/a']
    const { status, stdout } = run(sealed, ...question)
    assert.equal(status, 1, stdout)
    assert.match(stdout, /Asked without s3:x-amz-acl: say it by --context s3:x-amz-acl=VALUE\./)
    const said = run(sealed, ...question, '--context', 's3:x-amz-acl=private')
    assert.equal(said.status, 0, said.stdout)
    assert.doesNotMatch(said.stdout, /Asked without/)
  })

  test('takes the tags of a session, by which a folder is named', () => {
    const bySub = [...given, '--param', 'UploadsFolderKeyedBy=UserSub']
    const object = ['--can', 's3:GetObject', 'arn:aws:s3:::notes/private/c0ffee/a.txt']
    const open = run(file, ...bySub, ...object)
    assert.equal(open.status, 3, open.stderr)
    assert.match(open.stdout, /Say aws:PrincipalTag\/userSub by --context aws:PrincipalTag\/userSub=VALUE/)
    const tagged = (sub: string) =>
      run(file, ...bySub, ...object, '--context', `aws:PrincipalTag/userSub=${sub}`).status
    assert.deepEqual([tagged('c0ffee'), tagged('c0ffe'), tagged('')], [0, 1, 1])
    const guest = run(file, ...bySub, '--param', 'AllowGuests=true', '--as', 'guest', ...object)
    assert.equal(guest.status, 1, 'guests have no tags')
    const meant = run(file, ...bySub, ...object, '--context', 'aws:PrincipleTag/userSub=c0ffee').stdout
    assert.match(meant, /is it aws:PrincipalTag\/userSub\?/)
  })

  test('answers for the classic flow where that gives more, and says so', () => {
    const [enhanced, classic] = [false, true].map(allowed => {
      const name = join(folder, `classic-${allowed}.json`)
      writeFileSync(name, JSON.stringify(elsewhere(allowed)))
      return name
    })
    const asked = ['--can', 'sns:Publish', 'arn:aws:sns:us-east-1:123456789012:news']
    assert.equal(run(enhanced ?? '', ...asked).status, 3)
    const { status, stdout } = run(classic ?? '', ...asked)
    assert.equal(status, 0)
    assert.match(stdout, /^allow: in the classic flow statement 0 of news allows it\n/)
    assert.equal(JSON.parse(run(classic ?? '', ...asked, '--json').stdout).flow, 'classic')
  })

  test('ends with 2 where there is no answer, and with 1 where there is no table', () => {
    const question = ['--can', 's3:GetObject', 'arn:aws:s3:::notes/a']
    for (const args of [
      [file, '--can', 's3:GetObject'],
      [file, '--can', 's3:Get*', 'arn:aws:s3:::notes/a'],
      [file, '--can', 'GetObject', 'arn:aws:s3:::notes/a'],
      [file, '--can', 's3:GetObject', 'notes/a'],
      [file, ...question, '--svg'],
      [file, ...question, '--region', 'nowhere'],
      [file, '--can', 's3:GetObject', 'arn:aws:s3:::notes/*'],
      [file, '--can', 's3:GetObject', 'arn:aws:s3::notes/x'],
      [file, '--can', 's3:GetObject', 'arn:aws:s3:us-east-1:123456789012:notes/x'],
      [file, ...question, '--identity', 'foo'],
      [file, ...question, '--identity', ''],
      [file, ...question, '--account', '12'],
      [file, '--context', 's3:prefix=a'],
      [file, '--json', '--svg'],
      [file, '--as', 'somebody'],
      [],
      ['missing.yaml', ...question],
      [file, ...question],
      [file, ...question, ...given, '--param', 'Other=1'],
    ]) {
      const { status, stderr, stdout } = run(...args)
      assert.equal(status, 2, args.join(' '))
      assert.ok(stderr !== '' && stdout === '', args.join(' '))
    }
    assert.equal(run('missing.yaml').status, 1)
    const wrong = run(file, '--param', 'UploadsBucketName=B', '--param', 'Other=1', '--param', 'Other=2')
    assert.equal(wrong.status, 1)
    for (const expected of [
      /Parameters\.UploadsBucketName: error: is 'B', which does not match AllowedPattern/,
      /Parameters\.Other: error: is given a value, and the template has no such parameter/,
      /Parameters\.Other: error: is given more than once/,
    ]) {
      assert.match(wrong.stderr, expected)
    }
    const { status, stdout } = run(file, '--param', 'UploadsBucketName=B', '--json')
    assert.deepEqual([status, JSON.parse(stdout).findings[0].code], [1, 'invalid-value'])
  })

  test('says what may not be meant, though it can be asked', () => {
    const asked = (action: string, ...args: readonly string[]) =>
      run(file, ...given, '--can', action, 'arn:aws:s3:::notes/a', ...args).stdout
    assert.match(asked('s3:GetObjct'), /The template has the action s3:GetObject, and no s3:GetObjct: is it that\?/)
    assert.doesNotMatch(asked('s3:PutObjectAcl'), /is it that/)
    assert.match(asked('s3:GetObject', '--region', 'eu-wst-1'), /AWS's list has no region eu-wst-1: is it eu-west-1\?/)
    const elsewhere = 'eu-west-1:aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'
    assert.match(asked('s3:GetObject', '--identity', elsewhere), /The identity is of eu-west-1, .* in us-east-1/)
    assert.match(run(file, '--region', 'eu-wst-1').stdout, /no region eu-wst-1/)
  })

  test('says nothing to a terminal but what it says, in answers and findings too', () => {
    const path = join(folder, 'evil.json')
    const evil = '\u001b[2Jx\n1 error\u202e'
    const statement = { Effect: 'Allow', Action: 's3:GetObject', Sid: evil }
    const trust = { Statement: [{ Effect: 'Allow', Principal: '*', Action: '*' }] }
    const write = (Resource: Json) => {
      const Policies = [{ PolicyName: 'p', PolicyDocument: { Statement: [{ ...statement, Resource }] } }]
      const Role = { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: trust, Policies } }
      writeFileSync(path, JSON.stringify({ Resources: { Role } }))
    }
    write('*')
    const answer = run(path, '--can', 's3:GetObject', 'arn:aws:s3:::b/x')
    assert.equal(answer.stdout.split('\n')[0], 'allow: the statement \ufffd[2Jx 1 error\ufffd allows it')
    write({ Ref: evil })
    for (const args of [[], ['--can', 's3:GetObject', 'arn:aws:s3:::b/x']]) {
      const { status, stdout, stderr } = run(path, ...args)
      assert.deepEqual([status, stdout], [args.length === 0 ? 1 : 2, ''], 'no table after an error')
      assert.doesNotMatch(stderr.replaceAll('\n', ''), /\p{Cc}|\p{Cf}/u)
      assert.equal(stderr.match(/^1 error$/gm)?.length, 1, stderr)
    }
    writeFileSync(path, Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d]))
    assert.match(run(path).stderr, /^\S+: error: is no text in UTF-8 \[unreadable-file\]\n.*\n1 error\n$/)
    writeFileSync(path, Array.from({ length: 50 }, (_, at) => `a: b: ${at}`).join('\n'))
    assert.match(run(path).stderr, /\n[1-5] errors?\n$/)
  })

  test('fails where something is wrong in a table, if that is asked for; and reads standard input', () => {
    const wrong = join(root, 'dist/identity-pool-tutorial.yaml')
    assert.deepEqual([run(wrong).status, run(wrong, '--fail-on-wrong').status], [0, 1])
    assert.equal(run(wrong, '--fail-on-wrong').stdout, run(wrong).stdout)
    assert.equal(run(file, '--fail-on-wrong').status, 0)
    const options = { cwd: root, encoding: 'utf8', input: readFileSync(wrong) } as const
    const { status, stdout } = spawnSync(process.execPath, [cli, 'access', '-'], options)
    assert.equal(status, 0)
    assert.match(stdout, /^Who can reach what by - in us-east-1\n/)
  })

  test('shows a table, and says which values only stand for others', () => {
    const { status, stdout } = run(file, '--param', 'UploadsBucketName=notes')
    assert.equal(status, 0)
    assert.match(stdout, /Parameters: UploadsBucketName=notes\./)
    assert.match(stdout, /Placeholders, where --param says nothing: UserPoolId=us-east-1_EXAMPLE/)
    assert.match(stdout, /own folder private\/\{identity\}\/ of notes/)
    assert.match(stdout, /A guest reaches nothing: the identity pool has no guests\./)
    const again = run(file, '--param', 'UploadsBucketName=notes')
    assert.equal(again.stdout, stdout, 'from what is kept of the template')
  })

  test('says so where a template has no role for identities', () => {
    const { status, stdout } = run(join(root, 'dist/publication-bucket.yaml'))
    assert.equal(status, 0)
    assert.match(stdout, /no role that identities of Amazon Cognito could take/)
  })

  test('knows nothing of roles that a pool gets from elsewhere, nor of nested stacks, and does not say “nobody”', () => {
    const elsewhere = join(folder, 'elsewhere.yaml')
    const text = [
      'Parameters: {Users: {Type: String}, Guests: {Type: String}}',
      'Resources:',
      '  Pool: {Type: "AWS::Cognito::IdentityPool", Properties: {AllowUnauthenticatedIdentities: true}}',
      '  Roles:',
      '    Type: AWS::Cognito::IdentityPoolRoleAttachment',
      '    Properties:',
      '      IdentityPoolId: !Ref Pool',
      '      Roles: {authenticated: !Ref Users, unauthenticated: !Ref Guests}',
    ]
    writeFileSync(elsewhere, `${text.join('\n')}\n`)
    const { status, stdout } = run(elsewhere)
    assert.equal(status, 0)
    assert.match(
      stdout,
      /A signed-in user reaches what cannot be known here: the signed-in role is not in the template\./,
    )
    assert.match(stdout, /A guest reaches what cannot be known here: the guest role is not in the template\./)
    assert.doesNotMatch(stdout, /nobody/)
    assert.deepEqual(Object.keys(JSON.parse(run(elsewhere, '--json').stdout).elsewhere), ['user', 'guest'])
    assert.equal(run(elsewhere, '--can', 's3:GetObject', 'arn:aws:s3:::b/k').status, 3)
    const nesting = join(folder, 'nesting.yaml')
    writeFileSync(nesting, readFileSync(join(root, 'dist/notes-app.yaml')))
    assert.match(run(nesting).stdout, /Nested stacks are not looked into: Identity\.[^.]* by --nested\s+Identity=FILE/)
    assert.doesNotMatch(run(nesting).stdout, /nobody/)
    assert.equal(run(nesting, '--can', 's3:GetObject', 'arn:aws:s3:::b/k').status, 3)
  })

  test('looks into a nested stack with the template that lies beside it, or is named', () => {
    const nesting = join(root, 'dist/notes-app.yaml')
    const { status, stdout } = run(nesting)
    assert.equal(status, 0)
    assert.match(stdout, /Identity is looked into, as identity-pool\.yaml makes it/)
    assert.match(stdout, /stage prod\s+execute-api:Invoke\s+allow InvokeApi/)
    assert.doesNotMatch(stdout, /not looked into/)
    const id = 'us-east-1:00000000-0000-4000-8000-000000000001'
    const can = (resource: string, action = 's3:GetObject') =>
      run(nesting, '--identity', id, '--account', '123456789012', '--can', action, resource).status
    assert.equal(can(`{Uploads.Arn}/private/${id}/a`), 0)
    assert.equal(can('{Uploads.Arn}/private/another/a'), 1)
    // whether it is the bucket or the API that the stack makes nobody knows
    assert.equal(can(`arn:aws:s3:::some-bucket/private/${id}/a`), 3)
    assert.equal(can('arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/prod/GET/notes', 'execute-api:Invoke'), 3)
    assert.equal(can('arn:aws:execute-api:us-east-1:999999999999:a1b2c3d4e5/prod/GET/notes', 'execute-api:Invoke'), 1)
    const alone = join(folder, 'alone.yaml')
    writeFileSync(alone, readFileSync(nesting))
    assert.match(run(alone, '--nested', `Identity=${file}`).stdout, /execute-api:Invoke\s+allow InvokeApi/)
    const wrong = run(alone, '--nested', `Uploads=${file}`)
    assert.equal(wrong.status, 1)
    assert.match(wrong.stderr, /nests no stack Uploads[^\n]*\n\s+Name one that it nests: Identity/)
    assert.equal(run(alone, '--nested', 'Identity=nowhere.yaml').status, 1)
  })

  test('takes no project of another tool for a template that gives nobody anything', () => {
    const other = join(folder, 'serverless.yml')
    writeFileSync(other, 'service: notes\nresources: {Resources: {}}\n')
    assert.match(run(other).stderr, /is no template: it has no Resources/)
    assert.equal(run(other).status, 1)
    assert.equal(run(other, '--can', 's3:GetObject', 'arn:aws:s3:::b/k').status, 2)
    assert.match(run(other).stderr, /Name a template; of a project of another tool, what that deploys/)
    writeFileSync(other, 'service: notes\nprovider: {name: aws}\nresources: {Resources: {}}\n')
    assert.match(
      run(other).stderr,
      /Run serverless package, and name \.serverless\/cloudformation-template-update-stack/,
    )
    assert.equal(run(other).status, 1)
  })

  test('prints one document, Markdown or a picture', () => {
    const document = JSON.parse(run(file, ...given, '--as', 'user', '--json').stdout)
    assert.deepEqual(Object.keys(document), [
      ...['formatVersion', 'file', 'region', 'parameters', 'placeholders', 'roles', 'access', 'macros', 'findings'],
    ])
    const [row] = document.access
    assert.deepEqual(Object.keys(row), ['kind', 'place', 'action', 'who'])
    assert.deepEqual(Object.keys(row.who), ['user'])
    assert.deepEqual(Object.keys(row.who.user), ['resource', 'decision', 'by', 'because', 'notes', 'isWrong'])
    assert.deepEqual(Object.keys(document.roles[0]), ['who', 'roles'])
    assert.match(run(file, ...given, '--markdown').stdout, /^# Who can reach what by .*\n/)
    const svg = run(file, ...given, '--svg').stdout
    assert.match(svg, /^<svg [^>]*role="img"/)
    assert.doesNotMatch(svg, /NaN|undefined|href|<script/)
  })

  test('keeps to itself what is not to be seen', () => {
    const secret = join(folder, 'secret.yaml')
    writeFileSync(secret, 'Parameters: {Token: {Type: String, NoEcho: true}}\nResources: {}\n')
    const { stdout } = run(secret, '--param', 'Token=s3cr3t')
    assert.ok(stdout.includes('Token=****') && !stdout.includes('s3cr3t'))
  })

  test('reads plain arguments as the parser does that knows help and mistakes', async () => {
    for (const line of [
      'a.yaml',
      'a.yaml --json',
      '- --fail-on-wrong',
      '--markdown a.yaml',
      'a.yaml --svg --as guest --identity x:y',
      'a.yaml --param A=1 --param B= --region eu-west-1 --account 123456789012',
      'a.yaml --can s3:GetObject arn:aws:s3:::b/k --context a=b --context a=c',
    ]) {
      const argv = ['access', ...line.split(' ')]
      let parsed: AccessArguments | undefined
      const none = async () => 1
      const commands: Commands = {
        ...{
          build: none,
          lint: none,
          publish: none,
          launchUrl: none,
          clientConfig: none,
          compat: none,
          doctor: none,
          importPlan: none,
        },
        access: async args => {
          parsed = args
          return 0
        },
      }
      await runProgram(argv, commands)
      assert.deepEqual({ ...accessDefaults, ...plainAccessArguments(argv) }, { ...parsed }, line)
    }
    for (const line of ['', 'a b', 'a --json --svg', 'a --can x', 'a --param A', 'a --as nobody', 'a --help']) {
      assert.equal(plainAccessArguments(['access', ...line.split(' ')]), undefined, line)
    }
  })

  test('has examples in its help', () => {
    const { status, stdout } = run('--help')
    assert.equal(status, 0)
    assert.match(stdout, /Examples:\n {2}poolform access dist\/identity-pool\.yaml\n/)
    assert.match(stdout, /\n.{60,80}\n.{30,80}\n.{1,80}\n\nArguments:/, 'a paragraph of the width that a screen has')
    assert.match(stdout, /With --can: 0 allow, 1 deny, 2 wrong use or no answer, 3 it cannot be known/)
  })
})

describe('a template of anybody’s', () => {
  const json: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>(tie => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<Json>(
        null,
        true,
        0,
        '',
        '*',
        'Users',
        '${',
        '${a}',
        'arn:aws:s3:::b/*',
        's3:*',
        'a:b:c/d',
        'Allow',
      ),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(
        fc.constantFrom(
          ...['Ref', 'Fn::If', 'Fn::Sub', 'Fn::GetAtt', 'Statement', 'Action', 'Resource', 'Principal', 'Condition'],
          ...['Effect', 'Federated', 'StringLike', 'cognito-identity.amazonaws.com:amr', 'Roles', 'authenticated', 'x'],
        ),
        tie('value'),
        { maxKeys: 4 },
      ),
    ),
  })).value

  test('is never too odd to be shown, whatever stands in it', () => {
    const places: readonly (readonly string[])[] = [
      ...[['Parameters'], ['Rules'], ['Conditions'], ['Mappings'], ['Resources', 'Users', 'Properties']],
      ...[
        ['Resources', 'Users'],
        ['Resources', 'Attachment', 'Properties', 'Roles'],
        ['Resources', 'Pool', 'Properties'],
      ],
      ['Resources', 'Users', 'Properties', 'AssumeRolePolicyDocument'],
      ...['PolicyDocument', 'Roles'].map(it => ['Resources', 'Folder', 'Properties', it]),
    ]
    const source: Json = JSON.parse(JSON.stringify(cdk))
    fc.assert(
      fc.property(fc.constantFrom(...places), json, (place, junk) => {
        const changed = documentOf(JSON.stringify(replacedAt(source, place, junk)))
        const resolved = resolve(changed, { ...site, parameters: placeholdersFor(changed, site, {}) })
        const table = tableOf(resolved, peopleOf(resolved, site.region), site)
        const sheet = sheetOf(table, {
          ...{ file: 'a', region: 'us-east-1', parameters: {}, placeholders: {}, columns: ['user', 'guest'] },
        })
        for (const text of [
          terminalText(sheet, { width: 80, isColoured: true }),
          markdownText(sheet),
          svgText(sheet),
        ]) {
          assert.ok(!/undefined|\[object|NaN/.test(text), text)
        }
        accessReport(changed, 'a')
      }),
      { numRuns: 300 },
    )
  })
})

function replacedAt(value: Json, [key, ...rest]: readonly string[], by: Json): Json {
  if (key === undefined) return by
  const object = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
  const inner = Object.entries(object).find(([name]) => name === key)?.[1] ?? null
  return { ...object, [key]: replacedAt(inner, rest, by) }
}

describe('the files about access that build writes', () => {
  const module = (
    actions: string,
  ): string => `import { AWS, defineTemplate, GetAtt, policyVariable, Ref, resource, Sub } from 'poolform'
import type {} from 'poolform/aws/cognito'
import type {} from 'poolform/aws/iam'
const Pool = resource({ Type: 'AWS::Cognito::IdentityPool', Properties: { AllowUnauthenticatedIdentities: false } })
const Users = resource({ Type: 'AWS::IAM::Role', Properties: {
  AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{
    Effect: 'Allow', Principal: { Federated: 'cognito-identity.amazonaws.com' }, Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: {
      StringEquals: { 'cognito-identity.amazonaws.com:aud': Ref(Pool) },
      'ForAnyValue:StringLike': { 'cognito-identity.amazonaws.com:amr': 'authenticated' },
    },
  }] },
  Policies: [{ PolicyName: 'folder', PolicyDocument: { Version: '2012-10-17', Statement: [{
    Sid: 'Own', Effect: 'Allow', Action: ${actions},
    Resource: Sub\`arn:\${AWS.Partition}:s3:::notes/\${policyVariable('cognito-identity.amazonaws.com:sub')}/*\`,
  }] } }],
} })
const Attachment = resource({ Type: 'AWS::Cognito::IdentityPoolRoleAttachment', Properties: {
  IdentityPoolId: Ref(Pool), Roles: { authenticated: GetAtt(Users, 'Arn') },
} })
export default defineTemplate({ Description: 'A pool', Resources: { Pool, Users, Attachment } })
`
  const plain = `import { defineTemplate, resource } from 'poolform'
import type {} from 'poolform/aws/cloudformation'
export default defineTemplate({
  Description: 'Waits', Resources: { Handle: resource({ Type: 'AWS::CloudFormation::WaitConditionHandle' }) },
})
`

  function project(files: Readonly<Record<string, string>>): string {
    const cwd = mkdtempSync(join(folder, 'p-'))
    for (const [name, text] of Object.entries({ 'package.json': '{"name": "p", "version": "1.0.0"}', ...files })) {
      mkdirSync(dirname(join(cwd, name)), { recursive: true })
      writeFileSync(join(cwd, name), text)
    }
    return cwd
  }

  async function run(cwd: string, request: Partial<BuildRequest> = {}): Promise<Outcome> {
    const defaults = { modules: [], out: 'dist', format: 'yaml', check: false, lint: false, cache: true } as const
    const world = { cwd, cacheFolder: join(folder, 'cache'), engine: { version: '9.9.9', digest: 'test', root } }
    const outcome = await build({ ...defaults, ...request }, world)
    return outcome
  }

  const text = (cwd: string, name: string): string => readFileSync(join(cwd, 'dist', name), 'utf8')
  const mistakes = ({ findings }: Outcome) => findings.map(({ module: file, message }) => `${file} ${message}`)

  test('are there for a template with such roles, under the checksums, and say what a change grants', async () => {
    const cwd = project({ 'templates/a.ts': module(`['s3:GetObject']`), 'templates/b.ts': plain })
    assert.deepEqual(mistakes(await run(cwd)), [])
    assert.deepEqual(readdirSync(join(cwd, 'dist/access')), ['a.json', 'a.md'])
    assert.match(text(cwd, 'SHA256SUMS'), /^[0-9a-f]{64} {2}access\/a\.json$/m)
    const before = text(cwd, 'access/a.json').split('\n')
    assert.ok(before.includes('          "s3:GetObject": "user allow Own | guest deny",'))
    writeFileSync(join(cwd, 'templates/a.ts'), module(`['s3:GetObject', 's3:DeleteObject']`))
    const { findings } = await run(cwd, { check: true })
    assert.ok(findings.some(it => it.module === 'dist/access/a.json' && it.code === 'stale-output'))
    await run(cwd)
    const changed = text(cwd, 'access/a.json').split('\n')
    assert.deepEqual(
      changed.filter((line, at) => line !== before[at]).map(line => line.trim()),
      ['"s3:DeleteObject": "user allow Own | guest deny",'],
    )
    assert.deepEqual(mistakes(await run(cwd, { check: true })), [])
  })

  test('stay when another module is built alone, are mended, and go with their template', async () => {
    const cwd = project({ 'templates/a.ts': module(`['s3:GetObject']`), 'templates/b.ts': plain })
    await run(cwd)
    const [sums, json] = [text(cwd, 'SHA256SUMS'), text(cwd, 'access/a.json')]
    await run(cwd, { modules: ['templates/b.ts'] })
    assert.deepEqual([text(cwd, 'SHA256SUMS'), text(cwd, 'access/a.json')], [sums, json])
    writeFileSync(join(cwd, 'dist/access/a.json'), json.replace('allow Own', 'deny'))
    assert.deepEqual(mistakes(await run(cwd, { check: true })), [
      'dist/access/a.json is not what its module says, from line 22 on',
    ])
    rmSync(join(cwd, 'dist/SHA256SUMS'))
    rmSync(join(cwd, 'dist/manifest.json'))
    assert.deepEqual(mistakes(await run(cwd)), [])
    assert.deepEqual([text(cwd, 'SHA256SUMS'), text(cwd, 'access/a.json')], [sums, json])
    rmSync(join(cwd, 'templates/a.ts'))
    assert.deepEqual((await run(cwd)).removed, ['dist/a.yaml', 'dist/access/a.json', 'dist/access/a.md'])
    assert.ok(!readdirSync(join(cwd, 'dist')).includes('access'))
  })

  test('never take the place of what poolform did not write', async () => {
    const cwd = project({ 'templates/a.ts': module(`['s3:GetObject']`), 'dist/access/a.md': '# Mine\n' })
    assert.deepEqual(mistakes(await run(cwd)), ['dist/access/a.md is there already, and poolform did not write it'])
    assert.equal(text(cwd, 'access/a.md'), '# Mine\n')
  })

  test('say of an option who can sign in by it, and of what is not known that it is not', () => {
    const { json = '', markdown = '' } = accessReport(identityPool, 'identity-pool') ?? {}
    const { deployments }: { readonly deployments: readonly JsonObject[] } = JSON.parse(json)
    const said = (key: string) => deployments.flatMap(it => (it[key] === undefined ? [] : [[it['name'], it[key]]]))
    const providers = [
      ...['UserPoolClientId2', 'UserPoolClientId3', 'FacebookAppId', 'GoogleClientId', 'AmazonAppId'],
      ...['AppleServicesId', 'OpenIdConnectProviderArns', 'SamlProviderArns', 'DeveloperProviderName'],
    ]
    assert.deepEqual(
      said('letsIn').map(([name]) => name),
      providers,
    )
    assert.deepEqual(
      said('notKnown').map(([name]) => name),
      ['AmbiguousRoleResolution=AuthenticatedRole'],
    )
    const [, people = ''] = /\n## More people\n([\s\S]*?)\n## /.exec(markdown) ?? []
    for (const name of providers) assert.ok(people.includes(`\n- \`${name}\`: `), name)
    assert.match(people, /`FacebookAppId`: graph\.facebook\.com\n/)
    assert.match(
      markdown,
      /\n`IdentityPoolName`, `UsePrincipalTags=true`, `RolePath`: who can reach what stays as it is\./,
    )
  })

  test('tell of an option no cell that it leaves as it is', () => {
    const { markdown = '' } = accessReport(identityPool, 'identity-pool') ?? {}
    const sections = new Map(markdown.split('\n## ').map(it => [it.split('\n')[0] ?? '', it]))
    assert.match(
      sections.get('PermissionsBoundaryArn') ?? '',
      /For a guest what changes becomes unknown: whether the perm/,
    )
    assert.doesNotMatch(sections.get('PermissionsBoundaryArn') ?? '', /\| deny \|/)
    assert.match(sections.get('ApiRegion') ?? '', /in us-west-2, any stage \|[^\n]*\| allow InvokeApi \|/)
    assert.match(sections.get('ApiStage') ?? '', /any stage \|[^\n]*\| deny \|/)
  })

  test('are of a parent and its nested stack together, with the child of the same build or of an earlier one', async () => {
    const parent = (url: string) => `import { defineTemplate, resource } from 'poolform'
import type {} from 'poolform/aws/cloudformation'
export default defineTemplate({
  Description: 'Nests', Resources: {
    Pool: resource({ Type: 'AWS::CloudFormation::Stack', DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete',
      Properties: { TemplateURL: '${url}' } }),
  },
})
`
    const url = 'https://example-bucket.s3.us-east-1.amazonaws.com/a.yaml'
    const child = module(`['s3:GetObject']`)
    const cwd = project({ 'templates/a.ts': child, 'templates/b.ts': parent(url) })
    assert.deepEqual(mistakes(await run(cwd)), [])
    const json = text(cwd, 'access/b.json')
    assert.deepEqual(JSON.parse(json).nested, { Pool: 'a' })
    assert.ok(json.includes('"s3:GetObject": "user allow Own | guest deny"'))
    assert.match(text(cwd, 'access/b.md'), /nested stack Pool is looked into, as the template a of the same build/)
    // what a build of the parent alone has read decides whether it is recalled
    writeFileSync(join(cwd, 'templates/a.ts'), module(`['s3:GetObject', 's3:DeleteObject']`))
    await run(cwd, { modules: ['templates/b.ts'] })
    assert.equal(text(cwd, 'access/b.json'), json)
    await run(cwd, { modules: ['templates/a.ts'] })
    await run(cwd, { modules: ['templates/b.ts'] })
    assert.ok(text(cwd, 'access/b.json').includes('"s3:DeleteObject": "user allow Own | guest deny"'))
    assert.deepEqual(mistakes(await run(cwd, { check: true })), [])
    const alone = project({ 'templates/b.ts': parent(url) })
    assert.deepEqual(mistakes(await run(alone)), [])
    assert.ok(!readdirSync(join(alone, 'dist')).includes('access'), 'of what is not there nothing is said')
  })

  test('of our own templates are what the templates say', () => {
    const nested = new Map([['Identity', { name: 'identity-pool', document: identityPool }]])
    for (const name of ['identity-pool', 'identity-pool-tutorial', 'notes-app']) {
      const report = accessReport(dist(name), name, undefined, name === 'notes-app' ? nested : undefined)
      assert.deepEqual(
        [report?.json, report?.markdown],
        ['json', 'md'].map(it => readFileSync(join(root, `dist/access/${name}.${it}`), 'utf8')),
      )
    }
    assert.equal(accessReport(dist('notes-app'), 'notes-app'), undefined)
  })
})
