/**
 * What can be wrong with an identity pool, by what its users see: one entry a code. Names in braces are filled in by
 * each finding.
 */
export type Cause = {
  readonly severity: Severity
  /** What is wrong, in general: a clause without a full stop. */
  readonly title: string
  /** What is seen because of it: AWS's own words where `exact` says so, or else words such as these; or in ours what happens. */
  readonly seen: readonly Seen[]
  /** Where AWS, or who has met with it, says so. */
  readonly reference: string
}

/** `error`: who should get in, or have what is granted, does not; or strangers get in. `warning`: it works, and should not stay. */
export type Severity = 'error' | 'warning'

export type Seen = { readonly text: string; readonly kind: 'exact' | 'such-as' | 'effect' }

const exact = (text: string): Seen => ({ text, kind: 'exact' })
const suchAs = (text: string): Seen => ({ text, kind: 'such-as' })
const effect = (text: string): Seen => ({ text, kind: 'effect' })

const cognito = 'https://docs.aws.amazon.com/cognito/latest/developerguide/'
const identityApi = 'https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/'
const iam = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/'
const trustPage = `${cognito}role-trust-and-permissions.html`
const credentialsPage = `${identityApi}API_GetCredentialsForIdentity.html`
const mappingPage = `${cognito}role-based-access-control.html`
const flowPage = `${cognito}authentication-flow.html`
const rolesPage = `${cognito}iam-roles.html`
const tagsPage = `${cognito}using-attributes-for-access-control-policy.html`
const variablesPage = `${iam}reference_policies_variables.html`
const s3Page = 'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html'

// https://stackoverflow.com/questions/30425942, https://github.com/amazon-archives/amazon-cognito-auth-js/issues/196
const invalidPool = exact(
  'InvalidIdentityPoolConfigurationException: Invalid identity pool configuration. Check assigned IAM roles for this pool.',
)
// the same in the classic flow, in the words of role-trust-and-permissions.html
const notAuthorized = exact('AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity')
/** What is seen in the classic flow alone. */
export const classicRefusal = notAuthorized.text
const refusedTrust = [invalidPool, notAuthorized]
// https://github.com/aws-amplify/amplify-js/issues/2067
const unsupported = exact('NotAuthorizedException: Token is not from a supported provider of this identity pool.')
// https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
const denied = exact(
  'AccessDenied: User: arn:{partition}:sts::{account}:assumed-role/{role}/CognitoIdentityCredentials is not authorized to perform: {action} on resource: "{resource}" because no identity-based policy allows the {action} action',
)

