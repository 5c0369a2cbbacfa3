import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { parseEnv } from 'node:util'
import { runInNewContext } from 'node:vm'
import { Amplify, type ResourcesConfig } from '@aws-amplify/core'
import { parseAmplifyConfig } from '@aws-amplify/core/internals/utils'
import { misuse } from '../src/cli/client-config.ts'
import { amplifyOutputs, mobileConfiguration, resourcesConfig } from '../src/client-config/amplify.ts'
import { environmentFile } from '../src/client-config/env.ts'
import type { Facts } from '../src/client-config/facts.ts'
import { type Choices, factsOf, saysAll } from '../src/client-config/facts-of.ts'
import { formats } from '../src/client-config/format.ts'
import { asksSignIn, clientConfig } from '../src/client-config/index.ts'
import { literal } from '../src/client-config/script.ts'
import { sdkModule } from '../src/client-config/sdk-js.ts'
import { signInOf } from '../src/client-config/sign-in.ts'
import { isRecord } from '../src/document.ts'
import { type App, type DescribedStack, describedStack, savedApp } from '../src/live/app.ts'
import { contents, folders, project } from './support/projects.ts'

const root = join(import.meta.dirname, '..')
const poolId = (region = 'us-east-1') => `${region}:1cf667a2-49a6-454b-9e45-23199EXAMPLE`

type Texts = Readonly<Record<string, string>>

type Artifact = {
  readonly name: string
  readonly parameters: readonly { readonly name: string; readonly default?: string }[]
  readonly outputs: readonly { readonly name: string }[]
}

const manifest: { readonly artifacts: readonly Artifact[] } = JSON.parse(
  readFileSync(join(root, 'dist/manifest.json'), 'utf8'),
)

const artifact = (name: string): Artifact => {
  const found = manifest.artifacts.find(it => it.name === name)
  assert(found !== undefined, name)
  return found
}

const stackId = (name: string, region = 'us-east-1') =>
  `arn:aws:cloudformation:${region}:123456789012:stack/${name}/51af3dc0-da77-11e4-872e-1234567db123`

/** As `describe-stacks` prints one. */
const printed = (name: string, parameters: Texts, outputs: Texts, more: object = {}, region = 'us-east-1') => ({
  StackName: name,
  StackId: stackId(name, region),
  StackStatus: 'CREATE_COMPLETE',
  Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue })),
  Outputs: Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
  ...more,
})

const stack = (...args: Parameters<typeof printed>): DescribedStack => {
  const described = describedStack(printed(...args))
  assert(described !== undefined)
  return described
}

const defaults = Object.fromEntries(artifact('identity-pool').parameters.map(it => [it.name, it.default ?? '']))

/** A stack of the template identity-pool, whose other parameters have their defaults. */
const ours = (parameters: Texts, outputs: Texts = {}, region = 'us-east-1') =>
  [
    'notes-identity-pool',
    { ...defaults, ...parameters },
    { IdentityPoolId: poolId(region), TemplateId: 'identity-pool', ...outputs },
    {},
    region,
  ] as const

const users = { UserPoolId: 'us-east-1_a1B2c3D4e', UserPoolClientId: '1example23456789' }
const all = {
  ...users,
  UserPoolClientId2: '2example23456789',
  FacebookAppId: '7346241598935552',
  GoogleClientId: '123456789012.apps.googleusercontent.com',
  AmazonAppId: 'amzn1.application.188a56d827a7d6555a8b67a5d',
  AppleServicesId: 'com.example.app',
  OpenIdConnectProviderArns:
    'arn:aws:iam::123456789012:oidc-provider/login.example.com,arn:aws:iam::123456789012:oidc-provider/example.org/a/b',
  SamlProviderArns: 'arn:aws:iam::123456789012:saml-provider/Example',
  DeveloperProviderName: 'login.example.app',
  AllowGuests: 'true',
  UploadsBucketName: 'notes-app-uploads',
  AllowProtectedFolder: 'true',
  AllowPublicFolder: 'true',
  ApiId: 'a1b2c3d4e5',
  ApiRegion: 'eu-west-1',
  ApiStage: 'prod',
  UserTableName: 'notes',
}

const appOf = (...stacks: readonly DescribedStack[]): App => ({ stacks, notes: [] })

const found = (app: App, choices: Choices = {}) => {
  const made = factsOf(app, choices)
  assert('facts' in made, 'problem' in made ? made.problem.message : '')
  return made
}

const facts = (parameters: Texts, choices: Choices = {}, region?: string): Facts =>
  found(appOf(stack(...ours(parameters, {}, region))), choices).facts

const problem = (app: App, choices: Choices = {}) => {
  const made = factsOf(app, choices)
  assert('problem' in made, 'there are facts')
  return made.problem
}

