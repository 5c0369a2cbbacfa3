import type { Document, Json } from '../../document.ts'
import { type Resolved, resolve } from '../../resolve/index.ts'
import { isValueObject, Unknown, type Value } from '../../resolve/value.ts'
import { documentOf } from '../policies.ts'
import type { Scenario } from '../scenarios.ts'
import type { Deployed } from './deployed.ts'
import type { Given } from './given.ts'
import { nothingOfWhatIsOff } from './reached.ts'
import type { Violation } from './violation.ts'

/**
 * Law 6: an option that is off leaves no trace: no resource, statement, key or output; but the pool's two `Allow…` flags,
 * which are always written. One that is on has all that it is said to have.
 *
 * Nothing is made of a parameter that is left empty, which is seen by resolving the template once more with each of these
 * as a symbol; and what options make is there exactly where they are on.
 */
export function noTrace(deployed: Deployed, given: Given): readonly Violation[] {
  return [...nothingOfWhatIsOff(given), ...madeOfNothing(deployed), ...misplaced(deployed)]
}

function madeOfNothing({ document, scenario }: Deployed): readonly Violation[] {
  const empty = Object.keys(scenario.parameters).filter(name => scenario.parameters[name] === '')
  if (empty.length === 0) return []
  const symbols = empty.map(name => [name, new Unknown({ kind: 'parameter', name })] as const)
  const { Resources, Outputs } = resolve(decided(document, scenario), {
    ...scenario.env,
    parameters: { ...scenario.parameters, ...Object.fromEntries(symbols) },
  })
  const places = [...Object.entries(Resources), ...Object.entries(Outputs)]
  return places.flatMap(([id, place]) =>
    parametersIn(JSON.stringify(place))
      .filter(name => empty.includes(name))
      .map(name => violation(id, `${name} is empty`, `is made of ${name}`)),
  )
}

/** Its conditions as they are in the scenario, whatever the parameters. */
function decided(document: Document, { conditions }: Scenario): Document {
  const truth = (name: string, source: Json): Json => {
    const holds = conditions.get(name)
    return holds === undefined ? source : { 'Fn::Equals': ['true', String(holds)] }
  }
  const { Rules: _, Conditions = {}, ...others } = document
  const entries = Object.entries(Conditions).map(([name, source]) => [name, truth(name, source)] as const)
  return { ...others, Conditions: Object.fromEntries(entries) }
}

function parametersIn(json: string): readonly string[] {
  const names = [...json.matchAll(/"kind":"parameter","name":"(\w+)"/g)].map(([, name = '']) => name)
  return [...new Set(names)]
}

/** What an option makes. */
type Trace = {
  readonly name: string
  /** A template that lacks the parameter, the resource or the output does not have the option. */
  readonly of: readonly string[]
  readonly isOn: (scenario: Deployed) => boolean
  readonly isThere: (resolved: Resolved) => boolean
}

function misplaced(deployed: Deployed): readonly Violation[] {
  const { document, resolved } = deployed
  const declared = { ...document.Parameters, ...document.Resources, ...document.Outputs }
  return traces.flatMap(({ name, of, isOn, isThere }) => {
    if (!of.every(it => Object.hasOwn(declared, it))) return []
    const [is, should] = [isThere(resolved), isOn(deployed)]
    if (is === should) return []
    return [violation(name, `${of.join(', ')} as given`, is ? 'is there though its option is off' : 'is not there')]
  })
}

const given =
  (...names: readonly string[]) =>
  ({ scenario: { parameters } }: Deployed) =>
    names.some(name => (parameters[name] ?? '') !== '')

const is =
  (name: string, value = 'true') =>
  ({ scenario: { parameters } }: Deployed) =>
    parameters[name] === value

const resource =
  (id: string) =>
  ({ Resources }: Resolved) =>
    Object.hasOwn(Resources, id)

const output =
  (id: string) =>
  ({ Outputs }: Resolved) =>
    Object.hasOwn(Outputs, id)

const property =
  (id: string, ...keys: readonly string[]) =>
  ({ Resources }: Resolved) =>
    within(Resources[id]?.Properties, keys) !== undefined

const flag =
  (id: string, ...keys: readonly string[]) =>
  ({ Resources }: Resolved) =>
    String(within(Resources[id]?.Properties, keys)) === 'true'

function within(value: Value | undefined, keys: readonly string[]): Value | undefined {
  return keys.reduce((at: Value | undefined, key) => (isValueObject(at) ? at[key] : undefined), value)
}

const text =
  (id: string, part: string) =>
  ({ Outputs }: Resolved) =>
    JSON.stringify(Outputs[id]?.Value ?? '').includes(JSON.stringify(part).slice(1, -1))

const statement =
  (id: string, document: string, isOne: (text: string) => boolean) =>
  ({ Resources }: Resolved) => {
    const policy = documentOf(Resources[id]?.Properties[document])
    const statements = isValueObject(policy) ? [policy['Statement'] ?? []].flat() : []
    return statements.some(it => isOne(JSON.stringify(it)))
  }

