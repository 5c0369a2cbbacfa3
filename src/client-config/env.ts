import type { Facts } from './facts.ts'

/**
 * Lines of a `.env` file. Facts hold nothing that a reader of such files, or a shell, would take for more than itself,
 * so that no value needs quotes, which some of them would take for a part of it.
 */
export function environmentFile(facts: Facts, prefix: string): string {
  const { identityPool, userPool, allowsGuests, logins, uploads, api, table } = facts
  const clients = userPool?.clientIds.filter(it => it !== userPool.clientId) ?? []
  const variables: readonly (readonly [name: string, value: string | undefined])[] = [
    ['IDENTITY_POOL_ID', identityPool.id],
    ['IDENTITY_POOL_REGION', identityPool.region],
    ['ALLOW_GUESTS', String(allowsGuests)],
    ['USER_POOL_ID', userPool?.id],
    ['USER_POOL_REGION', userPool?.region],
    ['USER_POOL_CLIENT_ID', userPool?.clientId],
    ...clients.map((id, at) => [`USER_POOL_CLIENT_ID_${at + 2}`, id] as const),
    ['LOGIN_PROVIDER_NAME', userPool?.key],
    ...logins.others.flatMap(({ name, appId }) =>
      appId === undefined ? [] : [[`${name.toUpperCase()}_APP_ID`, appId] as const],
    ),
    ['DEVELOPER_PROVIDER_NAME', logins.developer?.name],
    ['UPLOADS_BUCKET', uploads?.bucket],
    ['UPLOADS_REGION', uploads?.region],
    ['UPLOADS_FOLDER_KEYED_BY', uploads?.keyedBy],
    ['API_HOST', api?.host],
    ['API_REGION', api?.region],
    ['API_URL', api?.url],
    ['TABLE_NAME', table?.name],
    ['TABLE_REGION', table?.region],
  ]
  return variables
    .flatMap(([name, value]) => (value === undefined ? [] : [`${prefix}${name}=${plain(value)}\n`]))
    .join('')
}

function plain(value: string): string {
  if (/^[A-Za-z0-9_.:/@%+~,-]+$/.test(value)) return value
  throw new Error(`${JSON.stringify(value)} cannot stand in a .env file as it is`)
}
