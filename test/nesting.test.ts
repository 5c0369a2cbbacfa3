import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { runInNewContext } from 'node:vm'

import { transformSync } from 'esbuild'
import hcl from 'hcl2-parser'
import { type Document, isObject, type Json, type JsonObject } from '../src/document.ts'
import {
  cdkSnippet,
  type Deployment as Launched,
  nestedYaml,
  samSnippet,
  terraformSnippet,
} from '../src/launch/commands.ts'
import { regions } from '../src/launch/partitions.ts'
import { templateUrl } from '../src/launch/template-url.ts'
import { link } from '../src/link.ts'
import { read } from '../src/read.ts'
import identityPool from '../templates/identity-pool.ts'
import notesApp from '../templates/notes-app.ts'
import { refusals, resolve } from './support/resolve.ts'

const { document: nested } = link(identityPool, { id: 'identity-pool', version: '1.2.3' })
const { document } = link(notesApp, { id: 'notes-app', version: '1.2.3' })

const url = 'https://YOUR-BUCKET.s3.us-east-1.amazonaws.com/templates/identity-pool/0.1.0/identity-pool.yaml'
const given = {
  IdentityPoolTemplateUrl: url.replace('YOUR-BUCKET', 'releases'),
  AppOrigin: 'https://notes.example.com',
}
const made = resolve(document, { parameters: given }).Resources

function properties(id: string): JsonObject {
  const { Properties } = made[id] ?? assert.fail(`no ${id}`)
  return Properties
}

// ---- notes-app ---------------------------------------------------------------------------------------------------

test('the user pool takes e-mail addresses and long passwords, and says nothing of who exists', () => {
  assert.deepEqual(properties('UserPool'), {
    DeletionProtection: 'INACTIVE',
    UsernameAttributes: ['email'],
    UsernameConfiguration: { CaseSensitive: false },
    AutoVerifiedAttributes: ['email'],
    UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ['email'] },
    AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'verified_email', Priority: 1 }] },
    AdminCreateUserConfig: { AllowAdminCreateUserOnly: false },
    Policies: {
      PasswordPolicy: {
        MinimumLength: 12,
        RequireLowercase: true,
        RequireNumbers: true,
        RequireSymbols: true,
        RequireUppercase: true,
        TemporaryPasswordValidityDays: 3,
      },
    },
    MfaConfiguration: 'OPTIONAL',
    EnabledMfas: ['SOFTWARE_TOKEN_MFA'],
  })
  assert.deepEqual(properties('UserPoolClient'), {
    UserPoolId: '<UserPool>',
    GenerateSecret: false,
    ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
    PreventUserExistenceErrors: 'ENABLED',
    EnableTokenRevocation: true,
    AccessTokenValidity: 60,
    IdTokenValidity: 60,
    RefreshTokenValidity: 30,
    TokenValidityUnits: { AccessToken: 'minutes', IdToken: 'minutes', RefreshToken: 'days' },
    WriteAttributes: ['email', 'name'],
  })
  const { Resources } = resolve(document, {
    parameters: { ...given, AllowSignUp: 'false', UserPoolDeletionProtection: 'ACTIVE' },
  })
  assert.deepEqual(Resources['UserPool']?.Properties['AdminCreateUserConfig'], { AllowAdminCreateUserOnly: true })
  assert.equal(Resources['UserPool']?.Properties['DeletionProtection'], 'ACTIVE')
})

test('the bucket is private, encrypted, versioned and open to the app’s origin alone, and only by TLS', () => {
  assert.deepEqual(properties('Uploads'), {
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
    },
    OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
    VersioningConfiguration: { Status: 'Enabled' },
    LifecycleConfiguration: {
      Rules: [
        {
          Id: 'old-versions',
          Status: 'Enabled',
          NoncurrentVersionExpiration: { NoncurrentDays: 30 },
          ExpiredObjectDeleteMarker: true,
        },
        { Id: 'incomplete-uploads', Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } },
      ],
    },
    CorsConfiguration: {
      CorsRules: [
        {
          Id: 'app',
          AllowedOrigins: ['https://notes.example.com'],
          AllowedMethods: ['GET', 'PUT', 'POST', 'DELETE', 'HEAD'],
          AllowedHeaders: ['*'],
          ExposedHeaders: ['ETag'],
          MaxAge: 3600,
        },
      ],
    },
  })
  assert.deepEqual(properties('UploadsPolicy'), {
    Bucket: '<Uploads>',
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'TlsOnly',
          Effect: 'Deny',
          Principal: '*',
          Action: 's3:*',
          Resource: ['Uploads.Arn', 'Uploads.Arn/*'],
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ],
    },
  })
})