const mentions = (part: string) => (it: string) => it.includes(part)

const action =
  (id: string, pattern: RegExp) =>
  ({ Resources }: Resolved) =>
    pattern.test(JSON.stringify(Resources[id]?.Properties['Policies'] ?? []))

const pool = ['IdentityPool', 'AuthenticatedRole']

const bySub = is('UploadsFolderKeyedBy', 'UserSub')
const tags = is('UsePrincipalTags')

/** By the words of our own templates. */
const traces: readonly Trace[] = [
  ...(
    [
      ['UnauthenticatedRole', resource('UnauthenticatedRole')],
      ['UnauthenticatedRoleArn', output('UnauthenticatedRoleArn')],
      ['RoleAttachment Roles.unauthenticated', property('RoleAttachment', 'Roles', 'unauthenticated')],
      ['IdentityPool AllowUnauthenticatedIdentities', flag('IdentityPool', 'AllowUnauthenticatedIdentities')],
      ['ClientConfiguration allowGuestAccess', text('ClientConfiguration', '"allowGuestAccess":true')],
    ] as const
  ).map(([name, isThere]) => ({ name, of: ['AllowGuests'], isOn: is('AllowGuests'), isThere })),
  {
    name: 'IdentityPool AllowClassicFlow',
    of: ['AllowClassicFlow'],
    isOn: is('AllowClassicFlow'),
    isThere: flag('IdentityPool', 'AllowClassicFlow'),
  },
  ...(
    [
      ['IdentityPool IdentityPoolName', 'IdentityPoolName', property('IdentityPool', 'IdentityPoolName')],
      ['IdentityPool CognitoIdentityProviders', 'UserPoolId', property('IdentityPool', 'CognitoIdentityProviders')],
      ['LoginProviderName', 'UserPoolId', output('LoginProviderName')],
      [
        'IdentityPool Facebook',
        'FacebookAppId',
        property('IdentityPool', 'SupportedLoginProviders', 'graph.facebook.com'),
      ],
      [
        'IdentityPool Google',
        'GoogleClientId',
        property('IdentityPool', 'SupportedLoginProviders', 'accounts.google.com'),
      ],
      ['IdentityPool Amazon', 'AmazonAppId', property('IdentityPool', 'SupportedLoginProviders', 'www.amazon.com')],
      [
        'IdentityPool Apple',
        'AppleServicesId',
        property('IdentityPool', 'SupportedLoginProviders', 'appleid.apple.com'),
      ],
      [
        'IdentityPool OpenID Connect',
        'OpenIdConnectProviderArns',
        property('IdentityPool', 'OpenIdConnectProviderARNs'),
      ],
      ['IdentityPool SAML', 'SamlProviderArns', property('IdentityPool', 'SamlProviderARNs')],
      ['IdentityPool developer provider', 'DeveloperProviderName', property('IdentityPool', 'DeveloperProviderName')],
      ['AuthenticatedRole s3', 'UploadsBucketName', action('AuthenticatedRole', /"s3:/i)],
      ['AuthenticatedRole kms', 'UploadsKmsKeyArn', action('AuthenticatedRole', /"kms:/i)],
      ['AuthenticatedRole dynamodb', 'UserTableName', action('AuthenticatedRole', /"dynamodb:/i)],
      [
        'AuthenticatedRole ManagedPolicyArns',
        'AdditionalManagedPolicyArns',
        property('AuthenticatedRole', 'ManagedPolicyArns'),
      ],
      [
        'AuthenticatedRole PermissionsBoundary',
        'PermissionsBoundaryArn',
        property('AuthenticatedRole', 'PermissionsBoundary'),
      ],
    ] as const
  ).map(([name, parameter, isThere]) => ({ name, of: [parameter, ...pool], isOn: given(parameter), isThere })),
  ...(
    [
      ['ClientConfiguration userPoolId', 'UserPoolId', '"userPoolId"'],
      ['ClientConfiguration Storage', 'UploadsBucketName', '"Storage"'],
    ] as const
  ).map(([name, parameter, part]) => ({
    name,
    of: [parameter, 'IdentityPool', 'ClientConfiguration'],
    isOn: given(parameter),
    isThere: text('ClientConfiguration', part),
  })),
  {
    name: 'IdentityPool SupportedLoginProviders',
    of: ['FacebookAppId', 'GoogleClientId', 'AmazonAppId', 'AppleServicesId'],
    isOn: given('FacebookAppId', 'GoogleClientId', 'AmazonAppId', 'AppleServicesId'),
    isThere: property('IdentityPool', 'SupportedLoginProviders'),
  },
  {
    name: 'AuthenticatedRole execute-api',
    of: ['ApiId', 'AdditionalApiArns'],
    isOn: given('ApiId', 'AdditionalApiArns'),
    isThere: action('AuthenticatedRole', /"execute-api:/i),
  },
  {
    name: 'RoleAttachment RoleMappings',
    of: ['RoleSelection'],
    isOn: is('RoleSelection', 'Token'),
    isThere: property('RoleAttachment', 'RoleMappings'),
  },
  {
    name: 'RoleAttachment UserPoolClient2',
    of: ['RoleSelection', 'UserPoolClientId2'],
    isOn: it => is('RoleSelection', 'Token')(it) && given('UserPoolClientId2')(it),
    isThere: property('RoleAttachment', 'RoleMappings', 'UserPoolClient2'),
  },
  {
    name: 'RoleAttachment UserPoolClient3',
    of: ['RoleSelection', 'UserPoolClientId3'],
    isOn: it => is('RoleSelection', 'Token')(it) && given('UserPoolClientId3')(it),
    isThere: property('RoleAttachment', 'RoleMappings', 'UserPoolClient3'),
  },
  ...(
    [
      ['PrincipalTag', resource('PrincipalTag')],
      [
        'AuthenticatedRole sts:TagSession',
        statement('AuthenticatedRole', 'AssumeRolePolicyDocument', mentions('sts:TagSession')),
      ],
    ] as const
  ).map(([name, isThere]) => ({
    name,
    of: ['UsePrincipalTags', 'UploadsFolderKeyedBy'],
    isOn: (it: Deployed) => tags(it) || bySub(it),
    isThere,
  })),
  {
    name: 'PrincipalTag userSub',
    of: ['UsePrincipalTags', 'UploadsFolderKeyedBy'],
    isOn: bySub,
    isThere: property('PrincipalTag', 'PrincipalTags', 'userSub'),
  },
  {
    name: 'PrincipalTag defaults',
    of: ['UsePrincipalTags', 'UploadsFolderKeyedBy'],
    isOn: tags,
    isThere: it => flag('PrincipalTag', 'UseDefaults')(it) || property('PrincipalTag', 'PrincipalTags', 'username')(it),
  },

  // The bucket to publish from.
  ...(
    [
      ['BucketPolicy PublicRead', 'Public', mentions('"PublicRead"')],
      ['BucketPolicy OrganizationRead', 'Organization', mentions('"OrganizationRead"')],
    ] as const
  ).map(([name, access, isOne]) => ({
    name,
    of: ['ReadAccess', 'BucketPolicy'],
    isOn: is('ReadAccess', access),
    isThere: statement('BucketPolicy', 'PolicyDocument', isOne),
  })),
  {
    name: 'BucketPolicy for anybody',
    of: ['ReadAccess', 'BucketPolicy'],
    isOn: is('ReadAccess', 'Public'),
    isThere: statement(
      'BucketPolicy',
      'PolicyDocument',
      it => it.includes('"Effect":"Allow"') && !it.includes('"Condition"'),
    ),
  },
  ...(['BlockPublicPolicy', 'RestrictPublicBuckets'] as const).map(key => ({
    name: `Bucket ${key}`,
    of: ['ReadAccess', 'BucketPolicy'],
    isOn: (it: Deployed) => !is('ReadAccess', 'Public')(it),
    isThere: flag('Bucket', 'PublicAccessBlockConfiguration', key),
  })),
  ...(['ReleasesAreWrittenOnce', 'NothingIsDeleted'] as const).map(sid => ({
    name: `BucketPolicy ${sid}`,
    of: ['ProtectReleases'],
    isOn: is('ProtectReleases'),
    isThere: statement('BucketPolicy', 'PolicyDocument', mentions(`"${sid}"`)),
  })),
  ...(['AccessLogBucket', 'AccessLogBucketPolicy'] as const).map(id => ({
    name: id,
    of: ['AccessLogRetentionDays'],
    isOn: given('AccessLogRetentionDays'),
    isThere: resource(id),
  })),
  {
    name: 'AccessLogBucketName',
    of: ['AccessLogRetentionDays'],
    isOn: given('AccessLogRetentionDays'),
    isThere: output('AccessLogBucketName'),
  },
  {
    name: 'Bucket LoggingConfiguration',
    of: ['AccessLogRetentionDays', 'AccessLogBucketName'],
    isOn: given('AccessLogRetentionDays', 'AccessLogBucketName'),
    isThere: property('Bucket', 'LoggingConfiguration'),
  },
  {
    name: 'Bucket BucketName',
    of: ['BucketName', 'Bucket'],
    isOn: given('BucketName'),
    isThere: property('Bucket', 'BucketName'),
  },

  // The app of notes.
  {
    name: 'UserPool AllowAdminCreateUserOnly',
    of: ['AllowSignUp', 'UserPool'],
    isOn: it => !is('AllowSignUp')(it),
    isThere: flag('UserPool', 'AdminCreateUserConfig', 'AllowAdminCreateUserOnly'),
  },
]

function violation(statement: string, request: string, because: string): Violation {
  return { law: 6, statement, request, because }
}
