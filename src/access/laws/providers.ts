import type { Resolved } from '../../resolve/index.ts'
import { isValueObject, Unknown, type Value } from '../../resolve/value.ts'
import type { Deployed } from './deployed.ts'
import type { Options } from './options.ts'
import { is, isSame } from './same.ts'
import type { Violation } from './violation.ts'

/**
 * Law 1, as far as it is about who gets an identity of a pool at all, and by which way a role: the providers and the
 * mappings are those that the parameters name, and no others.
 */
export function onlyNamedProviders({ resolved, options }: Deployed): readonly Violation[] {
  const pools = ofType(resolved, 'AWS::Cognito::IdentityPool')
  const attachments = ofType(resolved, 'AWS::Cognito::IdentityPoolRoleAttachment')
  const several = pools.length === attachments.length ? [] : ['has no attachment of its own']
  return [
    ...several.map(because => violation('RoleAttachment', because)),
    ...pools.flatMap(([id, { Properties }]) =>
      Object.entries(providersOf(options)).flatMap(([name, expected]) =>
        isSame(Properties[name], expected) ? [] : [violation(`${id} ${name}`, `is not ${JSON.stringify(expected)}`)],
      ),
    ),
    ...attachments.flatMap(([id, { Properties }]) => [
      ...(pools.some(([pool]) => isSame(Properties['IdentityPoolId'], is.ref(pool)))
        ? []
        : [violation(id, 'is of no pool of the template')]),
      ...rolesOf(options).flatMap(([name, role]) =>
        isSame(within(Properties['Roles'], name), role)
          ? []
          : [violation(`${id} Roles.${name}`, `is not ${JSON.stringify(role)}`)],
      ),
      ...strange(Properties['Roles'], ['authenticated', 'unauthenticated']).map(name =>
        violation(`${id} Roles.${name}`, 'is a kind of users that there is not'),
      ),
      ...mappingsAsSaid(id, Properties['RoleMappings'], options),
    ]),
  ]
}

function ofType({ Resources }: Resolved, type: string) {
  return Object.entries(Resources).filter(([, { Type }]) => Type === type)
}

function within(value: Value | undefined, name: string): Value | undefined {
  return isValueObject(value) && Object.hasOwn(value, name) ? value[name] : undefined
}

function strange(value: Value | undefined, names: readonly string[]): readonly string[] {
  if (value instanceof Unknown) return ['?']
  return isValueObject(value) ? Object.keys(value).filter(it => !names.includes(it)) : []
}

/** Undefined where no provider of the kind is named. */
function providersOf(options: Options): Readonly<Record<string, Value | undefined>> {
  const { clients, social, openIdConnect, saml, developer } = options
  const ProviderName = userPoolOf(options)
  return {
    CognitoIdentityProviders:
      ProviderName === undefined || clients.length === 0
        ? undefined
        : clients.map(ClientId => ({ ClientId, ProviderName, ServerSideTokenCheck: true })),
    SupportedLoginProviders: Object.keys(social).length === 0 ? undefined : social,
    OpenIdConnectProviderARNs: openIdConnect.length === 0 ? undefined : openIdConnect,
    SamlProviderARNs: saml.length === 0 ? undefined : saml,
    DeveloperProviderName: developer,
  }
}

/** `cognito-idp.us-east-1.amazonaws.com/us-east-1_a1B2c3D4e` */
export function userPoolOf({ userPool, urlSuffix }: Options): string | undefined {
  return userPool === undefined ? undefined : `cognito-idp.${userPool.split('_')[0]}.${urlSuffix}/${userPool}`
}

function rolesOf({ guests }: Options): readonly (readonly [name: string, role: Value | undefined])[] {
  return [
    ['authenticated', is.attribute('AuthenticatedRole', 'Arn')],
    ['unauthenticated', guests ? is.attribute('UnauthenticatedRole', 'Arn') : undefined],
  ]
}

/** By which names they go does not matter. */
function mappingsAsSaid(id: string, mappings: Value | undefined, options: Options): readonly Violation[] {
  const { roleByToken, clients, ambiguousRole, userPool } = options
  const expected =
    roleByToken && userPool !== undefined
      ? clients.map((client): Value => {
          const IdentityProvider = `${userPoolOf(options)}:${client}`
          return { IdentityProvider, Type: 'Token', AmbiguousRoleResolution: ambiguousRole }
        })
      : undefined
  const given = isValueObject(mappings) ? Object.values(mappings) : mappings
  return isSame(given, expected)
    ? []
    : [violation(`${id} RoleMappings`, `are ${JSON.stringify(given)}, not ${JSON.stringify(expected)}`)]
}

function violation(statement: string, because: string): Violation {
  return { law: 1, statement, request: 'whoever signs in', because }
}
