import type { Resolved } from '../resolve/index.ts'
import { Unknown } from '../resolve/value.ts'
import type { ContextValue, Request } from './decide/request.ts'
import { keyOf } from './decide/request.ts'
import { hostOf, poolsOf } from './pools.ts'
import type { Question, Who } from './question.ts'
import { otherPool, tagsOf } from './trust.ts'

/** A request as IAM sees it, of somebody who has a role's credentials. */
export function requestOf(resolved: Resolved, roleId: string, question: Question): Request {
  const given = Object.entries(question.context ?? {}).map(([key, value]) => [key.toLowerCase(), value] as const)
  const session = sessionKeys(resolved, roleId, question.who)
  const context = new Map<string, ContextValue>([['aws:securetransport', 'true'], ...session.context, ...given])
  return {
    action: question.action,
    resource: question.resource,
    context,
    open: { has: key => session.isOpen(key) },
    differs: session.differs,
  }
}

type Session = {
  readonly context: ReadonlyMap<string, ContextValue>
  readonly isOpen: (key: string) => boolean
  readonly differs: ReadonlyMap<string, ReadonlySet<string>>
}

function sessionKeys(resolved: Resolved, roleId: string, who: Who): Session {
  const context = new Map<string, ContextValue>([
    ['aws:principalarn', new Unknown({ kind: 'attribute', id: roleId, attribute: 'Arn' })],
  ])
  const differs = new Map<string, ReadonlySet<string>>()
  if (who.kind === 'identity') {
    const host = hostOf(resolved)
    const pools = poolsOf(resolved).map(it => it.id)
    if (host !== undefined) {
      context.set(`${host}:sub`, who.id)
      context.set(
        `${host}:aud`,
        who.pool === 'other' ? otherPool : (pools[0] ?? new Unknown({ kind: 'pseudo', name: 'the identity pool' })),
      )
      differs.set(keyOf(otherPool), new Set(pools.map(keyOf)))
    }
    const tags = tagsOf(resolved, who)
    if (tags !== 'unknown')
      for (const [tag, value] of Object.entries(tags)) context.set(`aws:principaltag/${tag.toLowerCase()}`, value)
  }
  return { context, differs, isOpen: () => false }
}