test('every method of the API but OPTIONS asks for a signature, and all answer the app’s origin', () => {
  const methods = Object.values(made).filter(it => it.Type === 'AWS::ApiGateway::Method')
  assert.deepEqual(
    methods.map(({ Properties }) => [Properties['HttpMethod'], Properties['AuthorizationType']]),
    [
      ['GET', 'AWS_IAM'],
      ['OPTIONS', 'NONE'],
    ],
  )
  const header = 'method.response.header.Access-Control-Allow-Origin'
  for (const { Properties } of methods) {
    const integration = Properties['Integration']
    assert.ok(isObject(integration) && Array.isArray(integration['IntegrationResponses']))
    for (const response of integration['IntegrationResponses']) {
      assert.ok(isObject(response) && isObject(response['ResponseParameters']))
      assert.equal(response['ResponseParameters'][header], 'stageVariables.AppOrigin')
    }
    // API Gateway drops a header that the method response does not declare.
    const [declared] = Array.isArray(Properties['MethodResponses']) ? Properties['MethodResponses'] : []
    const [mapped] = integration['IntegrationResponses']
    assert.ok(isObject(declared) && isObject(declared['ResponseParameters']))
    assert.ok(isObject(mapped) && isObject(mapped['ResponseParameters']))
    assert.deepEqual(Object.keys(declared['ResponseParameters']), Object.keys(mapped['ResponseParameters']))
    assert.equal(declared['StatusCode'], mapped['StatusCode'])
  }
  assert.deepEqual(properties('ApiStage')['Variables'], { AppOrigin: 'https://notes.example.com' })
  for (const [id, ResponseType] of [
    ['ClientErrors', 'DEFAULT_4XX'],
    ['ServerErrors', 'DEFAULT_5XX'],
  ] as const) {
    assert.deepEqual(properties(id), {
      RestApiId: '<Api>',
      ResponseType,
      ResponseParameters: { 'gatewayresponse.header.Access-Control-Allow-Origin': "'https://notes.example.com'" },
    })
  }
  assert.doesNotMatch(JSON.stringify(document), /Allow-Origin[^}]*'\*'/)
})

/** Of all that Deployment1 deploys. */
const deployed = '1e466d032c32'

test('the deployment of the API has another logical ID whenever what it deploys is another', () => {
  const { Deployment1, ...others } = Object.fromEntries(
    Object.entries(document.Resources).filter(([, it]) =>
      /ApiGateway::(?!Stage)/.test(String(isObject(it) && it['Type'])),
    ),
  )
  assert.ok(isObject(Deployment1))
  const waitsFor = Deployment1['DependsOn']
  assert.deepEqual(
    Object.keys(others).filter(id => !['Api', 'NotesResource'].includes(id)),
    waitsFor,
  )
  const said = createHash('sha256').update(JSON.stringify(others)).digest('hex').slice(0, 12)
  assert.equal(said, deployed, 'call Deployment1 Deployment2, so that it is deployed, and put this digest here')
})

test('what holds data outlives the stack, and the rest of the API does not', () => {
  const policies = Object.entries(document.Resources).flatMap(([id, it]) =>
    isObject(it) && it['DeletionPolicy'] !== undefined ? [[id, it['DeletionPolicy'], it['UpdateReplacePolicy']]] : [],
  )
  assert.deepEqual(policies, [
    ['UserPool', 'RetainExceptOnCreate', 'Retain'],
    ['UserPoolClient', 'RetainExceptOnCreate', 'Delete'],
    ['Uploads', 'RetainExceptOnCreate', 'Retain'],
    ['UploadsPolicy', 'RetainExceptOnCreate', 'Retain'],
    ['Identity', 'RetainExceptOnCreate', 'Retain'],
  ])
})

/** What is handed down, with values of the kind that AWS gives. */
function handedDown(): Readonly<Record<string, string>> {
  const { Parameters } = properties('Identity')
  assert.ok(isObject(Parameters))
  const physical: Readonly<Record<string, string>> = {
    '<UserPool>': 'us-east-1_a1B2c3D4e',
    '<UserPoolClient>': '1example23456789',
    '<Uploads>': 'notes-uploads-1a2b3c',
    '<Api>': 'a1b2c3d4e5',
    '<ApiStage>': 'prod',
  }
  return Object.fromEntries(
    Object.entries(Parameters).map(([name, value]) => [name, physical[String(value)] ?? assert.fail(String(value))]),
  )
}

