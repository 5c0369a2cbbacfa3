import { isList, isObject, type Json } from '../document.ts'
import { serviceName } from './actions.ts'
import { isCall } from './branches.ts'
import { placeWords } from './places.ts'
import { shown, stack } from './text.ts'

type Asked = { readonly operator: string; readonly key: string; readonly values: readonly string[] }

/**
 * What narrows a statement, by its `Condition`: `only under private/<identity ID>/`. For a denial it must be exact: by
 * words that leave something out it would deny more than it does.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function limitWords(condition: Json, isExact: boolean, text: (value: Json) => string): readonly string[] {
  if (!isObject(condition) || isCall(condition)) return [`only if ${shown(text(condition))}`]
  const asked = Object.entries(condition).flatMap(([operator, keys]) => {
    if (!isObject(keys) || isCall(keys)) return [{ operator, key: '', values: [text(keys)] }]
    return Object.entries(keys).map(([key, value]) => ({
      operator,
      key,
      values: (isList(value) ? value : [value]).map(text),
    }))
  })
  return asked.flatMap(one => (isExact ? (exactly(one) ?? literal(one)) : inWords(one, asked)))
}

/**
 * What a denial is for, where few words say just that. Amazon S3 tells of every request whether it came by TLS, and of
 * every write whether it makes an object.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
 */
function exactly({ operator, key, values }: Asked): string | undefined {
  const [value = ''] = values
  if (values.length !== 1) return undefined
  switch (`${operator} ${key.toLowerCase()} ${value}`) {
    case 'Bool aws:securetransport false':
      return 'without TLS'
    case 'Bool s3:objectcreationoperation true':
      return 'where that makes an object'
    case 'Null s3:if-none-match true':
      return 'without If-None-Match'
    case 'Null s3:if-match true':
      return 'without If-Match'
  }
  if (operator === 'NumericLessThan' && key.toLowerCase() === 's3:tlsversion') return `with TLS below ${shown(value)}`
  // a negated operator also holds where there is no such key
  if (operator === 'StringNotEquals' && key.toLowerCase() === 'aws:principalorgid')
    return `outside the organization ${shown(value)}`
  return undefined
}

function literal({ operator, key, values }: Asked): string {
  return shown(
    `only if ${[operator, key].filter(it => it !== '').join(' ')} ${values.map(it => (it === '' ? "''" : it)).join(' or ')}`,
  )
}

function inWords(one: Asked, all: readonly Asked[]): readonly string[] {
  const { operator, values } = one
  const key = one.key.toLowerCase()
  const is = (...operators: readonly string[]): boolean => operators.includes(operator)
  if (key === 's3:prefix' && is('StringLike', 'StringEquals')) return [underPrefix(values, operator) ?? literal(one)]
  if (key === 'dynamodb:leadingkeys') {
    const words = byRows(one, all)
    if (words !== undefined) return words
  }
  if (key === 'kms:viaservice' && is('StringEquals', 'StringLike')) {
    const services = values.map(value => /^([\w-]+)\.[^*?]+$/.exec(value)?.[1])
    if (services.length > 0 && services.every(it => it !== undefined)) {
      return [`only through ${services.map(it => serviceName(it)).join(' or ')}`]
    }
  }
  if (key === 'aws:securetransport' && is('Bool') && values.join() === 'true') return ['only over TLS']
  if (key === 'aws:principalorgid' && is('StringEquals'))
    return [shown(`only within the organization ${values.join(' or ')}`)]
  if (key === 'aws:sourceaccount' && is('StringEquals')) {
    const accounts = values.map(it => (it === stack.account ? 'the stack’s account' : `the account ${it}`))
    return [shown(`only on behalf of ${accounts.join(' or ')}`)]
  }
  if (key === 'aws:sourcearn' && is('ArnLike', 'ArnEquals', 'StringEquals', 'StringLike')) {
    const places = values.map(it => placeWords([it], []))
    if (places.length > 0 && places.every(it => it.startsWith('of '))) return [`only on behalf ${places.join(' or ')}`]
  }
  return [literal(one)]
}

/** `X/` and `X/*` together are all that begins with `X/`. */
function underPrefix(values: readonly string[], operator: string): string | undefined {
  if (operator === 'StringEquals') return undefined
  const folders = new Set(values.map(value => /^([^*?]*\/)\*?$/.exec(value)?.[1]))
  if (folders.size === 0 || folders.has(undefined)) return undefined
  return shown(`only under ${[...folders].join(' or ')}`)
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html */
function byRows({ operator, values }: Asked, all: readonly Asked[]): readonly string[] | undefined {
  const isPresent = all.some(
    it => it.operator === 'Null' && it.key.toLowerCase() === 'dynamodb:leadingkeys' && it.values.join() === 'false',
  )
  if (operator === 'Null' && isPresent) {
    return all.some(it => /^ForAllValues:String(?:Equals|Like)$/.test(it.operator)) ? [] : undefined
  }
  if (!/^ForAllValues:String(?:Equals|Like)$/.test(operator)) return undefined
  const rows = `only items whose partition key is ${values.join(' or ')}`
  // of no key at all, each is as asked
  return [shown(isPresent ? rows : `${rows}, and requests that name no key`)]
}