const userPool = {
  Id: users.UserPoolId,
  Policies: {
    PasswordPolicy: {
      MinimumLength: 12,
      RequireUppercase: true,
      RequireLowercase: true,
      RequireNumbers: false,
      RequireSymbols: true,
    },
  },
  SchemaAttributes: [
    { Name: 'sub', Required: true },
    { Name: 'email', Required: true },
    { Name: 'family_name', Required: true },
    { Name: 'name', Required: false },
    { Name: 'custom:tenant', Required: true },
  ],
  UsernameAttributes: ['email'],
  AutoVerifiedAttributes: ['email'],
  MfaConfiguration: 'OPTIONAL',
  Domain: 'notes-app',
}
const client = {
  ClientId: users.UserPoolClientId,
  ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH'],
  AllowedOAuthFlowsUserPoolClient: true,
  AllowedOAuthFlows: ['code'],
  AllowedOAuthScopes: ['openid', 'email'],
  CallbackURLs: ['https://notes.example.com/', 'http://localhost:5173/'],
  LogoutURLs: ['https://notes.example.com/'],
  SupportedIdentityProviders: ['COGNITO', 'Google', 'SignInWithApple'],
}
const signIn = signInOf(userPool, client)
const nothing = signInOf(undefined, undefined)

const text = (format: (typeof formats)[number], of: Facts, signs = nothing, prefix = ''): string => {
  const made = clientConfig(format, of, { signIn: signs, prefix })
  assert('text' in made, 'problem' in made ? made.problem.message : '')
  return made.text
}

/** Without members that are undefined. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

/** The value of an object literal. */
const evaluated = (code: string): unknown => plain(runInNewContext(`(${code})`))

