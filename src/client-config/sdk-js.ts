import type { Facts } from './facts.ts'
import type { Logins } from './logins.ts'
import { literal } from './script.ts'

/**
 * A TypeScript module for the AWS SDK for JavaScript v3: credentials of users and guests, and what they reach with them.
 * https://docs.aws.amazon.com/AWSJavaScriptSDK/v3/latest/Package/-aws-sdk-credential-providers/
 */
export function sdkModule(facts: Facts): string {
  const { logins, allowsGuests, uploads, identityPool } = facts
  const providers = providersOf(logins)
  const hasUsers = providers.length > 0
  const hasPool = hasUsers || allowsGuests
  const packages = ['@aws-sdk/credential-providers', ...(uploads === undefined ? [] : ['@aws-sdk/client-s3'])].sort()
  const functions = [
    ...(logins.developer === undefined ? [] : ['fromCognitoIdentity']),
    ...(hasPool ? ['fromCognitoIdentityPool'] : []),
  ]
  const imports = [
    ...(uploads === undefined ? [] : ["import { S3Client } from '@aws-sdk/client-s3'\n"]),
    `import { ${['type CognitoIdentityCredentialProvider', ...functions].join(', ')} } from '@aws-sdk/credential-providers'\n`,
  ]
  const parts = [
    `// npm install ${packages.join(' ')}\n${imports.join('')}`,
    `export const identityPool = ${literal({ id: identityPool.id, region: identityPool.region })} as const\n`,
    ...userPoolPart(facts),
    ...(hasUsers ? [providersPart(providers), signedIn] : []),
    ...(allowsGuests ? [guest] : []),
    ...(logins.developer === undefined ? [] : [signedInByBackend(logins.developer)]),
    ...uploadsPart(facts),
    ...apiPart(facts),
    ...tablePart(facts),
  ]
  return parts.join('\n')
}

type Provider = { readonly name: string; readonly key: string; readonly token: string }

/** Each under a name of its own. */
function providersOf({ userPools, others }: Logins): readonly Provider[] {
  const named = [
    ...userPools.map(({ key }, at) => ({ name: at === 0 ? 'userPool' : `userPool${at + 1}`, key, token: 'ID token' })),
    ...others,
  ]
  return named.map(({ name, key, token }) => {
    const isTaken = named.filter(it => it.name === name).length > 1
    return { name: isTaken ? key : name, key, token }
  })
}

function userPoolPart({ userPool }: Facts): readonly string[] {
  if (userPool === undefined) return []
  const { id, region, clientId } = userPool
  return [
    `/** Sign users in with it by what you like, such as Amplify or Amazon Cognito's managed login. */
export const userPool = ${literal({ id, region, clientId })} as const
`,
  ]
}

function providersPart(providers: readonly Provider[]): string {
  const members = Object.fromEntries(providers.map(({ name, key }) => [name, key]))
  const tokens = providers.map(({ name, token }) => ` * - ${name}: ${article(token)} ${token}\n`)
  return `/**
 * Who can vouch for a user: the keys of \`Logins\`. The token of
${tokens.join('')} */
export const providers = ${literal(members)} as const
`
}

const article = (token: string): string => (token === 'SAML response' ? 'the Base64 of a' : 'an')

const signedIn = `/**
 * Credentials of somebody who has signed in. \`token\` gives the provider's token as it is when it is asked: credentials
 * last an hour, and are fetched again with a token that is valid then. Make it once a user.
 */
export function signedIn(
  provider: keyof typeof providers,
  token: () => Promise<string>,
): CognitoIdentityCredentialProvider {
  return fromCognitoIdentityPool({
    clientConfig: { region: identityPool.region },
    identityPoolId: identityPool.id,
    logins: { [providers[provider]]: token },
  })
}
`

const guest = `/** Credentials of somebody who has not signed in. Make it once. */
export function guest(): CognitoIdentityCredentialProvider {
  return fromCognitoIdentityPool({
    clientConfig: { region: identityPool.region },
    identityPoolId: identityPool.id,
  })
}
`

const signedInByBackend = ({ name, key }: { readonly name: string; readonly key: string }): string => `/**
 * Credentials of somebody whom your backend has signed in as ${name}: both come from its call of
 * GetOpenIdTokenForDeveloperIdentity.
 */
export function signedInByBackend(
  identityId: string,
  token: () => Promise<string>,
): CognitoIdentityCredentialProvider {
  return fromCognitoIdentity({
    clientConfig: { region: identityPool.region },
    identityId,
    logins: { ${literal(key)}: token },
  })
}
`

function uploadsPart({ uploads }: Facts): readonly string[] {
  if (uploads === undefined) return []
  const { bucket, region, keyedBy, hasProtected, hasPublic } = uploads
  const others = [
    ...(hasProtected ? ['Of `protected/` the same holds, and other signed-in users may get what is there.'] : []),
    ...(hasPublic ? ['Of `public/` everybody may get objects, and signed-in users may put them.'] : []),
  ]
  const more = others.map(it => ` * ${it}\n`).join('')
  const client = `export const uploads = ${literal({ bucket, region })} as const

export function s3(credentials: CognitoIdentityCredentialProvider): S3Client {
  return new S3Client({ region: uploads.region, credentials })
}
`
  if (keyedBy === undefined) return [client]
  return [client, keyedBy === 'UserSub' ? folderBySub(more) : folderByIdentity(more)]
}

const folderBySub = (more: string): string => `/**
 * What the keys of a user's own objects begin with. \`sub\` is that of the user's ID token.
${more} */
export function ownFolder(sub: string): string {
  return \`private/\${sub}/\`
}
`

const folderByIdentity = (more: string): string => `/**
 * What the keys of a user's own objects begin with: \`private/us-east-1:1cf667a2-49a6-454b-9e45-23199EXAMPLE/\`. It asks
 * Amazon Cognito: keep it.
${more} */
export async function ownFolder(credentials: CognitoIdentityCredentialProvider): Promise<string> {
  const { identityId } = await credentials()
  return \`private/\${identityId}/\`
}
`

function apiPart({ api }: Facts): readonly string[] {
  if (api === undefined) return []
  const { host, region, url } = api
  return [
    `/** Sign requests to it with the credentials: Signature Version 4, of the service execute-api in this region. */
export const api = ${literal({ host, region, ...(url === undefined ? {} : { url }) })} as const
`,
  ]
}

function tablePart({ table }: Facts): readonly string[] {
  if (table === undefined) return []
  return [
    `/** Users reach the rows of which the partition key is their identity ID. */
export const table = ${literal({ name: table.name, region: table.region })} as const
`,
  ]
}
