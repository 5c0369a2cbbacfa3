import type { Unknown } from '../resolve/value.ts'

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
