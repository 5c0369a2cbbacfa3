import { differenceOf } from '../access/show/difference.ts'
import type { Site } from '../access/show/probes/probe.ts'
import { documentOf } from '../live/document-of.ts'
import { type Snapshot, told } from '../live/snapshot.ts'
import { type Resolved, resolve } from '../resolve/index.ts'
import { isValueList, type Value } from '../resolve/value.ts'
import type { Access } from './plan.ts'

/** Who reaches what by what stands, and by the template after the first update; whoever reaches the same is not among them. */
export function accessOf(snapshot: Snapshot, fresh: Resolved, site: Site): readonly Access[] {
  const { document, env } = documentOf(snapshot)
  const live = resolve(document, env)
  const [left, right] = [
    { name: 'now', resolved: live },
    { name: 'after the update', resolved: withPolicies(fresh, live, snapshot) },
  ]
  return (['user', 'guest'] as const).flatMap((column): readonly Access[] => {
    const section = differenceOf(left, right, site, column)
    const who = column === 'user' ? 'signed-in users' : 'guests'
    return section.groups.length === 0 ? [] : [{ who, section: { ...section, heading: `What ${who} reach` } }]
  })
}

/** With what the managed policies say that the template only names: they stand already, and were read. */
function withPolicies(fresh: Resolved, live: Resolved, { roles }: Snapshot): Resolved {
  const known = new Map<string, Value>()
  for (const { answer } of roles) {
    const role = told(answer)
    const made = Object.values(live.Resources).find(it => it.Properties['RoleName'] === role?.roleName)
    if (role === undefined || made === undefined) continue
    const { ManagedPolicyArns, PermissionsBoundary } = made.Properties
    for (const [at, { arn }] of (told(role.attached) ?? []).entries()) {
      const value = isValueList(ManagedPolicyArns) ? ManagedPolicyArns[at] : undefined
      if (value !== undefined) known.set(arn, value)
    }
    if (role.boundary !== undefined && PermissionsBoundary !== undefined) {
      known.set(role.boundary.arn, PermissionsBoundary)
    }
  }
  const policies = Object.entries(live.Resources).filter(([, { Type }]) => Type === 'AWS::IAM::ManagedPolicy')
  const read = (value: Value): Value => (typeof value === 'string' ? (known.get(value) ?? value) : value)
  const Resources = Object.entries(fresh.Resources).map(([id, resource]) => {
    const { ManagedPolicyArns, PermissionsBoundary, ...rest } = resource.Properties
    if (resource.Type !== 'AWS::IAM::Role') return [id, resource] as const
    const Properties = {
      ...rest,
      ...(isValueList(ManagedPolicyArns) ? { ManagedPolicyArns: ManagedPolicyArns.map(read) } : {}),
      ...(PermissionsBoundary === undefined ? {} : { PermissionsBoundary: read(PermissionsBoundary) }),
    }
    return [id, { ...resource, Properties }] as const
  })
  return { ...fresh, Resources: { ...Object.fromEntries(Resources), ...Object.fromEntries(policies) } }
}
