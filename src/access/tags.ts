import type { Resolved, ResolvedResource } from '../resolve/index.ts'
import { isValueList, isValueObject, Unknown, type Value } from '../resolve/value.ts'
import type { Identity } from './question.ts'

/** The tags of a session, as far as they are known. */
export type Tags = {
  readonly known: ReadonlyMap<string, string>
  /** Tags of which it is not known whether the session has them, nor with which value. */
  readonly open: ReadonlySet<string>
  /** Whether it may have others besides. */
  readonly mayHaveOthers: boolean
}

const none: Tags = { known: new Map(), open: new Set(), mayHaveOthers: false }

/**
 * The tags that the credentials of an identity carry: those that the question gives, or else what the template maps from
 * the claims of its token. Guests have no token. Where the template maps nothing, another may map them.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/using-attributes-for-access-control.html
 */
export function tagsOf({ Resources }: Resolved, who: Identity): Tags {
  if (who.tags !== undefined) return { ...none, known: new Map(Object.entries(who.tags)) }
  if (!who.isSignedIn) return none
  const maps = Object.values(Resources).filter(it => it.Type === 'AWS::Cognito::IdentityPoolPrincipalTag')
  if (maps.length === 0) return { ...none, mayHaveOthers: true }
  const known = new Map<string, string>()
  const open = new Set<string>()
  let mayHaveOthers = false
  for (const map of maps) {
    const isOf = isProvider(map, who.provider)
    if (isOf === false) continue
    const pairs = pairsOf(map)
    if (pairs === undefined) mayHaveOthers = true
    for (const [tag, claim] of pairs ?? []) {
      const value = typeof claim === 'string' ? claimOf(who, claim) : undefined
      if (value === undefined || isOf === 'unknown') open.add(tag)
      else known.set(tag, value)
    }
  }
  return { known, open, mayHaveOthers }
}

function isProvider({ Properties, condition }: ResolvedResource, provider: string | undefined): boolean | 'unknown' {
  const name = Properties['IdentityProviderName']
  if (condition !== undefined || name instanceof Unknown) return 'unknown'
  // Where nothing is said of the provider, it is the one whose claims are mapped.
  return provider === undefined || name === provider
}

/** Undefined if the map is not known. */
function pairsOf({ Properties }: ResolvedResource): readonly (readonly [tag: string, claim: Value])[] | undefined {
  const { PrincipalTags, UseDefaults } = Properties
  if (String(UseDefaults) === 'true') return [...defaults]
  if (PrincipalTags === undefined) return []
  return isValueObject(PrincipalTags) ? Object.entries(PrincipalTags) : undefined
}

/** https://docs.aws.amazon.com/cognito/latest/developerguide/provider-mappings.html */
const defaults = [
  ['username', 'sub'],
  ['client', 'aud'],
] as const

/** A token may have claims that are not told. */
function claimOf({ claims }: Identity, name: string): string | undefined {
  const value = claims !== undefined && Object.hasOwn(claims, name) ? claims[name] : undefined
  return typeof value === 'string' ? value : undefined
}

/** A role's own tags, which its sessions have too; those of the stack are not in the template. */
export function roleTags(role: ResolvedResource | undefined): ReadonlyMap<string, string | Unknown> {
  const tags = role?.Properties['Tags']
  const found = new Map<string, string | Unknown>()
  for (const tag of isValueList(tags) ? tags : []) {
    if (!isValueObject(tag) || typeof tag['Key'] !== 'string') continue
    const value = tag['Value']
    found.set(tag['Key'], typeof value === 'string' || value instanceof Unknown ? value : String(value))
  }
  return found
}