describe('facts', () => {
  test('every parameter and output that they are read of is one of the templates', () => {
    const source = ['facts-of.ts', 'logins.ts']
      .map(it => readFileSync(join(root, 'src/client-config', it), 'utf8'))
      .join()
    const read = [...source.matchAll(/(?:said|arns)\('(\w+)'\)|parameter: '(\w+)'/g)].map(([, a, b]) => a ?? b ?? '')
    const known = new Set(
      ['identity-pool', 'notes-app'].flatMap(name => {
        const { parameters, outputs } = artifact(name)
        return [...parameters, ...outputs].map(it => it.name)
      }),
    )
    assert.ok(read.length > 15, 'the pattern finds them no more')
    assert.deepEqual(
      read.filter(name => !known.has(name)),
      [],
    )
  })

  test('a whole stack says all: which keys Logins has, what users reach, and in which regions', () => {
    const { stackName, identityPool, allowsGuests, logins, uploads, api, table } = facts(all)
    assert.deepEqual(
      [stackName, identityPool, allowsGuests],
      ['notes-identity-pool', { id: poolId(), region: 'us-east-1' }, true],
    )
    assert.deepEqual(
      logins.userPools.map(it => it.key),
      ['cognito-idp.us-east-1.amazonaws.com/us-east-1_a1B2c3D4e'],
    )
    assert.deepEqual(
      logins.others.map(({ name, key, token }) => [name, key, token]),
      [
        ['facebook', 'graph.facebook.com', 'access token'],
        ['google', 'accounts.google.com', 'ID token'],
        ['amazon', 'www.amazon.com', 'access token'],
        ['apple', 'appleid.apple.com', 'ID token'],
        ['login.example.com', 'login.example.com', 'ID token'],
        ['example.org/a/b', 'example.org/a/b', 'ID token'],
        ['Example', 'arn:aws:iam::123456789012:saml-provider/Example', 'SAML response'],
      ],
    )
    assert.deepEqual(logins.developer, { name: 'login.example.app', key: 'cognito-identity.amazonaws.com' })
    assert.deepEqual(uploads, {
      ...{ bucket: 'notes-app-uploads', region: 'us-east-1', keyedBy: 'IdentityId' },
      ...{ hasProtected: true, hasPublic: true },
    })
    const host = 'a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com'
    assert.deepEqual(api, { host, region: 'eu-west-1', url: `https://${host}/prod` })
    assert.deepEqual(table, { name: 'notes', region: 'us-east-1' })
  })

  test('hosts are those of the partition', () => {
    const west = facts(
      { DeveloperProviderName: 'x', UserPoolId: 'us-gov-west-1_a1B2c3D4e', UserPoolClientId: 'a' },
      {},
      'us-gov-west-1',
    )
    assert.equal(west.logins.userPools[0]?.key, 'cognito-idp.us-gov-west-1.amazonaws.com/us-gov-west-1_a1B2c3D4e')
    assert.equal(west.logins.developer?.key, 'cognito-identity-us-gov.amazonaws.com')
    const east = facts({ DeveloperProviderName: 'x' }, {}, 'us-gov-east-1')
    assert.equal(east.logins.developer?.key, 'cognito-identity.us-gov-east-1.amazonaws.com')
    const china = facts({ DeveloperProviderName: 'x', ApiId: 'a1b2c3d4e5', ApiStage: 'prod' }, {}, 'cn-north-1')
    assert.equal(china.logins.developer?.key, 'cognito-identity.cn-north-1.amazonaws.com.cn')
    assert.equal(china.api?.url, 'https://a1b2c3d4e5.execute-api.cn-north-1.amazonaws.com.cn/prod')
  })

  test('the app client is the first or the one that is asked for, and of no other pool', () => {
    const app = appOf(stack(...ours(all)))
    const { facts: first, notes } = found(app)
    assert.equal(first.userPool?.clientId, '1example23456789')
    assert.match(notes.join('\n'), /of 2 app clients this is 1example23456789; --client-id takes 2example23456789/)
    assert.equal(found(app, { clientId: '2example23456789' }).facts.userPool?.clientId, '2example23456789')
    assert.match(problem(app, { clientId: 'another' }).help, /1example23456789, 2example23456789/)
  })

  test('the URL of the API is known where a stage is', () => {
    const [host, base] = ['a1b2c3d4e5.execute-api.us-east-1.amazonaws.com', { ...users, ApiId: 'a1b2c3d4e5' }]
    const open = found(appOf(stack(...ours(base))))
    assert.deepEqual(open.facts.api, { host, region: 'us-east-1' })
    assert.match(open.notes.join('\n'), /--api-stage/)
    assert.equal(facts(base, { apiStage: 'dev' }).api?.url, `https://${host}/dev`)
    assert.equal(facts({ ...base, ApiStage: '$default' }).api?.url, `https://${host}`)
    assert.equal(problem(appOf(stack(...ours({ ...base, ApiStage: 'prod' }))), { apiStage: 'dev' }).code, 'wrong-stage')
  })

  test('the region of the bucket is taken to be the stack’s, aloud, unless it is said', () => {
    const app = appOf(stack(...ours({ ...users, UploadsBucketName: 'notes' }, {}, 'eu-west-1')))
    const { facts: taken, notes } = found(app)
    assert.equal(taken.uploads?.region, 'eu-west-1')
    assert.match(notes.join('\n'), /--bucket-region/)
    const said = found(app, { bucketRegion: 'eu-central-1' })
    assert.deepEqual([said.facts.uploads?.region, said.notes], ['eu-central-1', []])
  })

  test('a stack that nests the pool adds what it has made itself', () => {
    const child = stack(...ours({ ...users, UploadsBucketName: 'made', ApiId: 'a1b2c3d4e5', ApiStage: 'prod' }))
    const parent = stack(
      'notes',
      { AppOrigin: 'https://notes.example.com' },
      {
        ...{ ...users, IdentityPoolId: poolId(), TemplateId: 'notes-app', UploadsBucketName: 'made' },
        ApiUrl: 'https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/prod',
      },
    )
    const { facts: known, notes } = found(appOf(parent, child))
    assert.deepEqual(notes, [])
    assert.equal(known.stackName, 'notes')
    assert.equal(known.api?.url, 'https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/prod')
    assert.equal(known.uploads?.keyedBy, 'IdentityId')
    // of the parent's outputs alone
    const alone = found(appOf(parent))
    assert.equal(alone.facts.userPool?.clientId, users.UserPoolClientId)
    assert.equal(alone.facts.uploads?.keyedBy, undefined)
    assert.match(alone.notes.join('\n'), /whether guests are allowed is not known/)
  })

  test('of anybody’s stack the identity pool itself says who can sign in', () => {
    const theirs = stack('theirs', {}, { IdentityPoolId: poolId(), UserPoolClientId: 'second' })
    const pool = {
      IdentityPoolId: poolId(),
      IdentityPoolName: 'theirs',
      AllowUnauthenticatedIdentities: true,
      CognitoIdentityProviders: ['first', 'second'].map(ClientId => ({
        ProviderName: 'cognito-idp.eu-west-1.amazonaws.com/eu-west-1_x',
        ClientId,
      })),
      SupportedLoginProviders: { 'graph.facebook.com': '1', 'api.twitter.com': '****' },
    }
    const { facts: known } = found({ ...appOf(theirs), pool })
    assert.deepEqual(known.userPool, {
      ...{ id: 'eu-west-1_x', region: 'eu-west-1', key: 'cognito-idp.eu-west-1.amazonaws.com/eu-west-1_x' },
      ...{ clientIds: ['first', 'second'], clientId: 'second' },
    })
    assert.deepEqual(
      known.logins.others.map(it => it.name),
      ['facebook'],
    )
    assert.equal(known.allowsGuests, true)
  })

  test('a stack without an identity pool is refused with what it has, two pools with their stacks', () => {
    const other = problem(appOf(stack('web', {}, { Url: 'x', BucketName: 'y' })))
    assert.match(other.message, /the stack web has no output IdentityPoolId: its outputs are Url, BucketName/)
    assert.match(other.help, /UserPoolClientId/)
    const failed = problem(appOf({ ...stack('web', {}, {}), status: 'ROLLBACK_COMPLETE' }))
    assert.match(failed.message, /and is ROLLBACK_COMPLETE: it has no outputs/)
    const second = stack('b', {}, { IdentityPoolId: poolId('eu-west-1') })
    const two = problem(appOf(stack(...ours(users)), second))
    assert.equal(two.code, 'several-identity-pools')
    assert.match(two.help, /notes-identity-pool or b/)
  })

  test('what could end a quote is refused before it is written', () => {
    for (const [name, value] of [
      ['UserPoolClientId', "x'"],
      ['UploadsBucketName', 'a\nb'],
      ['UploadsBucketName', '${x}'],
      ['FacebookAppId', '1" '],
      ['SamlProviderArns', "arn:'"],
      ['DeveloperProviderName', '*/'],
      ['UserTableName', '$(id)'],
      ['ApiId', 'x y'],
    ] as const) {
      const refused = problem(appOf(stack(...ours({ ...users, [name]: value }))))
      assert.equal(refused.code, 'unusable-value', name)
      assert.ok(refused.message.includes(JSON.stringify(value).slice(1, -1)) || name === 'ApiId', refused.message)
    }
    const bad = appOf(stack('x', {}, { IdentityPoolId: 'nonsense' }))
    assert.equal(problem(bad).code, 'unusable-value')
  })

  test('a stack of ours says all by itself, a foreign one and one around it do not', () => {
    assert.ok(saysAll(stack(...ours(users))), 'ours')
    assert.ok(!saysAll(stack('x', {}, { IdentityPoolId: poolId() })), 'foreign')
    assert.ok(!saysAll(stack('x', {}, { IdentityPoolId: poolId(), TemplateId: 'notes-app' })), 'around')
  })
})

