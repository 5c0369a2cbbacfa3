import type { Diagnostic } from '../diagnostic.ts'
import { type Document, isList, isObject, type Json } from '../document.ts'
import { nearest } from '../nearest.ts'
import { cognitoHosts, otherPrefixes } from './condition-keys.ts'
import type { Knowledge } from './knowledge.ts'
import { misspeltKey } from './policy-conditions.ts'
import type { Policies } from './policy-documents.ts'
import { sectionOf } from './walk.ts'

/** Where IAM fills in no policy variables. */
const withoutVariables = new Set(['Action', 'NotAction', 'Principal', 'NotPrincipal', 'Effect', 'Sid'])

const strange = /[^\t\n\r\u0020-\u00ff]/

function isLatin1(text: string): boolean {
  return !strange.test(text)
}

/**
 * The texts of policy documents: characters that IAM refuses, policy variables where it fills in none, and variables
 * that it does not know, which match nothing.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function checkPolicyText(
  { policies }: Policies,
  document: Document,
  knowledge: Knowledge,
): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = []
  const seen = new Set<string>()
  /** Of the value at hand. */
  const path: (string | number)[] = []
  let element: string | undefined

  function report(message: string, help: string): void {
    const place = path.join('\0')
    // One text stands in several cases of a document when a part beside it is under If.
    if (seen.has(place + message)) return
    seen.add(place + message)
    diagnostics.push({ code: 'invalid-policy', severity: 'error', path: [...path], message, help })
  }

  function walk(value: Json, key: string | number): void {
    path.push(key)
    if (typeof value === 'string') readText(value, /\$\{([^}]*)\}/g)
    else if (isList(value)) for (let index = 0; index < value.length; index++) walk(value[index] ?? null, index)
    else if (isObject(value)) {
      for (const name of Object.keys(value)) {
        const item = value[name] ?? null
        if (name === 'Fn::Sub') walkSub(item, name)
        else {
          if (!isLatin1(name)) readCharacters(name)
          walk(item, name)
        }
      }
    }
    path.pop()
  }

  function walkSub(operands: Json, key: string): void {
    path.push(key)
    const [text, variables] = isList(operands) ? operands : [operands]
    // In Fn::Sub `${!x}` is what leaves `${x}` for IAM.
    if (typeof text === 'string') readText(text, /\$\{!([^}]*)\}/g)
    if (variables !== undefined) walk(variables, 1)
    path.pop()
  }

  function readText(text: string, variables: RegExp): void {
    if (!isLatin1(text)) readCharacters(text)
    if (!text.includes('${')) return
    for (const [, variable = ''] of text.matchAll(variables)) {
      if (element !== undefined && withoutVariables.has(element)) {
        report(
          `has a policy variable, which IAM fills in only under Resource and Condition: \${${variable}}`,
          'Write it out, or move the distinction to Resource or Condition',
        )
        continue
      }
      const problem = variableProblem(variable, document, knowledge)
      if (problem !== undefined) report(problem.message, problem.help)
    }
  }

  function readCharacters(text: string): void {
    const point = text.codePointAt(text.search(strange)) ?? 0
    report(
      `has U+${point.toString(16).toUpperCase().padStart(4, '0')}, and IAM takes only Latin-1 characters in a policy`,
      'Write it with characters up to U+00FF',
    )
  }

  for (const { statements, value, path: place } of policies) {
    path.splice(0, path.length, ...place)
    element = undefined
    for (const [key, item] of Object.entries(value)) if (key !== 'Statement') walk(item, key)
    for (const statement of statements) {
      path.splice(0, path.length, ...statement.path)
      for (const [key, item] of Object.entries(statement.value)) {
        element = key
        walk(item, key)
      }
    }
  }
  return diagnostics
}

function variableProblem(
  variable: string,
  document: Document,
  knowledge: Knowledge,
): { readonly message: string; readonly help: string } | undefined {
  // `${*}`, `${?}` and `${$}` stand for the characters themselves; after a comma comes a default.
  if (/^[*?$]$/.test(variable)) return undefined
  const key = (variable.split(',')[0] ?? '').trim()
  if (key.startsWith('AWS::') || isDeclared(key.split('.')[0] ?? '', document)) {
    return {
      message: `has \${${variable}} as text, which neither CloudFormation nor IAM fills in`,
      help: 'Write it within Fn::Sub, without the ! that leaves a policy variable for IAM',
    }
  }
  const misspelt = misspeltKey(key)
  if (misspelt !== undefined)
    return { ...misspelt, message: misspelt.message.replace('is ', 'has a policy variable that is ') }
  const colon = key.lastIndexOf(':')
  const prefix = key.slice(0, colon).toLowerCase()
  if (key.toLowerCase().startsWith('cognito-identity') && key.toLowerCase().endsWith(':amr')) {
    return {
      message: 'has a policy variable of a condition key with many values, which IAM fills in nowhere',
      help: `Write \${${prefix}:sub} or \${${prefix}:aud}`,
    }
  }
  if (prefix.includes('.') || otherPrefixes.includes(prefix) || knowledge.actions(prefix) !== undefined)
    return undefined
  const near = nearest(prefix, [...otherPrefixes, ...cognitoHosts, ...knowledge.services()])
  return {
    message: `has a policy variable that IAM does not know: \${${variable}}`,
    help:
      near === undefined ? 'Write a condition key that its requests have' : `Write \${${near}:${key.slice(colon + 1)}}`,
  }
}

function isDeclared(name: string, document: Document): boolean {
  return ['Parameters', 'Resources'].some(it => Object.hasOwn(sectionOf(document, it), name))
}
