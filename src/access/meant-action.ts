import { guestActions } from '../check/guest-session-policy.ts'
import type { Resolved } from '../resolve/index.ts'
import { isValueList, isValueObject, type Value } from '../resolve/value.ts'
import { textsOf } from './decide/condition.ts'

/** An action of the template, or of those that guests may have, that differs by one letter from one that neither has. */
export function meantAction(action: string, resolved: Resolved): string | undefined {
  const known = [
    ...new Set([...Object.values(resolved.Resources).flatMap(it => actionsIn(it.Properties)), ...guestActions]),
  ]
  const name = action.toLowerCase()
  if (known.some(it => it.toLowerCase() === name)) return undefined
  return known.find(it => !/[*?]/.test(it) && isOneOff(it.toLowerCase(), name))
}

function actionsIn(value: Value): readonly string[] {
  if (isValueList(value)) return value.flatMap(actionsIn)
  if (!isValueObject(value)) return []
  return Object.entries(value).flatMap(([key, item]) =>
    /^(?:Not)?Action$/.test(key) ? textsOf(item).filter(it => typeof it === 'string') : actionsIn(item),
  )
}

/** Is it the same but for one letter more, less or otherwise, or two that have changed places? Not for a plural. */
function isOneOff(one: string, other: string): boolean {
  const [short = '', long = ''] = [one, other].sort((a, b) => a.length - b.length)
  let at = 0
  while (at < short.length && short[at] === long[at]) at++
  const [left, right] = [short.slice(at), long.slice(at)]
  if (short.length === long.length) {
    const isSwapped = left[0] === right[1] && left[1] === right[0] && left.slice(2) === right.slice(2)
    return isSwapped || left.slice(1) === right.slice(1)
  }
  return left === right.slice(1) && right !== 's'
}