describe('for Amplify JavaScript', () => {
  const several = [
    facts(all),
    facts(users),
    facts({ ...users, AllowGuests: 'true' }),
    facts({ ...users, UserPoolId: 'eu-west-1_a1B2c3D4e' }),
  ]

  test('parseAmplifyConfig makes of amplify_outputs.json what Amplify.configure is given otherwise', () => {
    for (const of of several) {
      for (const signs of [signIn, nothing]) {
        const parsed = parseAmplifyConfig(JSON.parse(text('amplify', of, signs)))
        const { Auth, Storage, API } = Object(plain(parsed))
        const config = Object(plain(resourcesConfig(of, signs)))
        // it says no by saying nothing
        Auth.Cognito.allowGuestAccess ??= false
        assert.deepEqual({ Auth, Storage }, { Auth: config.Auth, Storage: config.Storage })
        // of REST APIs Amplify has no word in the file, and its guide this one
        const { custom } = JSON.parse(text('amplify', of, signs))
        const { apiName, ...rest } = custom?.API.api ?? {}
        assert.deepEqual([API, apiName === undefined ? undefined : rest], [undefined, config.API?.REST.api])
      }
    }
  })

  test('Amplify.configure takes both, and has every ID from them', () => {
    for (const given of [JSON.parse(text('amplify', facts(all), signIn)), resourcesConfig(facts(all), signIn)]) {
      Amplify.configure(given)
      const { Auth, Storage }: ResourcesConfig = Amplify.getConfig()
      assert.equal(Auth?.Cognito.identityPoolId, poolId())
      assert.equal(Auth?.Cognito.userPoolId, users.UserPoolId)
      assert.equal(Auth?.Cognito.userPoolClientId, users.UserPoolClientId)
      assert.equal(Auth?.Cognito.allowGuestAccess, true)
      assert.deepEqual(Auth?.Cognito.passwordFormat?.minLength, 12)
      assert.equal(Auth?.Cognito.loginWith?.oauth?.domain, 'notes-app.auth.us-east-1.amazoncognito.com')
      assert.deepEqual(plain(Storage), { S3: { bucket: 'notes-app-uploads', region: 'us-east-1' } })
    }
    Amplify.configure({})
  })

  test('what the stack does not know is left out', () => {
    const { auth } = JSON.parse(text('amplify', facts(users)))
    assert.deepEqual(Object.keys(auth), [
      ...[
        'aws_region',
        'user_pool_id',
        'user_pool_client_id',
        'identity_pool_id',
        'unauthenticated_identities_enabled',
      ],
    ])
    const half = signInOf(
      { Policies: { PasswordPolicy: { MinimumLength: 8 } }, MfaConfiguration: 'NEW' },
      { Domain: 'x' },
    )
    assert.deepEqual(half, { warnings: [] })
    assert.deepEqual(signIn.requiredAttributes, ['email', 'family_name'])
  })

  test('a pool without a user pool has a module, and no amplify_outputs.json', () => {
    const google = facts({ GoogleClientId: '1.apps.googleusercontent.com' })
    const made = clientConfig('amplify', google, { signIn: nothing, prefix: '' })
    assert.ok('problem' in made && /amplify-js/.test(made.problem.help), 'made')
    assert.deepEqual(resourcesConfig(google, nothing), {
      Auth: { Cognito: { identityPoolId: poolId(), allowGuestAccess: false } },
    })
  })

  test('the module has the same object', () => {
    for (const of of [...several, facts({ GoogleClientId: '1' })]) {
      const [, code] = /Amplify\.configure\((\{[\s\S]*\})\)\n$/.exec(text('amplify-js', of, signIn)) ?? []
      assert.deepEqual(evaluated(code ?? ''), plain(resourcesConfig(of, signIn)))
    }
    assert.deepEqual(evaluated(literal({ "it's": '\u2028"\'\\', 'a-b': [1, true, null], c: {} })), {
      ...{ "it's": '\u2028"\'\\', 'a-b': [1, true, null], c: {} },
    })
  })

  test('who uses an app client that Amplify cannot sign in with is told so', () => {
    const { warnings } = signInOf(userPool, {
      ...client,
      ClientSecret: 's3cr3t',
      ExplicitAuthFlows: ['ALLOW_CUSTOM_AUTH'],
    })
    assert.equal(warnings.length, 2)
    const made = clientConfig('amplify', facts(users), {
      signIn: signInOf(userPool, { ...client, ClientSecret: 's3cr3t' }),
      prefix: '',
    })
    assert.ok('notes' in made && /has a secret/.test(made.notes.join()), 'no note')
    assert.ok(!JSON.stringify(made).includes('s3cr3t'), 'the secret itself')
  })

  test('a domain is whole, or none', () => {
    const oauth = (pool: object, app: object = client) => signInOf(pool, app).oauth
    assert.equal(oauth({ ...userPool, CustomDomain: 'auth.example.com' })?.domain, 'auth.example.com')
    assert.equal(oauth({ ...userPool, Id: 'us-gov-west-1_x' }), undefined)
    assert.equal(oauth({ ...userPool, Domain: undefined }), undefined)
    assert.equal(oauth(userPool, { ...client, LogoutURLs: [] }), undefined)
    assert.equal(oauth(userPool, { ...client, AllowedOAuthFlowsUserPoolClient: false }), undefined)
    assert.deepEqual(oauth(userPool)?.providers, ['GOOGLE', 'SIGN_IN_WITH_APPLE'])
  })

  test('why managed login is left out is said, where the user pool has it', () => {
    const why = (pool: object, app: object = client) => signInOf(pool, app).warnings.join()
    assert.match(why(userPool, { ...client, LogoutURLs: [] }), /managed login is left out: .* has no LogoutURLs/)
    assert.match(why({ ...userPool, Id: 'us-gov-west-1_x' }), /left out: the host of its domain .* is not known/)
    assert.equal(why(userPool), '')
    assert.equal(why(userPool, { ...client, AllowedOAuthFlowsUserPoolClient: false, LogoutURLs: [] }), '')
  })
})

