import { ungrouped } from '../live/around.ts'
import { type Answer, type Role, type Snapshot, told } from '../live/snapshot.ts'
import type { Standing } from './standing.ts'
import { openTrust } from './trust.ts'

/** What could not be looked at, and so is not known to be well. */
export type Unseen = {
  /** `the role arn:…` */
  readonly what: string
  /** A clause without a full stop. */
  readonly reason: string
  /** An imperative sentence without a full stop. */
  readonly help?: string
}

export function unseenIn(snapshot: Snapshot, standing: Standing | undefined): readonly Unseen[] {
  const { pool, poolRoles, principalTags, roles, userPools, clients, owner, stack } = snapshot
  const unseen: Unseen[] = []
  const look = <T>(what: string, answer: Answer<T>): T | undefined => {
    if (answer.kind === 'unasked') {
      unseen.push({ what, reason: answer.reason, ...(answer.help === undefined ? {} : { help: answer.help }) })
    }
    return told(answer)
  }
  look('the identity pool', pool)
  look('the roles of the identity pool', poolRoles)
  for (const { provider, answer } of principalTags) look(`the principal tags of ${provider}`, answer)
  for (const { arn, answer } of roles) {
    // that it is another account's is a finding
    if (standing?.account !== undefined && isOfAnother(arn, standing.account)) continue
    const role = look(`the role ${arn}`, answer)
    if (role !== undefined) lookInto(role, look)
  }
  for (const { id, answer, groups } of userPools) {
    look(`the user pool ${id}`, answer)
    if (groups.kind !== 'unasked' || ungrouped.kind !== 'unasked' || groups.reason !== ungrouped.reason) {
      look(`the groups of the user pool ${id}`, groups)
    }
  }
  for (const { userPoolId, clientId, answer } of clients) {
    look(`the app client ${clientId} of the user pool ${userPoolId}`, answer)
  }
  look('the stack that the identity pool is of', owner)
  if (stack !== undefined) look(`the template of the stack ${stack.name}`, stack.template)
  return [...unseen, ...(standing === undefined ? [] : undecided(standing))]
}

const isOfAnother = (arn: string, account: string): boolean => (arn.split(':')[4] ?? account) !== account

function lookInto(role: Role, look: <T>(what: string, answer: Answer<T>) => T | undefined): void {
  for (const { name, document } of look(`the policies of the role ${role.arn}`, role.inline) ?? []) {
    look(`the policy ${name} of the role ${role.arn}`, document)
  }
  for (const { arn, document } of look(`the managed policies of the role ${role.arn}`, role.attached) ?? []) {
    look(`the policy ${arn}`, document)
  }
  if (role.boundary !== undefined) look(`the permissions boundary ${role.boundary.arn}`, role.boundary.document)
}

/** What cannot be decided from what stands. */
function undecided(standing: Standing): readonly Unseen[] {
  const { region } = standing.snapshot
  if (standing.host === undefined) {
    return [
      {
        what: 'the trust policies of the roles',
        reason: `AWS does not say which host signs the tokens of identity pools in ${region}`,
      },
    ]
  }
  return openTrust(standing).map(({ role, keys }) => ({
    what: `whether the role ${role} lets in whom it is for`,
    reason:
      keys.length === 0
        ? 'its trust policy hangs on what is not known here'
        : `its trust policy asks for ${keys.join(', ')}`,
  }))
}
