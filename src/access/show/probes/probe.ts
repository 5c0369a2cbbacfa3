import type { Unknown } from '../../../resolve/value.ts'
import type { ContextValue } from '../../decide/request.ts'

/** Something that might be done, of which the table says who can. */
export type Probe = {
  /** The heading that it stands under. */
  readonly kind: Kind
  /** What it is done to: `own folder private/… of example-uploads`. */
  readonly place: string
  /** `s3:GetObject`; with a `*`, all actions that a policy means by it; or words, of what is asked by `asked`. */
  readonly action: string
  readonly asked?: string
  /** The requests by which it can be done; the answer is that of the one that is let through, if one is. */
  readonly targets: (asker: Asker) => readonly Target[]
  /** Should nobody be able to, by whatever template: somebody who can is shown in red. */
  readonly isHazard: boolean
}

export type Kind = 'files' | 'rows' | 'api' | 'keys' | 'others' | 'account'

export type Target = {
  readonly resource: string | Unknown
  readonly context?: Context
  /** What the request says besides, which is for whoever makes it to say: `s3:x-amz-acl=private`. */
  readonly onlyWith?: string
}

export type Context = Readonly<Record<string, ContextValue>>

/** The values of policy variables for who asks, and for another user of the same pool. */
export type Asker = { readonly own: Variables; readonly another: Variables }

export type Variables = (key: string) => string | Unknown | undefined

export type Site = { readonly region: string; readonly partition: string; readonly accountId: string | Unknown }

/** An action of a statement, with what a request may say besides so that the statement applies. */
export type NamedAction = Pick<Probe, 'action' | 'asked'> & { readonly saying?: Saying }

/** Those that are not asked of anyway. */
export function besides(named: readonly NamedAction[], usual: readonly string[]): readonly NamedAction[] {
  return named.filter(({ action, saying }) => saying !== undefined || !usual.includes(action))
}

/** What a request may say besides so that a statement applies, or does not: for the one who asks. */
export type Saying = (variables: Variables) => Context

/** The request, and the same with what may be said besides. */
export function withSaid(target: Target, variables: Variables, saying: Saying | undefined): readonly Target[] {
  const said = Object.entries(saying?.(variables) ?? {})
  const own = Object.keys(target.context ?? {}).map(key => key.toLowerCase())
  const more = said.filter(([key]) => !own.includes(key.toLowerCase()))
  if (more.length === 0) return [target]
  const onlyWith = more.map(([key, value]) => `${key}=${textOf(value)}`).join(' and ')
  return [target, { ...target, context: { ...target.context, ...Object.fromEntries(more) }, onlyWith }]
}

function textOf(value: ContextValue): string {
  return typeof value === 'string' ? value : 'origin' in value ? '…' : value.map(textOf).join(',')
}

/** Whatever stands for a wildcard, or in place of a value. */
export const nothing: Variables = () => undefined