/**
 * What Amplify Swift 2.60 and Android 2.40 decode of amplify_outputs.json: what else the file has they pass over, but of
 * these they refuse the file where one has another form, or is missing that is asked for.
 * https://github.com/aws-amplify/amplify-swift/blob/main/Amplify/Core/Configuration/AmplifyOutputsData.swift
 * https://github.com/aws-amplify/amplify-android/blob/main/core/src/main/java/com/amplifyframework/core/configuration/AmplifyOutputsData.kt
 */
function assertDecodes(outputs: unknown): void {
  const { version, auth, storage, ...others } = Object(outputs)
  assert.deepEqual([version, others], ['1', {}])
  const asked = ['aws_region', 'user_pool_id', 'user_pool_client_id', 'identity_pool_id'].map(it => typeof auth[it])
  assert.deepEqual(asked, ['string', 'string', 'string', 'string'])
  assert.equal(typeof auth.unauthenticated_identities_enabled, 'boolean')
  const policy = auth.password_policy
  if (policy !== undefined) {
    assert.ok(Number.isInteger(policy.min_length) && policy.min_length > 0, 'min_length')
    const rules = ['require_numbers', 'require_lowercase', 'require_uppercase', 'require_symbols']
    assert.deepEqual(new Set(rules.map(it => typeof policy[it])), new Set(['boolean']))
  }
  const isAmong = (values: unknown, known: readonly string[]) =>
    assert.ok(values === undefined || (Array.isArray(values) && values.every(it => known.includes(it))), String(values))
  // Swift knows no `username`, Android no method `EMAIL`
  isAmong(auth.username_attributes, ['email', 'phone_number'])
  isAmong(auth.user_verification_types, ['email', 'phone_number'])
  isAmong(auth.mfa_methods, ['SMS', 'TOTP'])
  assert.ok([undefined, 'NONE', 'OPTIONAL', 'REQUIRED'].includes(auth.mfa_configuration), auth.mfa_configuration)
  if (auth.oauth !== undefined) {
    const { identity_providers, domain, scopes, redirect_sign_in_uri, redirect_sign_out_uri, response_type } =
      auth.oauth
    const lists = [identity_providers, scopes, redirect_sign_in_uri, redirect_sign_out_uri]
    assert.ok(lists.every(Array.isArray) && typeof domain === 'string', 'oauth')
    assert.ok(['code', 'token'].includes(response_type), response_type)
  }
  if (storage !== undefined)
    assert.deepEqual([typeof storage.aws_region, typeof storage.bucket_name], ['string', 'string'])
}

