import type { Resolved } from '../../resolve/index.ts'
import { isValueList, isValueObject } from '../../resolve/value.ts'
import { poolsOf } from '../pools.ts'
import type { Identity } from '../question.ts'

/** With the role that the pool gives them, in the enhanced flow. */
export type Column = 'user' | 'guest'

/** Those whom the table is about. */
export type People = {
  readonly user: Identity
  readonly another: Identity
  readonly guest: Identity
  readonly anotherGuest: Identity
}

/**
 * The people of a template's tables. The user has signed in by the pool's first provider, with an ID of the identity that
 * may be given.
 */
export function peopleOf(resolved: Resolved, region: string, identity?: string): People {
  const provider = firstProvider(resolved)
  const one = (isSignedIn: boolean, id: string, number: string): Identity => ({
    ...{ kind: 'identity', isSignedIn, id, pool: 'own', flow: 'enhanced' },
    ...(isSignedIn && provider !== undefined ? { provider } : {}),
    ...(isSignedIn
      ? { claims: { sub: uuid(number), 'cognito:username': `user-${number}`, username: `user-${number}` } }
      : {}),
  })
  return {
    user: one(true, identity ?? `${region}:${uuid('a')}`, 'a'),
    another: one(true, `${region}:${uuid('b')}`, 'b'),
    guest: one(false, identity ?? `${region}:${uuid('c')}`, 'c'),
    anotherGuest: one(false, `${region}:${uuid('d')}`, 'd'),
  }
}

/** Of one digit, so that people can be told apart. */
export function uuid(digit: string): string {
  return '11111111-1111-4111-8111-111111111111'.replaceAll('1', digit)
}

/** The first user pool's, if it has one, else that of another provider; undefined where none is known. */
export function firstProvider(resolved: Resolved): string | undefined {
  const [pool] = poolsOf(resolved)
  const { CognitoIdentityProviders, SupportedLoginProviders } = pool?.made?.Properties ?? {}
  const [first] = isValueList(CognitoIdentityProviders) ? CognitoIdentityProviders : []
  const name = isValueObject(first) ? first['ProviderName'] : undefined
  if (typeof name === 'string') return name
  return isValueObject(SupportedLoginProviders) ? Object.keys(SupportedLoginProviders)[0] : undefined
}
