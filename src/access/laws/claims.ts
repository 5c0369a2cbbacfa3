import type { ResolvedResource } from '../../resolve/index.ts'
import type { Value } from '../../resolve/value.ts'
import type { Deployed } from './deployed.ts'
import type { Options } from './options.ts'
import { userPoolOf } from './providers.ts'
import { is, isSame } from './same.ts'
import type { Violation } from './violation.ts'

/**
 * Law 2, as far as it is about the tags of sessions, by which policies, also those of others, tell users apart: they are
 * made of claims that users cannot write, of the one user pool, and there are no more of them than the options say.
 */
export function onlyClaimsNobodyWrites({ resolved, options }: Deployed): readonly Violation[] {
  return Object.entries(resolved.Resources).flatMap(([id, resource]) =>
    resource.Type === 'AWS::Cognito::IdentityPoolPrincipalTag' ? wrong(id, resource, options) : [],
  )
}

function wrong(id: string, { Properties }: ResolvedResource, options: Options): readonly Violation[] {
  const expected: Readonly<Record<string, Value | undefined>> = {
    IdentityPoolId: is.ref('IdentityPool'),
    IdentityProviderName: userPoolOf(options),
    UseDefaults: !options.isKeyedBySub,
    PrincipalTags: options.isKeyedBySub
      ? { userSub: 'sub', ...(options.defaultTags ? { username: 'sub', client: 'aud' } : {}) }
      : undefined,
  }
  const names = [...new Set([...Object.keys(expected), ...Object.keys(Properties)])]
  return names.flatMap((name): readonly Violation[] => {
    if (isSame(Properties[name], expected[name])) return []
    const because = `is ${JSON.stringify(Properties[name])}, not ${JSON.stringify(expected[name])}`
    return [{ law: 2, statement: `${id} ${name}`, request: 'whoever writes a claim of one’s own', because }]
  })
}