describe('for Amplify Swift and Android', () => {
  for (const format of ['ios', 'android'] as const) {
    test(`${format}: amplify_outputs.json has what the library decodes`, () => {
      for (const of of [facts(all), facts(users)]) {
        for (const signs of [signIn, nothing]) assertDecodes(JSON.parse(text(format, of, signs)))
      }
      assert.throws(() => assertDecodes({ ...Object(amplifyOutputs(facts(users), nothing, false)), auth: {} }))
    })

    test(`${format}: where one region or a user pool is missing it is amplifyconfiguration.json`, () => {
      const apart = clientConfig(format, facts({ ...users, UserPoolId: 'eu-west-1_x' }), { signIn, prefix: '' })
      assert.ok('file' in apart && apart.file === 'amplifyconfiguration.json', 'file')
      assert.ok('notes' in apart && /theirs differ/.test(apart.notes.join()), 'notes')
      assert.deepEqual(JSON.parse('text' in apart ? apart.text : ''), {
        auth: {
          plugins: {
            awsCognitoAuthPlugin: {
              CredentialsProvider: { CognitoIdentity: { Default: { PoolId: poolId(), Region: 'us-east-1' } } },
              CognitoUserPool: {
                Default: { PoolId: 'eu-west-1_x', AppClientId: users.UserPoolClientId, Region: 'eu-west-1' },
              },
              Auth: { Default: { authenticationFlowType: 'USER_SRP_AUTH' } },
            },
          },
        },
      })
      const guests = facts({ AllowGuests: 'true', UploadsBucketName: 'notes' })
      const { auth, storage } = Object(mobileConfiguration(guests))
      assert.deepEqual(Object.keys(auth.plugins.awsCognitoAuthPlugin), ['CredentialsProvider'])
      assert.deepEqual(storage, { plugins: { awsS3StoragePlugin: { bucket: 'notes', region: 'us-east-1' } } })
    })
  }
})

describe('for the AWS SDK for JavaScript', () => {
  const cases: Readonly<Record<string, Facts>> = {
    all: facts(all),
    sub: facts({ ...users, UploadsBucketName: 'notes', UploadsFolderKeyedBy: 'UserSub', AllowPublicFolder: 'true' }),
    social: facts({ GoogleClientId: '1' }),
    guests: facts({ AllowGuests: 'true', UploadsBucketName: 'notes' }),
    backend: facts({ DeveloperProviderName: 'login.example.app' }),
    openApi: facts({ ...users, ApiId: 'a1b2c3d4e5' }),
    govCloud: facts({ UserPoolId: 'us-gov-west-1_x', UserPoolClientId: 'y' }, {}, 'us-gov-west-1'),
    foreign: found(appOf(stack('x', {}, { IdentityPoolId: poolId(), UploadsBucketName: 'notes', ...users }))).facts,
  }

  test('tsc finds nothing wrong with any module, at its strictest, and with the types of the libraries', () => {
    const modules = Object.entries(cases).flatMap(([name, of]) => [
      [`${name}.ts`, sdkModule(of)],
      [`${name}-amplify.ts`, text('amplify-js', of, signIn)],
    ])
    const use = `import { ownFolder, providers, s3, signedIn } from './all.ts'
const credentials = signedIn('facebook', async () => 'token')
export const [client, folder, key]: [unknown, Promise<string>, 'graph.facebook.com'] = [s3(credentials), ownFolder(credentials), providers.facebook]
`
    const config = {
      compilerOptions: {
        ...{ target: 'es2022', module: 'nodenext', lib: ['es2022', 'dom'], types: [], noEmit: true, strict: true },
        ...{ exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, verbatimModuleSyntax: true },
        ...{ noUnusedLocals: true, isolatedDeclarations: false, erasableSyntaxOnly: true, skipLibCheck: true },
        ...{ allowImportingTsExtensions: true },
        // of which it is the part that knows configurations
        paths: { 'aws-amplify': ['./node_modules/@aws-amplify/core/dist/esm/index.d.ts'] },
      },
      include: ['*.ts'],
    }
    const folder = project({
      ...Object.fromEntries(modules),
      ...{ 'use.ts': use, 'tsconfig.json': JSON.stringify(config), 'package.json': '{"type": "module"}' },
    })
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    const check = () => spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' })
    const { status, stdout } = check()
    assert.equal(status, 0, stdout)
    assert.equal(modules.length, 16)
  })

  test('a module has what the pool has, and no more', () => {
    const has = Object.fromEntries(
      Object.entries(cases).map(([name, of]) => [
        name,
        [...sdkModule(of).matchAll(/^export (?:async )?(?:const|function) (\w+)/gm)].map(([, it]) => it).join(' '),
      ]),
    )
    assert.deepEqual(has, {
      all: 'identityPool userPool providers signedIn guest signedInByBackend uploads s3 ownFolder api table',
      sub: 'identityPool userPool providers signedIn uploads s3 ownFolder',
      social: 'identityPool providers signedIn',
      guests: 'identityPool guest uploads s3 ownFolder',
      backend: 'identityPool signedInByBackend',
      openApi: 'identityPool userPool providers signedIn api',
      govCloud: 'identityPool userPool providers signedIn',
      foreign: 'identityPool userPool providers signedIn uploads s3',
    })
    assert.match(
      sdkModule(facts({ ...users, UploadsBucketName: 'notes', UploadsFolderKeyedBy: 'UserSub' })),
      /private\/\$\{sub\}\//,
    )
    assert.match(sdkModule(facts(all)), /'login\.example\.com': 'login\.example\.com'/)
  })
})

