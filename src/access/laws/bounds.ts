import { isValueObject, type Unknown, type Value } from '../../resolve/value.ts'
import { textsOf } from '../decide/condition.ts'
import { completed, type Token, tokensOf, variablesIn } from '../decide/pattern.ts'
import type { Request } from '../decide/request.ts'
import type { Statement } from './deployed.ts'
import type { Options } from './options.ts'
import type { Asker, Kind } from './probes.ts'

/**
 * How far the options let somebody reach, as patterns: what a statement allows must lie within one of these as a whole,
 * with the condition that belongs to it. That holds for whatever could be asked, not only for what somebody thought of.
 */
export type Bound = {
  readonly resource: string
  readonly condition?: Condition
}

/** What a statement must ask for, in this form; what it asks for besides only narrows it. */
type Condition = {
  readonly operator: 'StringLike' | 'StringEquals' | 'ForAllValues:StringEquals'
  readonly key: string
  /** Patterns of `StringLike`, for the others the very values; none where no request may meet it. */
  readonly values: readonly string[]
  /** Or a request without the key would meet it. */
  readonly isRequired: boolean
}

/** Something that a statement allows and that no bound takes in. */
export type Excess = {
  readonly kind: Kind
  readonly action: string
  readonly resource: string
  readonly because: string
}