test('identity-pool has each parameter that is handed down, takes the value, and makes of it what is meant', () => {
  const parameters = handedDown()
  assert.deepEqual(Object.keys(parameters), [
    'UserPoolId',
    'UserPoolClientId',
    'UploadsBucketName',
    'ApiId',
    'ApiStage',
  ])
  assert.deepEqual(strangers(parameters), [])
  assert.deepEqual(refusals(nested, { parameters }), [])
  const { Resources } = resolve(nested, { parameters })
  const granted = JSON.stringify(Resources['AuthenticatedRole']?.Properties['Policies'])
  assert.match(granted, /arn:aws:s3:::notes-uploads-1a2b3c\/private\//)
  assert.match(granted, /:a1b2c3d4e5\/prod\/\*"/)
  assert.deepEqual(Object.keys(Resources), ['IdentityPool', 'AuthenticatedRole', 'RoleAttachment'])
})

test('identity-pool has each output that is read, with the parameters that are handed down', () => {
  const outputs = resolve(nested, { parameters: handedDown() }).Outputs
  const asked = [...JSON.stringify(document).matchAll(/\["Identity","Outputs\.(\w+)"\]/g)].map(([, name = '']) => name)
  assert.deepEqual([...new Set(asked)].sort(), [
    ...['AuthenticatedRoleArn', 'AuthenticatedRoleName', 'ClientConfiguration', 'IdentityPoolId'],
    ...['LoginProviderName', 'TemplateVersion'],
  ])
  assert.deepEqual(
    asked.filter(name => outputs[name] === undefined),
    [],
  )
})

test('the outputs are what an app needs', () => {
  assert.deepEqual(resolve(document, { parameters: given }).Outputs, {
    ClientConfiguration: 'Identity.Outputs.ClientConfiguration',
    ApiUrl: 'https://<Api>.execute-api.us-east-1.amazonaws.com/<ApiStage>',
    IdentityPoolId: 'Identity.Outputs.IdentityPoolId',
    LoginProviderName: 'Identity.Outputs.LoginProviderName',
    UserPoolId: '<UserPool>',
    UserPoolClientId: '<UserPoolClient>',
    UploadsBucketName: '<Uploads>',
    AuthenticatedRoleName: 'Identity.Outputs.AuthenticatedRoleName',
    AuthenticatedRoleArn: 'Identity.Outputs.AuthenticatedRoleArn',
    IdentityPoolTemplateVersion: 'Identity.Outputs.TemplateVersion',
    TemplateId: 'notes-app',
    TemplateVersion: '1.2.3',
  })
})

for (const [region, partition] of [
  ['cn-north-1', 'aws-cn'],
  ['eusc-de-east-1', 'aws-eusc'],
  ['us-iso-east-1', 'aws-iso'],
] as const) {
  test(`in ${partition} notes-app makes nothing`, () => {
    assert.throws(
      () => resolve(document, { parameters: given, region, partition }),
      /FindInMap finds nothing under ApiEndpoints/,
    )
  })
}

test('in GovCloud notes-app is made as elsewhere', () => {
  const { Resources, Outputs } = resolve(document, {
    parameters: given,
    region: 'us-gov-west-1',
    partition: 'aws-us-gov',
  })
  assert.deepEqual(Object.keys(Resources), Object.keys(made))
  assert.equal(Outputs['ApiUrl'], 'https://<Api>.execute-api.us-gov-west-1.amazonaws.com/<ApiStage>')
})

test('the URL of a published template is taken, wherever it is published', () => {
  const places = regions
    .filter(({ partition }) => partition === 'aws' || partition === 'aws-us-gov')
    .flatMap(({ id }) => [
      { bucket: 'releases', prefix: '', region: id },
      { bucket: 'releases.example.com', prefix: 'a b/ü(1)', region: id },
    ])
  const urls = [...places, { baseUrl: 'https://releases.s3.amazonaws.com/templates' }].flatMap(place => [
    templateUrl(place, { template: 'identity-pool', version: '1.0.0-rc.1' }),
    templateUrl(place, { template: 'identity-pool', version: 'latest', versionId: 'L4kqtJlcpXroDTDmpUMLUo.A_b-c' }),
  ])
  assert.ok(urls.length > 100)
  const refused = urls.filter(
    it => refusals(document, { parameters: { ...given, IdentityPoolTemplateUrl: it } }).length > 0,
  )
  assert.deepEqual(refused, [])
})

const values: Readonly<Record<string, readonly [accepted: readonly string[], refused: readonly string[]]>> = {
  IdentityPoolTemplateUrl: [
    [
      'https://s3.amazonaws.com/releases/identity-pool.yaml',
      'https://s3.us-east-1.amazonaws.com/releases/p/identity-pool.yaml',
      'https://s3-us-west-2.amazonaws.com/releases/0123abcd.template',
    ],
    [
      '',
      'identity-pool.yaml',
      's3://releases/identity-pool.yaml',
      'http://releases.s3.us-east-1.amazonaws.com/identity-pool.yaml',
      'https://releases.s3.us-east-1.amazonaws.com',
      'https://releases.s3.us-east-1.amazonaws.com/',
      'https://releases.s3.us-east-1.amazonaws.com.example.com/identity-pool.yaml',
      'https://example.com/releases.s3.us-east-1.amazonaws.com/identity-pool.yaml',
      'https://example.com/?https://releases.s3.us-east-1.amazonaws.com/identity-pool.yaml',
      'https://user@releases.s3.us-east-1.amazonaws.com/identity-pool.yaml',
      'https://releases.s3-website-us-east-1.amazonaws.com/identity-pool.yaml',
      'https://releases.s3.us-east-1.amazonaws.com/identity-pool.yaml?x=y',
      'https://releases.s3.us-east-1.amazonaws.com/identity-pool.yaml#x',
      'https://releases.s3.us-east-1.amazonaws.com/identity pool.yaml',
      'https://raw.githubusercontent.com/a/b/main/identity-pool.yaml',
      'https://d111111abcdef8.cloudfront.net/identity-pool.yaml',
      `https://releases.s3.us-east-1.amazonaws.com/${'x'.repeat(1024)}`,
    ],
  ],
  AppOrigin: [
    ['https://notes.example.com', 'https://notes.example.com:8443', 'http://localhost:5173', 'http://127.0.0.1'],
    [
      '',
      '*',
      'null',
      'https://*',
      'https://*.example.com',
      'https://notes.example.com/',
      'https://notes.example.com/app',
      'http://notes.example.com',
      'https://Notes.example.com',
      'https://a.example.com,https://b.example.com',
      "https://notes.example.com'",
      'https://user@notes.example.com',
      'notes.example.com',
      'http://localhost.example.com',
    ],
  ],
  AllowSignUp: [
    ['true', 'false'],
    ['', 'yes'],
  ],
  UserPoolDeletionProtection: [
    ['ACTIVE', 'INACTIVE'],
    ['', 'true'],
  ],
}

for (const [id, [accepted, refused]] of Object.entries(values)) {
  test(`${id} of notes-app takes what it should and refuses the rest in words`, () => {
    const declaration = document.Parameters?.[id]
    assert.ok(isObject(declaration))
    const asked = (value: string) => refusals(document, { parameters: { ...given, [id]: value } })
    for (const value of accepted) assert.deepEqual(asked(value), [], value)
    const words = `${id}: ${String(declaration['ConstraintDescription'])}`
    for (const value of refused) assert.deepEqual(asked(value), [words], value)
  })
}

test('every parameter of notes-app has values above; what must be given has no default', () => {
  assert.deepEqual(Object.keys(document.Parameters ?? {}), Object.keys(values))
  assert.throws(() => resolve(document, { parameters: { AppOrigin: given.AppOrigin } }), /IdentityPoolTemplateUrl/)
  assert.throws(
    () => resolve(document, { parameters: { IdentityPoolTemplateUrl: given.IdentityPoolTemplateUrl } }),
    /AppOrigin/,
  )
})

// ---- README.md ---------------------------------------------------------------------------------------------------

const readme = readFileSync('README.md', 'utf8')
const section = /^## Nested in a stack of yours\n.*?(?=^### |^## )/ms.exec(readme)?.[0] ?? ''

function snippets(language: string): readonly string[] {
  return [...section.matchAll(/^```(\w+)\n(.*?)^```$/gms)].flatMap(([, tag, text = '']) =>
    tag === language ? [text] : [],
  )
}

const [plain = '', sam = ''] = snippets('yaml')
const [stackScript = '', includeScript = ''] = snippets('ts')
const [terraform = ''] = snippets('hcl')

/** What the launch page writes. */
const launched: Launched = {
  artifact: { name: 'identity-pool', file: 'identity-pool.yaml', bytes: 1, capabilities: ['CAPABILITY_IAM'] },
  templateUrl: url.replace('YOUR-BUCKET', 'releases'),
  region: 'us-east-1',
  stackName: 'notes-identity-pool',
  parameters: { UserPoolId: 'us-east-1_a1B2c3D4e', UserPoolClientId: '1example23456789' },
}

test('the section has a snippet for each tool, and the URL of this version as it is published', () => {
  assert.deepEqual(
    ['yaml', 'ts', 'hcl'].map(language => snippets(language).length),
    [2, 2, 1],
  )
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
  const published = templateUrl(
    { bucket: 'YOUR-BUCKET', prefix: 'templates', region: 'us-east-1' },
    { template: 'identity-pool', version },
  )
  const found = [...section.matchAll(/https:\/\/YOUR-BUCKET[^\s'"]*/g)].map(([it]) => it)
  assert.ok(found.length >= 4)
  assert.deepEqual([...new Set(found)], [published])
})

const folder = mkdtempSync(join(tmpdir(), 'poolform-nesting-'))
after(() => rmSync(folder, { recursive: true, force: true }))

test('the templates of README.md pass the compiler’s checks and cfn-lint', () => {
  const files = Object.entries({ plain, sam }).map(([name, text]) => {
    const file = join(folder, `${name}.yaml`)
    writeFileSync(file, text)
    return file
  })
  const findings = execFileSync(process.execPath, ['lib/cli.cjs', 'lint', '--json', ...files], { encoding: 'utf8' })
  assert.equal(findings, '')
})

for (const [name, text, type, source, generated] of [
  ['CloudFormation', plain, 'AWS::CloudFormation::Stack', 'TemplateURL', nestedYaml(launched)],
  ['AWS SAM', sam, 'AWS::Serverless::Application', 'Location', samSnippet(launched)],
] as const) {
  test(`nested by ${name}, the template has the parameters and outputs that are named, as the launch page writes it`, () => {
    const mine = nestedIn(parsed(text))
    assert.equal(mine['Type'], type)
    const { Parameters } = present(mine['Properties'])
    assert.deepEqual(strangers(present(Parameters)), [])
    assert.deepEqual(
      namedOutputs(text).filter(it => nested.Outputs?.[it] === undefined),
      [],
    )
    assert.ok(namedOutputs(text).length > 0)

    const generator = nestedIn(parsed(generated))
    assert.equal(generator['Type'], type)
    assert.deepEqual(Object.keys(present(generator['Properties'])), [source, 'Parameters'])
    assert.deepEqual(Object.keys(present(mine['Properties'])), [source, 'Parameters'])
  })
}

test('nested by Terraform, the template has the parameters and outputs that are named, as the launch page writes it', () => {
  const mine = stackOf(terraform)
  assert.deepEqual(strangers(present(mine['parameters'])), [])
  assert.deepEqual(mine['capabilities'], ['CAPABILITY_IAM'])
  assert.equal(mine['template_url'], url)
  const outputs = [...terraform.matchAll(/outputs\["(\w+)"\]/g)].map(([, name = '']) => name)
  assert.ok(outputs.length > 0)
  assert.deepEqual(
    outputs.filter(it => nested.Outputs?.[it] === undefined),
    [],
  )
  assert.deepEqual(Object.keys(stackOf(terraformSnippet(launched))).sort(), Object.keys(mine).sort())
  assert.throws(() => stackOf(terraform.replace('parameters = {', 'parameters = {{')))
})

test('by CDK, CfnStack gets the URL, the parameters and outputs that the template has, as the launch page writes it', () => {
  const { made, outputs } = construct(stackScript)
  const [stack] = made.filter(it => it.kind === 'CfnStack')
  assert.equal(stack?.props['templateUrl'], url)
  assert.deepEqual(strangers(present(stack?.props['parameters'])), [])
  assert.deepEqual(outputs, ['ClientConfiguration'])
  assert.ok(nested.Outputs?.['ClientConfiguration'] !== undefined)
  const [written] = construct(inStack(cdkSnippet(launched))).made
  assert.equal(written?.kind, 'CfnStack')
  assert.deepEqual(Object.keys(written?.props ?? {}), Object.keys(stack?.props ?? {}))
})

test('by CDK, CfnInclude gets literal parameters that the template takes and has the resources that are asked for', () => {
  const { made, asked, defaults } = construct(includeScript)
  const [include] = made
  assert.equal(include?.kind, 'CfnInclude')
  assert.deepEqual(strangers(defaults), [])
  assert.deepEqual(refusals(nested, { parameters: defaults }), [])
  assert.deepEqual(asked, ['AuthenticatedRole'])
  assert.ok(nested.Resources['AuthenticatedRole'] !== undefined)
  // aws-cdk-lib 2.276.0 takes the Fn::If for entries of the map, and refuses to synthesize
  assert.equal(JSON.stringify(include?.props['dehydratedResources']), '["RoleAttachment"]')
  const { RoleAttachment } = nested.Resources
  assert.ok(isObject(RoleAttachment) && isObject(RoleAttachment['Properties']))
  const { RoleMappings } = RoleAttachment['Properties']
  assert.ok(isObject(RoleMappings) && RoleMappings['Fn::If'] !== undefined)
})

/** The names that are no parameter of identity-pool. */
function strangers(parameters: JsonObject): readonly string[] {
  return Object.keys(parameters).filter(name => nested.Parameters?.[name] === undefined)
}

function present(value: Json | undefined): JsonObject {
  return isObject(value) ? value : assert.fail(`${JSON.stringify(value)} is no object`)
}

function parsed(text: string): Document {
  const template = read(text)
  assert.ok(template.kind === 'template')
  return template.document
}

function nestedIn({ Resources }: Document): JsonObject {
  const found = Object.values(Resources).find(
    it => isObject(it) && /CloudFormation::Stack|Serverless::Application/.test(String(it['Type'])),
  )
  return present(found)
}

function namedOutputs(text: string): readonly string[] {
  return [...text.matchAll(/!GetAtt \w+\.Outputs\.(\w+)/g)].map(([, name = '']) => name)
}

/** The attributes of the one stack, as HashiCorp's parser reads them. */
function stackOf(text: string): JsonObject {
  const [tree] = hcl.parseToObject(text)
  const root: Json = JSON.parse(JSON.stringify(tree))
  const stacks = present(present(present(root)['resource'])['aws_cloudformation_stack'])
  const [bodies, ...others] = Object.values(stacks)
  assert.deepEqual(others, [])
  assert.ok(Array.isArray(bodies))
  return present(bodies[0])
}

type Construct = { readonly kind: string; readonly props: JsonObject }

/** The snippet as it runs on stand-ins for the CDK's classes: what it makes, and which outputs and resources it asks for. */
function construct(script: string) {
  const made: Construct[] = []
  const outputs: string[] = []
  const asked: string[] = []
  const defaults: Record<string, string> = {}
  const recorded = (kind: string) =>
    class {
      constructor(_scope: unknown, _id: string, props: JsonObject) {
        made.push({ kind, props })
      }
      applyRemovalPolicy() {}
      getAtt(name: string) {
        outputs.push(name.replace('Outputs.', ''))
        return 'attribute'
      }
      getResource(name: string) {
        asked.push(name)
        return { ref: 'reference' }
      }
      getParameter(name: string) {
        return {
          set default(value: string) {
            defaults[name] = value
          },
        }
      }
    }
  class UserPool {
    readonly userPoolId = 'token'
    addClient = () => ({ userPoolClientId: 'token' })
  }
  const modules: Readonly<Record<string, object>> = {
    'aws-cdk-lib': { Stack: class {}, CfnStack: recorded('CfnStack'), CfnOutput: class {}, RemovalPolicy: {} },
    'aws-cdk-lib/aws-cognito': { UserPool },
    'aws-cdk-lib/aws-iam': { Role: { fromRoleName: () => ({}) } },
    'aws-cdk-lib/cloudformation-include': { CfnInclude: recorded('CfnInclude') },
  }
  const { code } = transformSync(script, { loader: 'ts', format: 'cjs' })
  const exported: { exports: Readonly<Record<string, new (scope: object, id: string) => object>> } = { exports: {} }
  runInNewContext(code, { module: exported, require: (name: string) => modules[name] ?? assert.fail(name) })
  for (const Stack of Object.values(exported.exports)) new Stack({}, 'Stack')
  return { made, outputs, asked, defaults }
}

/** What the launch page writes stands in a stack's constructor. */
function inStack(snippet: string): string {
  const [imports = '', ...statements] = snippet.split('\n\n')
  return `${imports}\nexport class S { constructor() {\n${statements.join('\n\n')}\n} }`
}
