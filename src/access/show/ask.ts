import type { Resolved } from '../../resolve/index.ts'
import { Unknown } from '../../resolve/value.ts'
import type { ContextValue } from '../decide/request.ts'
import { judge } from '../judge.ts'
import { nameOf } from '../name-of.ts'
import type { Source, Verdict, Who } from '../question.ts'
import { rolesIn } from '../ways.ts'
import type { Asker, Probe, Target } from './probes/probe.ts'

export type Cell = {
  readonly decision: Verdict['decision']
  /** The statements that made it so: `PrivateObjects`, or `tutorial[0]` for one without a Sid: the first of that policy. */
  readonly by: readonly string[]
  readonly because: string
  readonly notes: readonly string[]
  /** Allowed, and should not be. */
  readonly isWrong: boolean
  /** What the allowance hangs on that is for whoever asks to say, or that others may deny: `if s3:x-amz-acl=private`. */
  readonly onlyIf?: string
}

export type AskedCell = Cell & {
  readonly resource: string
  readonly context?: Readonly<Record<string, string | readonly string[]>>
}

/** What comes of a probe for somebody: of its requests, that which is let through, or else the one that may be. */
export function ask(
  resolved: Resolved,
  { action, asked, targets, isHazard }: Probe,
  who: Who,
  asker: Asker,
): AskedCell {
  let best: AskedCell | undefined
  for (const target of distinct(targets(asker))) {
    const { resource, context } = target
    const question = { who, action: asked ?? action, resource, ...(context === undefined ? {} : { context }) }
    const verdict = judge(resolved, question)
    const found = askedCell(verdict, target, isHazard)
    if (best === undefined || rankOf(found) > rankOf(best)) best = found
    if (rankOf(best) === most) break
    // what others have to say of it can only be that it is denied
    const granted = verdict.decision === 'unknown' ? withoutElsewhere(resolved) : undefined
    const own = granted === undefined ? undefined : judge(granted.resolved, question)
    if (own?.decision === 'allow') {
      const onlyIf = `unless ${granted?.names.join(' or ')} denies it`
      const allowed = { ...askedCell(own, target, isHazard), onlyIf }
      if (rankOf(allowed) > rankOf(best)) best = allowed
    }
  }
  if (best === undefined) throw new Error('a probe that asks nothing')
  return best
}

function distinct(targets: readonly Target[]): readonly Target[] {
  return targets.length < 2 ? targets : [...new Map(targets.map(it => [JSON.stringify(it), it])).values()]
}

const most = 3

function rankOf({ decision, onlyIf }: Cell): number {
  const rank = { deny: 0, unknown: 1, allow: most } as const
  return rank[decision] - (onlyIf === undefined ? 0 : 1)
}

function askedCell(verdict: Verdict, { resource, context, onlyWith }: Target, isHazard: boolean): AskedCell {
  const cell = cellOf(verdict, isHazard)
  return {
    ...cell,
    ...(onlyWith === undefined || cell.decision !== 'allow' ? {} : { onlyIf: `if ${onlyWith}` }),
    resource: nameOf(resource),
    ...(context === undefined
      ? {}
      : { context: Object.fromEntries(Object.entries(context).map(([key, value]) => [key, textOf(value)])) }),
  }
}

function textOf(value: ContextValue): string | readonly string[] {
  return typeof value === 'string' || value instanceof Unknown ? nameOf(value) : value.map(nameOf)
}

export function cellOf(verdict: Omit<Verdict, 'role'>, isHazard: boolean): Cell {
  const { decision, by, because, notes, through } = verdict
  // of a role that is not their own it says of which
  const sources = by.map(it => (through === undefined ? sourceName(it) : `${it.role}: ${sourceName(it)}`))
  return { decision, by: [...new Set(sources)], because, notes, isWrong: isHazard && decision === 'allow' }
}

function sourceName({ sid, policy, statement }: Source): string {
  return sid ?? `${policy}[${statement}]`
}

type Granted = { readonly resolved: Resolved; readonly names: readonly string[] }

const known = new WeakMap<Resolved, Granted | 'same'>()

/** The template without managed policies that are not in it, which nobody here can read. */
function withoutElsewhere(resolved: Resolved): Granted | undefined {
  const before = known.get(resolved)
  if (before !== undefined) return before === 'same' ? undefined : before
  const names = new Set<string>()
  const roles = rolesIn(resolved).flatMap(id => {
    const role = resolved.Resources[id]
    const arns = role?.Properties['ManagedPolicyArns']
    if (role === undefined || !Array.isArray(arns)) return []
    const isHere = (arn: unknown) => {
      const origin = arn instanceof Unknown ? arn.origin : undefined
      const made =
        origin?.kind === 'resource' || origin?.kind === 'attribute' ? resolved.Resources[origin.id] : undefined
      if (made?.Type === 'AWS::IAM::ManagedPolicy') return true
      names.add(typeof arn === 'string' || arn instanceof Unknown ? nameOf(arn) : '{?}')
      return false
    }
    return [[id, { ...role, Properties: { ...role.Properties, ManagedPolicyArns: arns.filter(isHere) } }] as const]
  })
  const granted =
    names.size === 0
      ? 'same'
      : {
          resolved: { ...resolved, Resources: { ...resolved.Resources, ...Object.fromEntries(roles) } },
          names: [...names],
        }
  known.set(resolved, granted)
  return granted === 'same' ? undefined : granted
}