/** What an Allow statement reaches beyond what the options say, by each kind of request that it names actions of. */
export function excessOf(
  statement: Statement,
  kind: Kind,
  actions: readonly string[],
  asker: Asker,
  options: Options,
  request: Request,
): readonly Excess[] {
  const { Resource, NotResource, Condition } = statement.value
  const variables = statement.hasVariables ? request : undefined
  return actions.flatMap((action): readonly Excess[] => {
    const bounds = boundsOf(kind, action, asker, options)
    if (NotResource !== undefined || Resource === undefined) {
      return [{ kind, action, resource: '*', because: 'is not said by which resources' }]
    }
    return textsOf(Resource).flatMap(text => {
      const inner = tokensOf(completed(text), { wildcards: true, variables })
      // Without a value for a variable it matches nothing.
      if (inner === 'missing') {
        const other = otherVariable(text, options)
        return other === undefined ? [] : [{ kind, action, resource: '*', because: `is named by ${other}` }]
      }
      if (inner === 'several') return [{ kind, action, resource: '*', because: 'has a variable of several values' }]
      // No bucket has such a name: it allows no listing.
      if (kind === 'listing' && /^arn:[^:]*:s3:::[^/]*\//.test(exampleOf(inner))) return []
      const around = bounds.filter(({ resource }) => isWithin(inner, tokensOf(resource, { wildcards: true })))
      const resource = exampleOf(inner)
      if (around.length === 0) return [{ kind, action, resource, because: 'is allowed, and no option names it' }]
      const isAsked = around.some(
        ({ condition }) => condition === undefined || asks(Condition, condition, variables, options),
      )
      const keys = around.flatMap(({ condition }) => condition?.key ?? []).join()
      return isAsked ? [] : [{ kind, action, resource, because: `is allowed with ${keys} that no option names` }]
    })
  })
}

/** By kind, action, asker and options: what the latter give. */
export function boundsOf(kind: Kind, action: string, asker: Asker, options: Options): readonly Bound[] {
  const { partition, region, account, urlSuffix, bucket } = options
  const { isSignedIn, folder, identity } = asker
  switch (kind) {
    case 'objects': {
      if (bucket === undefined) return []
      const levels = [
        ...(isSignedIn && folder !== undefined ? [`private/${folder}`] : []),
        ...(isSignedIn && folder !== undefined && options.protectedFolder ? [`protected/${folder}`] : []),
        ...(isSignedIn && options.protectedFolder && action === 's3:GetObject' ? ['protected'] : []),
        ...(options.publicFolder && action === 's3:GetObject' ? ['public'] : []),
        ...(options.publicFolder && isSignedIn && action === 's3:PutObject' ? ['public'] : []),
      ]
      return levels.map(level => ({ resource: `arn:${partition}:s3:::${bucket}/${level}/*` }))
    }
    case 'listing': {
      if (bucket === undefined || !isSignedIn) return []
      const levels = ['private', ...(options.protectedFolder ? ['protected'] : [])]
      const values = folder === undefined ? [] : levels.map(level => `${level}/${folder}/*`)
      const condition = { operator: 'StringLike', key: 's3:prefix', values, isRequired: false } as const
      return [{ resource: `arn:${partition}:s3:::${bucket}`, condition }]
    }
    case 'rows': {
      if (options.table === undefined || !isSignedIn) return []
      const resource = `arn:${partition}:dynamodb:${region}:${account}:table/${options.table}`
      const operator = 'ForAllValues:StringEquals'
      const values = identity === '' ? [] : [identity]
      return [{ resource, condition: { operator, key: 'dynamodb:LeadingKeys', values, isRequired: true } }]
    }
    case 'key': {
      const isUsed = options.key !== undefined && (isSignedIn || (options.publicFolder && action === 'kms:Decrypt'))
      if (!isUsed || options.key === undefined) return []
      const values = [`s3.${options.key.split(':')[3]}.${urlSuffix}`]
      const condition = { operator: 'StringEquals', key: 'kms:ViaService', values, isRequired: false } as const
      return [{ resource: options.key, condition }]
    }
    case 'api': {
      if (!isSignedIn) return []
      const { api, furtherApis } = options
      const named = api && `arn:${partition}:execute-api:${api.region}:${account}:${api.id}/${api.stage}/*`
      return [...(named === undefined ? [] : [named]), ...furtherApis].map(resource => ({ resource }))
    }
  }
}

function asks(
  condition: Value | undefined,
  { operator, key, values, isRequired }: Condition,
  variables: Request | undefined,
  options: Options,
): boolean {
  if (!isValueObject(condition)) return false
  const given = valuesOf(condition[operator], key)
  const wildcards = operator === 'StringLike'
  const outer = values.map(value => tokensOf(value, { wildcards }))
  const areWithin =
    given !== undefined &&
    given.length > 0 &&
    given.every(value => {
      const inner = tokensOf(value, { wildcards, variables })
      if (inner === 'missing') return otherVariable(value, options) === undefined
      return outer.some(it => isWithin(inner, it))
    })
  const isPresent = valuesOf(condition['Null'], key)?.every(it => it === 'false') === true
  return areWithin && (!isRequired || isPresent)
}

/** By what else than the options say something is named: this session may lack it, and another have it. */
function otherVariable(text: string | Unknown, { host = '', isKeyedBySub }: Options): string | undefined {
  const names = [`${host}:sub`, ...(isKeyedBySub ? ['aws:PrincipalTag/userSub'] : [])].map(it => it.toLowerCase())
  return variablesIn(text).find(it => !names.includes(it.toLowerCase()))
}

function valuesOf(keys: Value | undefined, key: string): readonly (string | Unknown)[] | undefined {
  if (!isValueObject(keys)) return undefined
  const found = Object.entries(keys).find(([name]) => name.toLowerCase() === key.toLowerCase())
  return found === undefined ? undefined : textsOf(found[1])
}

/**
 * Does a pattern match whatever another one does? True is sure: of the inner one a wildcard is taken for a sign of its
 * own, which nothing but a wildcard matches, and so is what only deployment knows.
 */
export function isWithin(inner: readonly Token[] | string, outer: readonly Token[] | string): boolean {
  if (typeof inner === 'string' || typeof outer === 'string') return false
  let [i, o] = [0, 0]
  let last: { i: number; readonly o: number } | undefined
  while (i < inner.length) {
    const token = outer[o]
    if (token?.kind === 'any') {
      last = { i, o }
      o++
    } else if (token !== undefined && takes(token, inner[i])) {
      i++
      o++
    } else if (last !== undefined) {
      last.i++
      i = last.i
      o = last.o + 1
    } else return false
  }
  return outer.slice(o).every(({ kind }) => kind === 'any')
}

function takes(outer: Token, inner: Token | undefined): boolean {
  if (inner === undefined) return false
  switch (outer.kind) {
    case 'char':
      return inner.kind === 'char' && inner.char === outer.char
    case 'one':
      return inner.kind === 'char' || inner.kind === 'one'
    case 'symbol':
      return inner.kind === 'symbol' && inner.key !== undefined && inner.key === outer.key
    case 'any':
      return true
  }
}

/** A text that a pattern matches. */
function exampleOf(tokens: readonly Token[]): string {
  return tokens.map(it => (it.kind === 'char' ? it.char : 'x')).join('')
}
