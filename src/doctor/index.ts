import type { Document } from '../document.ts'
import { type Snapshot, told } from '../live/snapshot.ts'
import { claimFindings } from './claims.ts'
import { driftFindings } from './drift.ts'
import type { Draft, Finding } from './finding.ts'
import type { Services } from './fits.ts'
import { listingFindings } from './listing.ts'
import { mappingFindings } from './mappings.ts'
import { emptyFindings } from './nothing.ts'
import { permissionFindings } from './permissions.ts'
import { providerFindings } from './providers.ts'
import { resourceFindings } from './resources.ts'
import { roleFindings } from './roles.ts'
import { settled } from './settle.ts'
import { standingOf } from './standing.ts'
import { trustFindings } from './trust.ts'
import { type Unseen, unseenIn } from './unseen.ts'
import { variableFindings } from './variables.ts'
import { wideFindings } from './wide.ts'

export type { Severity } from './causes.ts'
export { atEndpoint } from './endpoint.ts'
export type { Finding, Place } from './finding.ts'
export type { Services } from './fits.ts'
export type { Mend } from './remedy.ts'
export type { Unseen } from './unseen.ts'

export type Diagnosis = {
  /** The worst first. None, and nothing unseen: the pool is well. */
  readonly findings: readonly Finding[]
  readonly unseen: readonly Unseen[]
}

/**
 * What is wrong with an identity pool and what stands around it. `template` is that of its stack, if it can be read;
 * `services` what the service authorization reference says.
 */
export function diagnose(snapshot: Snapshot, services: Services, template?: Document): Diagnosis {
  const pool = told(snapshot.pool)
  if (pool === undefined) return { findings: [], unseen: unseenIn(snapshot, undefined) }
  const standing = standingOf(snapshot, pool, template)
  const drafts = [
    ...roleFindings(standing),
    ...trustFindings(standing),
    ...providerFindings(standing),
    ...mappingFindings(standing),
    ...claimFindings(standing),
    ...permissionFindings(standing),
    ...emptyFindings(standing),
    ...resourceFindings(standing, services),
    ...variableFindings(standing),
    ...listingFindings(standing),
    ...wideFindings(standing),
    ...(template === undefined ? [] : driftFindings(standing, template)),
  ]
  return { findings: settled(standing, agreed(drafts)), unseen: unseenIn(snapshot, standing) }
}

/** Where the template says what mends it, and drift too would be told of, or what is told of is the template's own: one of the two. */
function agreed(drafts: readonly Draft[]): readonly Draft[] {
  const isDrift = (property: string) => (it: Draft) =>
    it.code === 'drift' && it.where.property?.endsWith(`.${property}`) === true
  const isAttached = ['no-roles', 'no-authenticated-role', 'guests-without-role']
  const lacks = drafts.some(it => isAttached.includes(it.code))
  const isShut = drafts.some(isDrift('AllowUnauthenticatedIdentities'))
  return drafts.filter(it => !(lacks && isDrift('Roles')(it)) && !(isShut && it.code === 'guest-role-without-guests'))
}
