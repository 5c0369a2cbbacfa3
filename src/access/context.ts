import { partsOf, Unknown } from '../resolve/value.ts'

/**
 * What a request says that a question about it leaves out, key by key. `absent`: it is as if the request did not have it,
 * because whoever asks says what is asked for, or because a direct request with a role's credentials never has it.
 * `open`: it may have it or not, or nobody here knows its value. Keys that are not in the table are open.
 *
 * Keys of all services: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 * Keys of a service: https://docs.aws.amazon.com/service-authorization/latest/reference/ under the service's name.
 */
const absent: readonly RegExp[] = [
  // Of requests that a service makes for somebody, or for itself. Amazon S3 asks AWS KMS for its caller: who asks about
  // that gives kms:ViaService.
  /^aws:(?:calledvia|calledviafirst|calledvialast|sourcearn|sourceaccount|sourceorgid|sourceorgpaths)$/,
  /^aws:(?:principalservicename|principalservicenameslist|assumedroot|chatbotsourcearn)$/,
  /^aws:(?:ec2instancesourcevpc|ec2instancesourceprivateipv4)$/,
  /^(?:ec2|lambda|ssm|glue|codebuild):(?:sourceinstancearn|sourcefunctionarn|roledelivery|credentialissuingservice)$/,
  /^kms:viaservice$/,
  // Only IAM users have names.
  /^aws:username$/,
  // What a request asks for: tags, and the parameters of an operation.
  /^aws:(?:tagkeys$|requesttag\/)/,
  /^s3:(?:prefix|delimiter|max-keys|versionid|x-amz-.+|object-lock-.+|requestobjecttag(?:keys$|\/.+)|locationconstraint)$/,
  /^dynamodb:(?:leadingkeys|attributes|select|returnvalues|returnconsumedcapacity|enclosingoperation|fulltablescan)$/,
  /^kms:(?:encryptioncontext(?::.+|keys)|grantoperations|granteeprincipal|granttokens|retiringprincipal)$/,
  /^iam:(?:passedtoservice|policyarn|permissionsboundary|associatedresourcearn|awsservicename)$/,
  // Of an access point, a custom domain, an access grant: the question names the bucket or the API itself.
  /^s3:(?:dataaccesspoint.+|accesspointnetworkorigin|accessgrants.+)$/,
  /^execute-api:viadomainarn$/,
  // Of those who come with IAM Identity Center, AWS IoT or SAML.
  /^(?:identitystore|credentials-iot|saml):/,
]

/** Is a key, in lower case, none that the request has, if the question does not say so? */
export function isAbsent(key: string): boolean {
  return absent.some(it => it.test(key))
}

/** Keys that every request has, with nothing known of their values. */
const present = new Set([
  ...['aws:currenttime', 'aws:epochtime', 'aws:requestedregion', 'aws:tokenissuetime', 'aws:useragent', 'aws:userid'],
])

/** A request is made over TLS, by whoever asks and not by a service for them. */
const direct = new Map([
  ['aws:principaltype', 'AssumedRole'],
  ['aws:principalisawsservice', 'false'],
  ['aws:securetransport', 'true'],
  ['aws:viaawsservice', 'false'],
])

/** The value that a key, in lower case, has by what is asked for; undefined if nothing follows of it. */
export function derived(key: string, resource: string | Unknown): string | Unknown | undefined {
  const value = direct.get(key) ?? (key === 'aws:requestedregion' ? part(resource, 3) : undefined)
  if (value !== undefined) return value
  if (key === 'aws:resourceaccount') return part(resource, 4)
  return present.has(key) ? new Unknown({ kind: 'pseudo', name: `context ${key}` }) : undefined
}

/** A part of an ARN, if it has it and it is known. */
function part(resource: string | Unknown, at: number): string | undefined {
  const [start] = partsOf(resource)
  if (typeof start !== 'string') return undefined
  const parts = start.split(':')
  // Of the last one that is known, more may follow.
  const text = resource instanceof Unknown && at === parts.length - 1 ? '' : (parts[at] ?? '')
  return text === '' || /[*?]/.test(text) ? undefined : text
}
