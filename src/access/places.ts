import { listed, serviceName } from './actions.ts'
import { shown, stack } from './text.ts'

/**
 * Where a statement holds, by its resources: `in private/<identity ID>/ of the bucket {Uploads}`. `services` are the
 * prefixes of its actions, which tell what a parameter stands for that holds a whole ARN.
 */
export function placeWords(resources: readonly string[], services: readonly string[]): string {
  const places = [...new Set(resources.map(resource => placeOf(resource, services)))]
  const whole = places.filter(it => /^of the bucket [^,]*$/.test(it) && places.includes(it.replace(/^of/, 'in')))
  return listed(
    places.flatMap(it => {
      if (whole.includes(it)) return [`${it} and in it`]
      return whole.includes(it.replace(/^in/, 'of')) ? [] : [it]
    }),
  )
}

/** Actions on objects, which hold nowhere but at an object's ARN. */
const onObjects = /^s3:(?:get|put|delete)object(?:version)?(?:tagging)?$/i

/**
 * Where a denial holds. What it does not match it does not deny: an ARN stands as it is, but for objects in a bucket, and
 * for a bucket with all that is in it.
 */
export function deniedPlaceWords(resources: readonly string[], actions: readonly string[]): string {
  const isOf = (...patterns: readonly RegExp[]): boolean =>
    actions.length > 0 && actions.every(it => patterns.some(pattern => pattern.test(it)))
  const isWhole = isOf(/^s3:\*$/i, onObjects)
  const inWords = resources.map(resource => {
    const [, bucket] = /^(arn:[^:]*:s3:::[^/*?]+)(?:\/.+)?$/s.exec(resource) ?? []
    const isExact =
      /^\*+$/.test(resource) ||
      (bucket !== undefined &&
        (resource !== bucket
          ? isOf(onObjects) || (isWhole && (resources.includes(bucket) || resource !== `${bucket}/*`))
          : isWhole && resources.includes(`${bucket}/*`)))
    return { resource, isExact }
  })
  const exact = inWords.filter(it => it.isExact).map(it => it.resource)
  return listed([
    ...(exact.length === 0 ? [] : [placeWords(exact, [])]),
    ...inWords.filter(it => !it.isExact).map(it => `on ${shown(it.resource)}`),
  ])
}

function placeOf(resource: string, services: readonly string[]): string {
  if (/^\*+$/.test(resource)) return `on every resource (${resource})`
  const parts = /^arn:([^:]*):([^:]*):([^:]*):([^:]*):(.+)$/s.exec(resource)
  if (parts === null) return ofWhole(resource, services)
  const [, partition = '', service = '', region = '', account = '', rest = ''] = parts
  const isOrdinary = partition === stack.partition || partition === 'aws'
  const name = isOrdinary ? named(service, rest) : undefined
  if (name === undefined) return `on ${shown(resource)}`
  return shown([name, ...where(region, account)].join(', '))
}

/** Where it is not in the stack's own region and account. */
function where(region: string, account: string): readonly string[] {
  const regions = region === '*' ? ['in any region'] : [`in ${region.replaceAll(stack.region, 'the stack’s region')}`]
  const accounts = account === '*' ? ['in any account'] : [`of the account ${account}`]
  return [
    ...(region === '' || region === stack.region ? [] : regions),
    ...(account === '' || account === stack.account ? [] : accounts),
  ]
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html */
function named(service: string, rest: string): string | undefined {
  if (/[*?]/.test(service)) return undefined
  switch (service) {
    case 's3':
      return inBucket(rest)
    case 'execute-api':
      return ofApi(rest)
    case 'dynamodb':
      return ofTable(rest)
    case 'kms':
      return /^key\/[^*?]+$/.test(rest) ? `with the key ${rest.slice('key/'.length)}` : `with ${rest}`
    default:
      return `on ${rest} of ${serviceName(service)}`
  }
}

function inBucket(rest: string): string | undefined {
  const slash = rest.indexOf('/')
  const bucket = slash < 0 ? rest : rest.slice(0, slash)
  const key = slash < 0 ? undefined : rest.slice(slash + 1)
  const of = bucket === '*' ? 'every bucket' : `the bucket ${bucket}`
  // an asterisk knows no slash: it stands for objects too
  if (key === undefined) return bucket === '*' ? 'of every bucket and in it' : `of ${of}${extent(bucket)}`
  if (key === '*') return `in ${of}`
  // an asterisk before a slash takes in what stands after it too
  if (/[*?]/.test(bucket)) return undefined
  const [, folder] = /^([^*?]*\/)\*$/.exec(key) ?? []
  return folder === undefined ? `at ${key} of ${of}` : `in ${folder} of ${of}`
}

function extent(bucket: string): string {
  return bucket.includes('*') ? ' and in it' : ''
}

/** `API/STAGE/METHOD/PATH`; of a WebSocket API `API/STAGE/ROUTE`. */
function ofApi(rest: string): string | undefined {
  if (/[*?].*\/(?!\*(?:\/|$))/s.test(rest)) return undefined
  const [api = '', stage, ...route] = rest.split('/')
  const of = api === '*' ? 'of every API' : `of the API ${api}`
  if (stage === undefined) return of
  const stages = stage === '*' ? 'every stage' : `stage ${stage}`
  const method = route.join('/')
  const routes = /^\*?(?:\/\*)*$/.test(method) ? [] : [`only ${method}`]
  // three asterisks ask for a method and a path, which WebSocket APIs lack
  const form = /^\*(?:\/\*)+$/.test(method) ? [`every method and path (${method})`] : []
  return [of, stages, ...form, ...routes].join(', ')
}

function ofTable(rest: string): string {
  const [, table, part] = /^table\/([^/]+)(?:\/(.+))?$/.exec(rest) ?? []
  // an asterisk takes in indexes and streams
  if (table === undefined || /[*?]/.test(table)) return `on ${rest} of Amazon DynamoDB`
  const of = `the table ${table}`
  if (part === undefined) return `of ${of}`
  return part === 'index/*' ? `of every index of ${of}` : `of ${part} of ${of}`
}

function ofWhole(resource: string, services: readonly string[]): string {
  const [service, ...others] = new Set(services)
  const isAlone = service !== undefined && others.length === 0 && /^\{[^{}]+\}$/.test(resource)
  if (isAlone && service === 'kms') return `with the key ${shown(resource)}`
  if (isAlone && service === 'execute-api') return `of the APIs ${shown(resource)}`
  return `on ${shown(resource)}`
}
