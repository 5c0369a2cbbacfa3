import type { Resolved } from '../resolve/index.ts'
import { concatenate, Unknown } from '../resolve/value.ts'

/** `{Bucket.Arn}`, as a template's author would find it. */
export function nameOf(value: string | Unknown): string {
  if (typeof value === 'string') return value
  const { origin } = value
  switch (origin.kind) {
    case 'resource':
      return `{${origin.id}}`
    case 'attribute':
      return typeof origin.attribute === 'string' ? `{${origin.id}.${origin.attribute}}` : `{${origin.id}}`
    case 'parameter':
    case 'pseudo':
      return `{${origin.name}}`
    case 'text':
      return origin.parts.map(nameOf).join('')
    case 'import':
      return typeof origin.name === 'string' ? `{${origin.name}}` : '{an import}'
    case 'dynamic':
      return '{a dynamic reference}'
    case 'call':
      return `{${origin.fn}}`
    case 'choice':
      return `{${origin.condition}?}`
    case 'mistake':
      return '{?}'
  }
}

/** The other way round, of what the template makes: `{Bucket.Arn}/x`. Undefined where it makes no such thing. */
export function namedThing(text: string, { Resources }: Resolved): string | Unknown | undefined {
  const parts = text.split(/\{([A-Za-z0-9]+(?:\.[A-Za-z0-9.]+)?)\}/).map((part, at): string | Unknown | undefined => {
    if (at % 2 === 0) return part
    const [id = '', ...attribute] = part.split('.')
    if (!Object.hasOwn(Resources, id)) return undefined
    if (attribute.length === 0) return new Unknown({ kind: 'resource', id })
    return new Unknown({ kind: 'attribute', id, attribute: attribute.join('.') })
  })
  const known = parts.filter(it => it !== undefined)
  return known.length < parts.length ? undefined : concatenate(known)
}
