/** Values as TypeScript and JavaScript have them. */
import { isList, isObject, type Json } from '../document.ts'
import { scriptText } from '../launch/quote.ts'

/** A literal over as many lines as it has members that are objects. */
export function literal(value: Json, indent = ''): string {
  if (typeof value === 'string') return scriptText(value)
  if (isList(value)) return `[${value.map(it => literal(it, indent)).join(', ')}]`
  if (!isObject(value)) return String(value)
  const deeper = `${indent}  `
  const members = Object.entries(value).map(([name, it]) => `${deeper}${key(name)}: ${literal(it, deeper)},\n`)
  return members.length === 0 ? '{}' : `{\n${members.join('')}${indent}}`
}

const key = (name: string): string => (/^[A-Za-z_]\w*$/.test(name) ? name : scriptText(name))
