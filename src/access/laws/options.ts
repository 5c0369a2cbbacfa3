import { identityHost } from '../identity-host.ts'
import type { Scenario } from '../scenarios.ts'

/**
 * What a deployer has asked for, in the words of the identity-pool templates' parameters: a template that lacks a
 * parameter does not have its option. Empty text is absent.
 */
export type Options = {
  readonly region: string
  readonly partition: string
  readonly urlSuffix: string
  readonly account: string
  /** The host that signs the tokens of identity pools in the region. */
  readonly host: string | undefined
  /** Must all be given that the options say, and not only no more? A template with fewer options gives what it likes. */
  readonly isPromised: boolean
  readonly guests: boolean
  readonly classicFlow: boolean
  readonly userPool: string | undefined
  /** The app clients of the user pool. */
  readonly clients: readonly string[]
  /** The apps with other providers, by the hosts of these. */
  readonly social: Readonly<Record<string, string>>
  readonly openIdConnect: readonly string[]
  readonly saml: readonly string[]
  readonly developer: string | undefined
  readonly bucket: string | undefined
  readonly isKeyedBySub: boolean
  readonly protectedFolder: boolean
  readonly publicFolder: boolean
  readonly key: string | undefined
  readonly api: { readonly id: string; readonly region: string; readonly stage: string } | undefined
  readonly furtherApis: readonly string[]
  readonly table: string | undefined
  readonly roleByToken: boolean
  readonly ambiguousRole: string
  readonly defaultTags: boolean
  readonly managedPolicies: readonly string[]
  readonly boundary: string | undefined
}

const apps = [
  ['graph.facebook.com', 'FacebookAppId'],
  ['accounts.google.com', 'GoogleClientId'],
  ['www.amazon.com', 'AmazonAppId'],
  ['appleid.apple.com', 'AppleServicesId'],
] as const

export function optionsOf({ place, parameters, env }: Scenario): Options {
  const given = (name: string) => {
    const value = parameters[name]
    return value === '' ? undefined : value
  }
  const list = (name: string) => given(name)?.split(',') ?? []
  const is = (name: string, value = 'true') => parameters[name] === value
  const api = given('ApiId')
  return {
    ...place,
    account: String(env.accountId),
    host: identityHost(env),
    isPromised: Object.hasOwn(parameters, 'UploadsFolderKeyedBy'),
    guests: is('AllowGuests'),
    classicFlow: is('AllowClassicFlow'),
    userPool: given('UserPoolId'),
    clients: ['UserPoolClientId', 'UserPoolClientId2', 'UserPoolClientId3'].flatMap(list),
    social: Object.fromEntries(apps.flatMap(([host, name]) => list(name).map(app => [host, app] as const))),
    openIdConnect: list('OpenIdConnectProviderArns'),
    saml: list('SamlProviderArns'),
    developer: given('DeveloperProviderName'),
    bucket: given('UploadsBucketName'),
    isKeyedBySub: is('UploadsFolderKeyedBy', 'UserSub'),
    protectedFolder: is('AllowProtectedFolder'),
    publicFolder: is('AllowPublicFolder'),
    key: given('UploadsKmsKeyArn'),
    api:
      api === undefined
        ? undefined
        : { id: api, region: given('ApiRegion') ?? place.region, stage: given('ApiStage') ?? '*' },
    furtherApis: list('AdditionalApiArns'),
    table: given('UserTableName'),
    ambiguousRole: given('AmbiguousRoleResolution') ?? 'Deny',
    roleByToken: is('RoleSelection', 'Token'),
    defaultTags: is('UsePrincipalTags'),
    managedPolicies: list('AdditionalManagedPolicyArns'),
    boundary: given('PermissionsBoundaryArn'),
  }
}
