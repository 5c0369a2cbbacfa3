import { isList, type Json, type Path } from '../document.ts'
import { cidrBlocks } from './cidr.ts'
import {
  early,
  evaluate,
  evaluateCondition,
  evaluateText,
  type Functions,
  fail,
  lost,
  mistaken,
  type Scope,
} from './evaluate.ts'
import { Unknown, unknownCall, type Value } from './value.ts'

/**
 * The functions of resources and outputs. Those of AWS::LanguageExtensions, macros and what AWS may add are not among
 * them: what they make is unknown.
 */
export const all: Functions = {
  ...early,
  'Fn::Base64': (argument, path, scope) => {
    const text = evaluateText(argument, path, scope)
    return typeof text === 'string' ? base64(text) : (lost([text]) ?? unknownCall('Fn::Base64', text))
  },
  'Fn::Cidr': cidr,
  'Fn::GetAtt': attribute,
  // Its zones are those of an account.
  'Fn::GetAZs': (argument, path, scope) => {
    const region = evaluateText(argument, path, scope)
    return lost([region]) ?? unknownCall('Fn::GetAZs', region === '' ? regionOf(scope) : region)
  },
  'Fn::If': choice,
  'Fn::ImportValue': (argument, path, scope) => {
    const name = evaluateText(argument, path, scope)
    return lost([name]) ?? new Unknown({ kind: 'import', name })
  },
}

function regionOf({ env: { region } }: Scope): string | Unknown {
  return typeof region === 'string' ? region : new Unknown({ kind: 'pseudo', name: 'AWS::Region' })
}

function cidr(argument: Json, path: Path, scope: Scope): Value {
  if (!isList(argument) || argument.length < 2) return mistaken(path, scope)
  const given = argument.map((item, index) => evaluateText(item, [...path, index], scope))
  const [block, count, bits] = given
  // What is done without the third argument, AWS does not say.
  if (typeof block !== 'string' || typeof count !== 'string' || typeof bits !== 'string') {
    return lost(given) ?? unknownCall('Fn::Cidr', given)
  }
  const isNumeric = [count, bits].every(it => /^\d+$/.test(it))
  const blocks = isNumeric ? cidrBlocks(block, Number(count), Number(bits)) : undefined
  return blocks ?? fail(scope, { kind: 'no-blocks', path, block })
}

function attribute(argument: Json, path: Path, scope: Scope): Value {
  const dot = typeof argument === 'string' ? argument.indexOf('.') : -1
  const [id, name] =
    typeof argument === 'string' ? [argument.slice(0, dot), argument.slice(dot + 1)] : isList(argument) ? argument : []
  if (typeof id !== 'string' || id === '' || name === undefined) return mistaken(path, scope)
  const resource = scope.resource(id, path, scope)
  const attribute = evaluateText(name, [...path, 1], scope)
  if (!(resource instanceof Unknown) || resource.origin.kind !== 'resource') return resource
  return lost([attribute]) ?? new Unknown({ kind: 'attribute', id, attribute })
}

function choice(argument: Json, path: Path, scope: Scope): Value | undefined {
  const [condition, whenTrue, whenFalse] = isList(argument) ? argument : []
  if (typeof condition !== 'string' || whenTrue === undefined || whenFalse === undefined) return mistaken(path, scope)
  const holds = evaluateCondition(condition, [...path, 0], scope)
  if (typeof holds === 'boolean') {
    return evaluate(holds ? whenTrue : whenFalse, [...path, holds ? 1 : 2], scope)
  }
  // What is wrong with a branch matters only to who takes it.
  const either = { ...scope, report: () => {} }
  const values = [whenTrue, whenFalse].map((branch, index) => evaluate(branch, [...path, index + 1], either))
  return new Unknown({ kind: 'choice', condition, whenTrue: values[0], whenFalse: values[1] })
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

function base64(text: string): string {
  const bytes = new TextEncoder().encode(text)
  let encoded = ''
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at
    const three = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)
    const letters = [18, 12, 6, 0].map(shift => alphabet.charAt((three >> shift) & 63)).join('')
    encoded += letters.slice(0, left < 3 ? left + 1 : 4).padEnd(4, '=')
  }
  return encoded
}

/** Is there a call in it of a function whose outcome may be anything, also new resources? */