/** The worst first; of one kind in the order in which somebody gets in. */
export const causes = {
  'no-roles': {
    severity: 'error',
    title: 'the pool has no roles: nobody gets credentials',
    seen: [invalidPool],
    reference: credentialsPage,
  },
  'no-authenticated-role': {
    severity: 'error',
    title: 'the pool has no role for signed-in users',
    seen: [invalidPool],
    reference: credentialsPage,
  },
  'guests-without-role': {
    severity: 'error',
    title: 'guests are let in, and there is no role for them',
    seen: [invalidPool],
    reference: credentialsPage,
  },
  'roles-swapped': {
    severity: 'error',
    title: 'the roles of signed-in users and of guests are attached the wrong way round',
    seen: [invalidPool],
    reference: trustPage,
  },
  'role-absent': {
    severity: 'error',
    title: 'a role that the pool hands out does not exist',
    seen: [invalidPool],
    reference: credentialsPage,
  },
  'role-of-another-account': {
    severity: 'error',
    title: 'a role that the pool hands out is of another account',
    seen: [invalidPool],
    reference: `${iam}id_roles_use_passrole.html`,
  },
  'trust-denied': {
    severity: 'error',
    title: 'a statement of the trust policy denies it',
    seen: refusedTrust,
    reference: trustPage,
  },
  'trust-not-cognito': {
    severity: 'error',
    title: 'no statement of the trust policy is about identity pools',
    seen: refusedTrust,
    reference: trustPage,
  },
  'trust-service-principal': {
    severity: 'error',
    title: 'the trust policy names Cognito as a service, not as an identity provider (`Federated`)',
    seen: refusedTrust,
    reference: trustPage,
  },
  'trust-wrong-host': {
    severity: 'error',
    title: 'the trust policy names a host that does not sign the tokens of identity pools in the region',
    seen: refusedTrust,
    reference: trustPage,
  },
  'trust-wrong-action': {
    severity: 'error',
    title: 'the trust policy allows `sts:AssumeRole`, or another action, instead of `sts:AssumeRoleWithWebIdentity`',
    seen: refusedTrust,
    reference: trustPage,
  },
  'trust-other-pool': {
    severity: 'error',
    title: 'the trust policy names another identity pool (`aud`): the role was copied, or the pool made anew',
    seen: refusedTrust,
    reference: trustPage,
  },
  'trust-wrong-amr': {
    severity: 'error',
    title: 'the trust policy asks for another `amr` than these people have',
    seen: refusedTrust,
    reference: trustPage,
  },
  'trust-other-condition': {
    severity: 'error',
    title: 'another condition of the trust policy is not met',
    seen: refusedTrust,
    reference: `${iam}reference_policies_iam-condition-keys.html#condition-keys-wif`,
  },
  'trust-without-tag-session': {
    severity: 'error',
    title: 'sessions are to have principal tags, and the trust policy lacks `sts:TagSession`',
    seen: [
      suchAs(
        'InvalidIdentityPoolConfigurationException: Invalid identity pool configuration. Check assigned IAM roles for this pool.',
      ),
    ],
    reference: tagsPage,
  },
  'trust-any-pool': {
    severity: 'error',
    title: 'the trust policy does not ask for the pool (`aud`): identities of any pool, of anybody, can take the role',
    seen: [
      effect('Somebody with an identity pool of their own takes the role by its ARN'),
      effect('AWS takes no such trust policy any more, when it is next written'),
    ],
    reference: trustPage,
  },
  'no-provider': {
    severity: 'error',
    title: 'there is nothing to sign in with, and guests are not let in',
    seen: [
      unsupported,
      exact('NotAuthorizedException: Unauthenticated access is not supported for this identity pool.'),
    ],
    reference: `${cognito}external-identity-providers.html`,
  },
  'provider-name': {
    severity: 'error',
    title: 'the name of a provider is that of no user pool: a URL, a wrong region, or an ID alone',
    seen: [unsupported, exact("NotAuthorizedException: Invalid login token. Issuer doesn't match providerName")],
    reference: `${identityApi}API_CognitoIdentityProvider.html`,
  },
  'user-pool-absent': {
    severity: 'warning',
    title: 'a user pool among the providers is not in this account: it is deleted, or another account’s',
    seen: [unsupported, suchAs("NotAuthorizedException: Invalid login token. Couldn't verify signed token.")],
    reference: `${cognito}amazon-cognito-integrating-user-pools-with-identity-pools.html`,
  },
  'client-absent': {
    severity: 'error',
    title: 'an app client among the providers does not exist',
    seen: [unsupported],
    reference: `${cognito}amazon-cognito-integrating-user-pools-with-identity-pools.html`,
  },
  'mapping-provider': {
    severity: 'error',
    title: 'roles are mapped for a provider, or app client, that is not among those of the pool',
    seen: [
      // https://github.com/aws/aws-cdk/issues/22951
      exact(
        'InvalidParameterException: {provider} is not a valid RoleMapping ProviderName or is not a configured provider.',
      ),
      effect('Users of the provider get the default role, and not the mapped one'),
    ],
    reference: `${identityApi}API_SetIdentityPoolRoles.html`,
  },
  'no-group-role': {
    severity: 'error',
    title: 'roles come from tokens (`Token`), and no group of the user pool has one: everybody is denied',
    // https://github.com/aws-amplify/amplify-js/issues/8644
    seen: [suchAs('NotAuthorizedException: The ambiguous role mapping rules for: {provider} denied this request.')],
    reference: mappingPage,
  },
  'claim-written-by-user': {
    severity: 'error',
    title: 'a claim that users can write themselves chooses their role, or becomes a tag of their session',
    seen: [effect('A user sets an attribute of their own, signs in again, and has what is meant for others')],
    reference: `${cognito}user-pool-settings-attributes.html`,
  },
  'variable-broken': {
    severity: 'error',
    title: 'a policy variable is misspelt, or has lost its braces: it stands for itself, or for nothing',
    seen: [denied],
    reference: variablesPage,
  },
  'variables-off': {
    severity: 'error',
    title: 'a policy with variables is not of version 2012-10-17: they stand for themselves',
    seen: [denied],
    reference: `${iam}reference_policies_elements_version.html`,
  },
  'tag-without-map': {
    severity: 'error',
    title: 'a policy asks for a principal tag that no session has',
    seen: [denied],
    reference: `${cognito}attributes-for-access-control.html`,
  },
  'guest-permission-void': {
    severity: 'error',
    title: 'the role of guests allows what the session policy of guests takes away',
    // https://github.com/aws/aws-sdk-js/issues/4303
    seen: [
      exact(
        'AccessDeniedException: User: arn:{partition}:sts::{account}:assumed-role/{role}/CognitoIdentityCredentials is not authorized to perform: {action} on resource: {resource} because no session policy allows the {action} action',
      ),
    ],
    reference: `${rolesPage}#access-policies-scope-down-services`,
  },
  'no-such-action': {
    severity: 'error',
    title: 'a policy allows an action that Amazon S3 does not have',
    seen: [denied],
    reference: s3Page,
  },
  'role-allows-nothing': {
    severity: 'error',
    title: 'the role that signed-in users get allows nothing, or another statement denies it all: every call fails',
    seen: [
      denied,
      exact(
        'AccessDenied: User: arn:{partition}:sts::{account}:assumed-role/{role}/CognitoIdentityCredentials is not authorized to perform: {action} on resource: "{resource}" with an explicit deny in an identity-based policy',
      ),
    ],
    reference: `${iam}reference_policies_evaluation-logic_policy-eval-denyallow.html`,
  },
  's3-wrong-resource': {
    severity: 'error',
    title: 'an action on buckets is allowed on objects, or the other way round: it never applies',
    seen: [denied],
    reference: s3Page,
  },
  'folder-without-objects': {
    severity: 'error',
    title: 'objects are allowed by the name of the user’s own folder, without `/*`: nothing in it is meant',
    seen: [denied],
    reference: s3Page,
  },
  'resource-never-fits': {
    severity: 'error',
    title: 'an action is allowed on resources of another type than it is done on: it never applies',
    seen: [denied],
    reference:
      'https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html',
  },
  'listing-wrong-prefix': {
    severity: 'error',
    title: 'listing is allowed, but not with the prefix of the user’s own folder',
    seen: [denied],
    reference: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html',
  },
  'trust-any-amr': {
    severity: 'warning',
    title: 'the trust policy does not ask whether somebody has signed in (`amr`)',
    seen: [effect('In the classic flow a guest takes the role of signed-in users by its ARN')],
    reference: trustPage,
  },
  'trust-amr-operator': {
    severity: 'warning',
    title: '`amr`, which has several values, is compared without `ForAnyValue`',
    seen: refusedTrust.map(({ text }) => suchAs(text)),
    reference: `${iam}reference_policies_condition-single-vs-multi-valued-context-keys.html`,
  },
  'groups-of-equal-precedence': {
    severity: 'warning',
    title: 'groups with different roles have the same precedence: who is in both has no preferred role',
    seen: [suchAs('NotAuthorizedException: The ambiguous role mapping rules for: {provider} denied this request.')],
    reference: `${cognito}cognito-user-pools-user-groups.html`,
  },
  'classic-with-mapping': {
    severity: 'warning',
    title: 'the classic flow is on, and roles are mapped: Cognito refuses it',
    // https://github.com/aws-observability/aws-rum-web/issues/172
    seen: [
      exact(
        'InvalidParameterException: Basic (classic) flow is not supported with RoleMappings, please use enhanced flow.',
      ),
    ],
    reference: flowPage,
  },
  'classic-flow': {
    severity: 'warning',
    title: 'the classic flow is open: whoever has an identity chooses among all roles that trust the pool',
    // https://github.com/aws/aws-cli/issues/7652
    seen: [effect('Guests have no session policy there, and sessions last up to twelve hours')],
    reference: flowPage,
  },
  'token-check-off': {
    severity: 'warning',
    title: 'the user pool is not asked whether a token still counts (`ServerSideTokenCheck`)',
    seen: [
      effect('Users who are signed out everywhere, disabled or deleted get credentials until their token expires'),
    ],
    reference: `${identityApi}API_CognitoIdentityProvider.html`,
  },
  'guest-role-without-guests': {
    severity: 'warning',
    title: 'there is a role for guests, and they are not let in',
    seen: [exact('NotAuthorizedException: Unauthenticated access is not supported for this identity pool.')],
    reference: `${cognito}identity-pools.html`,
  },
  'no-listing': {
    severity: 'warning',
    title: 'users reach the objects of their own folder, and may not list it',
    // https://github.com/aws-amplify/amplify-js/issues/2619
    seen: [denied],
    reference: s3Page,
  },
  'too-wide': {
    severity: 'warning',
    title: 'a statement gives what should be nobody’s: others’ folders, whole buckets, identity pools, roles',
    seen: [effect('Nothing, until somebody tries')],
    reference: `${iam}best-practices.html#grant-least-privilege`,
  },
  drift: {
    severity: 'warning',
    title: 'what stands is not what the stack’s template says',
    seen: [effect('The next update of the stack may take the change back, or build on what is not there')],
    reference: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/drift-aware-change-sets.html',
  },
} as const satisfies Readonly<Record<string, Cause>>

export type Code = keyof typeof causes

export const codes: readonly Code[] = Object.keys(causes).filter(isCode)

function isCode(name: string): name is Code {
  return Object.hasOwn(causes, name)
}
