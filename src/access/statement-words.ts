import { type Document, isList, isObject, type Json } from '../document.ts'
import type { Grant } from '../manifest.ts'
import { actionNames, actionWords, listed } from './actions.ts'
import { isCall } from './branches.ts'
import { limitWords } from './limits.ts'
import { deniedPlaceWords, placeWords } from './places.ts'
import { type Named, namedBy, narrowed } from './resource-policies.ts'
import { piecesOf, shown, textOf } from './text.ts'

/** A grant without whose it is; a policy on the thing itself says whom it means. */
export type Rule = Omit<Grant, 'who' | 'principal' | 'by'> & { readonly named?: readonly Named[] }

/** A statement that leaves nothing to choose, in words; `thing` is what the policy stands on, if it stands on one. */
export function ruleOf(statement: Json, document: Document, thing?: string): Rule {
  if (!isObject(statement) || isCall(statement)) return asItStands(statement)
  const text = (value: Json): string => textOf(value, document)
  const texts = (value: Json): readonly string[] =>
    (isList(value) ? value : [value]).flatMap(item => piecesOf(item, document) ?? [text(item)])
  const known = new Map(Object.entries(statement).map(([key, value]) => [key.toLowerCase(), value]))
  const take = (name: string): Json | undefined => {
    const value = known.get(name)
    known.delete(name)
    return value
  }
  const effect = take('effect')
  const isDenied = effect === 'Deny'
  const sid = take('sid')
  const [action, notAction, resource, notResource] = ['action', 'notaction', 'resource', 'notresource'].map(take)
  const { named, condition, limits: others } = whomOf(take, isDenied, document, thing)
  const actions = action === undefined ? [] : texts(action).map(shown)
  const may = [
    ...(action === undefined ? [] : [isDenied ? actionNames(actions) : actionWords(actions)]),
    ...(notAction === undefined ? [] : [`take every action but ${listed(texts(notAction).map(shown))}`]),
  ]
  const services = actions.map(it => it.split(':')[0]?.toLowerCase() ?? '')
  // in a policy that stands on a thing, every resource is that thing
  const words = (places: readonly string[]): string =>
    isDenied ? deniedPlaceWords(places, actions) : placeWords(places, services)
  const own = thing === undefined ? undefined : words([thing])
  const placed = (value: Json): string => words(texts(value).map(it => (it === '*' ? (thing ?? it) : it)))
  const on = [
    ...(resource === undefined ? [] : [placed(resource)]),
    ...(notResource === undefined || own !== undefined ? [] : [`anywhere but ${placed(notResource)}`]),
    ...(own === undefined || resource !== undefined ? [] : [own]),
  ]
  const limits = [
    ...(notResource === undefined || own === undefined ? [] : [`but not ${placed(notResource)}`]),
    ...others,
    ...(condition === undefined ? [] : limitWords(condition, isDenied, text)),
    ...(effect === 'Allow' || isDenied ? [] : [`only if ${shown(text(effect ?? 'no Effect'))} is Allow`]),
    ...[...known].map(([key, value]) => `with ${key} ${shown(text(value))}`),
  ]
  const verbs = may.join(' and ') || 'take no action that is said'
  return {
    ...(sid === undefined || sid === '' ? {} : { sid: shown(text(sid)) }),
    effect: isDenied ? 'deny' : 'allow',
    may: isDenied ? verbs.replaceAll('take every action', 'take any action') : verbs,
    on: [on.join(' and ') || 'on no resource that is said', ...limits].join(', '),
    when: [],
    ...(named.length === 0 ? {} : { named }),
  }
}

/** Whom a statement of a policy on a thing means, and what of its condition is not said by that. */
function whomOf(
  take: (name: string) => Json | undefined,
  isDenied: boolean,
  document: Document,
  thing: string | undefined,
) {
  const condition = take('condition')
  if (thing === undefined) return { named: [], condition, limits: [] }
  const [principal, others] = [take('principal'), take('notprincipal')]
  const everybody: Named = { who: 'everybody' }
  if (principal === undefined && others !== undefined) {
    return { named: [everybody], condition, limits: [`all but ${shown(textOf(others, document))}`] }
  }
  const named = principal === undefined ? [] : namedBy(principal, document)
  const [first] = named
  const isForAll = first !== undefined && 'who' in first && first.who === 'everybody' && named.length === 1
  const fewer = isForAll && !isDenied ? narrowed(condition, document) : undefined
  if (fewer === undefined) return { named, condition, limits: [] }
  return { named: [fewer.named], condition: fewer.rest, limits: [] }
}

export function allowed(may: string, on: string): Rule {
  return { effect: 'allow', may, on, when: [] }
}

export function whatever(by: string): Rule {
  return allowed(`do whatever ${by} allows`, 'wherever it allows it')
}

/** Of what has no words. */
export function asItStands(policy: Json): Rule {
  return allowed('do whatever this policy allows', `wherever it allows it: ${JSON.stringify(policy)}`)
}