describe('a .env file', () => {
  test('readers of such files, and a shell, have the same values of it', () => {
    const file = environmentFile(facts(all), 'VITE_')
    const parsed = parseEnv(file)
    const folder = project({ '.env': file })
    const shown = execFileSync('sh', ['-c', '. ./.env; set'], { cwd: folder, encoding: 'utf8', env: {} })
    for (const [name, value] of Object.entries(parsed)) {
      assert.match(name, /^VITE_[A-Z0-9_]+$/)
      assert.ok(shown.includes(`${name}='${value}'\n`) || shown.includes(`${name}=${value}\n`), name)
      assert.ok(file.includes(`${name}=${value}\n`), name)
    }
    assert.equal(Object.keys(parsed).length, file.trimEnd().split('\n').length)
    assert.equal(parsed['VITE_IDENTITY_POOL_ID'], poolId())
    assert.equal(parsed['VITE_USER_POOL_CLIENT_ID_2'], '2example23456789')
    assert.equal(parsed['VITE_LOGIN_PROVIDER_NAME'], 'cognito-idp.us-east-1.amazonaws.com/us-east-1_a1B2c3D4e')
    assert.equal(parsed['VITE_API_URL'], 'https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/prod')
  })

  test('what is not there has no line', () => {
    assert.equal(
      environmentFile(facts({ AllowGuests: 'true' }), ''),
      `IDENTITY_POOL_ID=${poolId()}\nIDENTITY_POOL_REGION=us-east-1\nALLOW_GUESTS=true\n`,
    )
  })
})

test('what a user pool asks of sign-in is asked for where the format has a place for it', () => {
  const asked = (of: Facts) => formats.filter(format => asksSignIn(format, of))
  assert.deepEqual(asked(facts(users)), ['amplify', 'amplify-js', 'ios', 'android'])
  assert.deepEqual(asked(facts({ ...users, UserPoolId: 'eu-west-1_x' })), ['amplify', 'amplify-js'])
  assert.deepEqual(asked(facts({ AllowGuests: 'true' })), [])
})

