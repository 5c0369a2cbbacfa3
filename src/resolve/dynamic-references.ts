import { concatenate, isValueList, isValueObject, partsOf, Unknown, type Value } from './value.ts'

/**
 * The value with each dynamic reference in its texts, such as `{{resolve:ssm:/notes/key:1}}`, as an unknown.
 * CloudFormation reads them when all functions have been evaluated, so that they may be put together by these.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
 */
export function findDynamicReferences(value: Value): Value {
  if (typeof value === 'string') return value.includes(opening) ? within([value]) : value
  if (isValueList(value)) return value.map(findDynamicReferences)
  if (isValueObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, findDynamicReferences(item)]))
  }
  if (!(value instanceof Unknown)) return value
  const { origin } = value
  if (origin.kind === 'text') return within(partsOf(value))
  if (origin.kind !== 'choice') return value
  const { whenTrue, whenFalse } = origin
  return new Unknown({
    ...origin,
    whenTrue: whenTrue === undefined ? undefined : findDynamicReferences(whenTrue),
    whenFalse: whenFalse === undefined ? undefined : findDynamicReferences(whenFalse),
  })
}

const opening = '{{resolve:'
const service = /^(?:ssm|ssm-secure|secretsmanager):/

function within(parts: readonly (string | Unknown)[]): string | Unknown {
  const found: (string | Unknown)[] = []
  /** Of the reference that is being read, what stands after its opening. */
  let reference: (string | Unknown)[] | undefined
  const close = (isClosed: boolean): void => {
    if (reference === undefined) return
    const [start] = reference
    const isReference = isClosed && typeof start === 'string' && service.test(start)
    if (isReference) found.push(new Unknown({ kind: 'dynamic', reference: concatenate(reference) }))
    else found.push(opening, ...reference, ...(isClosed ? ['}}'] : []))
    reference = undefined
  }
  for (const part of parts) {
    if (part instanceof Unknown) {
      ;(reference ?? found).push(part)
      continue
    }
    for (const piece of part.split(/(\{\{resolve:|\}\})/)) {
      if (piece === opening) {
        close(false)
        reference = []
      } else if (piece === '}}' && reference !== undefined) close(true)
      else if (piece !== '') (reference ?? found).push(piece)
    }
  }
  close(false)
  return concatenate(found)
}