describe('the command', () => {
  const poolform = (cwd: string, args: readonly string[], input = '') => {
    const { AWS_REGION, AWS_DEFAULT_REGION, AWS_ENDPOINT_URL, ...env } = process.env
    const source = ['--conditions=poolform-source', '--import', join(root, 'node_modules/tsx/dist/esm/index.mjs')]
    const program = [...source, join(root, 'src/cli/index.ts'), 'client-config', ...args]
    const { status, stdout, stderr } = spawnSync(process.execPath, program, { cwd, env, input, encoding: 'utf8' })
    return { status, stdout, stderr }
  }
  const stacks = JSON.stringify({
    Stacks: [
      printed('web', {}, { Url: 'x' }),
      printed(...ours({ ...users, UploadsBucketName: 'notes' })),
      printed(
        'notes-Identity',
        { ...defaults, ...users },
        { IdentityPoolId: poolId('eu-west-1'), TemplateId: 'identity-pool' },
        {
          ParentId: stackId('notes'),
          RootId: stackId('notes'),
        },
      ),
      printed('notes', {}, { IdentityPoolId: poolId('eu-west-1'), TemplateId: 'notes-app' }),
    ],
  })
  const described = `${JSON.stringify({ Stacks: [printed(...ours(users))] })}
${JSON.stringify({ UserPool: userPool })}
${JSON.stringify({ UserPoolClient: client })}`

  test('reads saved answers, prints the text alone, and writes over no file unasked', () => {
    const folder = project({ 'all.json': stacks, 'one.json': described })
    const printedOne = poolform(folder, ['--outputs', 'one.json'])
    assert.deepEqual(
      [printedOne.status, printedOne.stdout],
      [0, text('amplify', facts(users), signIn)],
      printedOne.stderr,
    )

    const several = poolform(folder, ['--outputs', 'all.json', '--json'])
    assert.equal(several.status, 1)
    assert.deepEqual(JSON.parse(several.stdout).error.code, 'several-identity-pools')
    const named = poolform(folder, ['--outputs', '-', '--stack-name', 'notes', '--format', 'env'], stacks)
    assert.match(named.stdout, /^IDENTITY_POOL_ID=eu-west-1:1cf667a2/)

    const out = ['--outputs', 'one.json', '--format', 'sdk-js', '--out', 'cognito.ts']
    assert.deepEqual(poolform(folder, out), { status: 0, stdout: '', stderr: 'written: cognito.ts\n' })
    assert.equal(contents(folder)['cognito.ts'], sdkModule(facts(users)))
    const again = poolform(folder, out)
    assert.deepEqual([again.status, again.stdout], [1, ''])
    assert.match(again.stderr, /cognito\.ts is there already \[file-exists\]\n {2}Give --force/)
    const forced = poolform(folder, [...out, '--force', '--json'])
    const document: unknown = JSON.parse(forced.stdout)
    assert(isRecord(document))
    assert.deepEqual(
      [document['formatVersion'], document['format'], document['file'], document['written'], document['text']],
      [1, 'sdk-js', 'cognito.ts', 'cognito.ts', sdkModule(facts(users))],
    )
    assert.match(poolform(folder, [...out.slice(0, -1), 'no/such.ts']).stderr, /its folder does not exist/)
  })

  test('outputs alone, as a query leaves them, are enough for what they tell', () => {
    const { Outputs } = printed('x', {}, { IdentityPoolId: poolId(), TemplateId: 'identity-pool' })
    const app = savedApp([...Outputs])
    assert.equal(found({ stacks: app.stacks, notes: [] }).facts.identityPool.id, poolId())
    const file = join(folders, 'outputs.json')
    const alone = poolform(folders, ['--outputs', '-', '--format', 'env'], JSON.stringify(Outputs))
    assert.match(alone.stdout, /IDENTITY_POOL_REGION=us-east-1/, file)
  })

  test('a stack of anybody is read by its outputs first, and never by the path or the stars of a parameter', () => {
    const foreign = (parameters: Texts, outputs: Texts = {}) =>
      found(appOf(stack('web', parameters, { IdentityPoolId: poolId(), ...users, ...outputs }))).facts
    const bucket = { UploadsBucketName: 'what-they-get' }
    assert.equal(foreign({ UploadsBucketName: 'what-they-give' }, bucket).uploads?.bucket, 'what-they-get')
    assert.equal(foreign({ UploadsBucketName: '/prod/bucket' }).uploads, undefined)
    assert.equal(foreign({ UserTableName: '****' }).table, undefined)
  })

  test('what was deleted is not meant; of two of one name the ARNs are said; --out - is standard output', () => {
    const one = printed(...ours(users))
    const gone = { ...one, StackId: `${one.StackId}0`, StackStatus: 'DELETE_COMPLETE' }
    const env = ['--outputs', '-', '--format', 'env']
    const live = poolform(folders, [...env, '--out', '-'], JSON.stringify({ Stacks: [gone, one] }))
    assert.deepEqual([live.status, live.stderr], [0, ''])
    assert.match(live.stdout, /^IDENTITY_POOL_ID=/)
    const twin = { ...one, StackId: `${one.StackId}1` }
    const twice = poolform(folders, [...env, '--stack-name', one.StackName], JSON.stringify({ Stacks: [one, twin] }))
    assert.ok(twice.stderr.includes(one.StackId) && twice.stderr.includes(twin.StackId), twice.stderr)
  })

  test('of a pool that nobody can sign in to is said that it gives nobody credentials', () => {
    const extra = { signIn: signInOf(undefined, undefined), prefix: '' }
    const notes = (parameters: Texts) => {
      const made = clientConfig('sdk-js', facts(parameters), extra)
      return 'notes' in made ? made.notes.join() : ''
    }
    assert.match(notes({}), /nobody gets credentials/)
    assert.equal(notes(users), '')
  })

  test('says what is wrong with a command line, or a file', () => {
    const usual = { format: 'amplify', force: false, json: false } as const
    for (const [args, words] of [
      [{}, /by --stack-name or --outputs/],
      [{ outputs: 'x', region: 'eu-west-1' }, /--region does not go with --outputs/],
      [{ outputs: 'x', endpointUrl: 'http://127.0.0.1' }, /--endpoint-url does not go with --outputs/],
      [{ stackName: 'a b' }, /is no name of a stack/],
      [{ stackName: stackId('a'), region: 'eu-west-1' }, /is in us-east-1/],
      [{ stackName: 'a', region: 'mars' }, /"mars" is no region/],
      [{ stackName: 'a', endpointUrl: 'mars' }, /--endpoint-url: give the http/],
      [{ outputs: 'x', prefix: 'X_' }, /--format env alone/],
      [{ outputs: 'x', force: true }, /--force goes with --out alone/],
      [{ outputs: '' }, /--outputs: name a file/],
      [{ outputs: 'x', out: '' }, /--out: name a file/],
      [{ outputs: 'x', bucketRegion: 'mars' }, /"mars" is no region/],
      [{ outputs: 'x', apiStage: 'a/b' }, /is no name of a stage/],
    ] as const) {
      assert.match(misuse({ ...usual, ...args }) ?? 'nothing', words)
    }
    assert.equal(misuse({ ...usual, stackName: 'notes', region: 'eu-west-1', apiStage: '$default' }), undefined)
    const { status, stdout, stderr } = poolform(folders, ['--outputs', 'x', '--format', 'env', '--prefix', '1-'])
    assert.deepEqual([status, stdout], [2, ''], stderr)
    assert.match(stderr, /no digit first/)
    assert.equal(poolform(folders, []).status, 2)
    const missing = poolform(folders, ['--outputs', 'missing.json'])
    assert.match(missing.stderr, /missing\.json does not exist \[unreadable-file\]\n {2}Name a file of what `aws/)
    assert.equal(missing.status, 1)
    assert.match(poolform(folders, ['--outputs', '-'], '{"Stacks": [').stderr, /standard input:1: .*cut off/)
    assert.match(poolform(folders, ['--outputs', '-'], '{}').stderr, /there is no stack in standard input/)
    assert.match(poolform(folders, ['--outputs', '-', '--stack-name', 'x'], stacks).stderr, /is not among .*web, notes/)
  })
})
