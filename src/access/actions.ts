/** Verbs and their object, and what is said after it. `put`, `delete` | `objects` | `also in batches` */
type Words = readonly [verbs: string, object: string, addition?: string]

/**
 * Actions in plain words. What an action allows is said at https://docs.aws.amazon.com/service-authorization/ under its
 * service's name.
 */
const words: Readonly<Record<string, Words>> = {
  's3:getobject': ['get', 'objects'],
  's3:putobject': ['put', 'objects'],
  's3:deleteobject': ['delete', 'objects'],
  's3:listbucket': ['list', 'objects'],
  's3:getobjectversion': ['get', 'versions of objects'],
  's3:deleteobjectversion': ['delete', 'versions of objects'],
  's3:listbucketversions': ['list', 'versions of objects'],
  's3:getobjecttagging': ['get', 'tags of objects'],
  's3:putobjecttagging': ['put', 'tags of objects'],
  's3:getobjectacl': ['get', 'access control lists of objects'],
  's3:putobjectacl': ['put', 'access control lists of objects'],
  's3:abortmultipartupload': ['abort', 'large uploads'],
  's3:listmultipartuploadparts': ['list the parts of', 'large uploads'],
  's3:listbucketmultipartuploads': ['list', 'large uploads'],
  's3:listallmybuckets': ['list', 'the buckets of the account'],
  's3:getbucketlocation': ['see', 'the region of buckets'],
  'execute-api:invoke': ['call', 'methods'],
  'execute-api:manageconnections': ['manage', 'WebSocket connections'],
  'execute-api:invalidatecache': ['empty', 'the cache'],
  'dynamodb:getitem': ['get', 'items'],
  'dynamodb:batchgetitem': ['get', 'items', 'also in batches'],
  'dynamodb:query': ['query', 'items'],
  'dynamodb:scan': ['scan', 'items'],
  'dynamodb:putitem': ['put', 'items'],
  'dynamodb:updateitem': ['update', 'items'],
  'dynamodb:deleteitem': ['delete', 'items'],
  'dynamodb:batchwriteitem': ['put,delete', 'items', 'also in batches'],
  'dynamodb:conditioncheckitem': ['check', 'items'],
  'dynamodb:describetable': ['describe', 'the table'],
  'kms:decrypt': ['decrypt', 'data'],
  'kms:encrypt': ['encrypt', 'data'],
  'kms:generatedatakey': ['make', 'data keys'],
  'kms:generatedatakeywithoutplaintext': ['make', 'data keys'],
  'kms:describekey': ['describe', 'keys'],
  'kms:sign': ['sign', 'data'],
  'kms:verify': ['verify', 'signatures'],
  'sts:assumerole': ['assume', 'roles'],
  'sts:assumerolewithwebidentity': ['assume', 'roles by an identity token'],
  'sts:tagsession': ['tag', 'sessions'],
  'sts:getcalleridentity': ['see', 'whose credentials they have'],
  'iam:passrole': ['pass', 'roles to services'],
  'lambda:invokefunction': ['invoke', 'functions'],
  'lambda:invokefunctionurl': ['invoke', 'functions by their URLs'],
  'logs:createloggroup': ['create', 'log groups'],
  'logs:createlogstream': ['create', 'log streams'],
  'logs:putlogevents': ['put', 'log events'],
  'sqs:sendmessage': ['send', 'messages'],
  'sqs:receivemessage': ['receive', 'messages'],
  'sqs:deletemessage': ['delete', 'messages'],
  'sns:publish': ['publish', 'messages'],
  'ses:sendemail': ['send', 'e-mail'],
  'ses:sendrawemail': ['send', 'raw e-mail'],
  'events:putevents': ['put', 'events'],
  'mobileanalytics:putevents': ['put', 'analytics events'],
  'mobiletargeting:putevents': ['put', 'analytics events'],
  'appsync:graphql': ['run', 'GraphQL operations'],
  'secretsmanager:getsecretvalue': ['get', 'secret values'],
  'ssm:getparameter': ['get', 'parameters'],
  'ssm:getparameters': ['get', 'parameters'],
  'ssm:getparametersbypath': ['get', 'parameters'],
  'states:startexecution': ['start', 'executions'],
  'cloudformation:validatetemplate': ['validate', 'templates'],
  'cognito-identity:getid': ['get', 'identity IDs'],
  'cognito-identity:getcredentialsforidentity': ['get', 'credentials of identities'],
  'xray:puttracesegments': ['put', 'trace segments'],
  'xray:puttelemetryrecords': ['put', 'telemetry records'],
}

const services: Readonly<Record<string, string>> = {
  'cognito-identity': 'Amazon Cognito identity pools',
  'cognito-idp': 'Amazon Cognito user pools',
  'cognito-sync': 'Amazon Cognito Sync',
  'execute-api': 'APIs of Amazon API Gateway',
  apigateway: 'Amazon API Gateway management',
  appsync: 'AWS AppSync',
  cloudformation: 'AWS CloudFormation',
  dynamodb: 'Amazon DynamoDB',
  ec2: 'Amazon EC2',
  events: 'Amazon EventBridge',
  iam: 'AWS IAM',
  kms: 'AWS KMS',
  lambda: 'AWS Lambda',
  logs: 'Amazon CloudWatch Logs',
  mobileanalytics: 'Amazon Mobile Analytics',
  s3: 'Amazon S3',
  secretsmanager: 'AWS Secrets Manager',
  ses: 'Amazon SES',
  sns: 'Amazon SNS',
  sqs: 'Amazon SQS',
  ssm: 'AWS Systems Manager',
  states: 'AWS Step Functions',
  sts: 'AWS STS',
}

export function serviceName(prefix: string): string {
  return Object.hasOwn(services, prefix) ? (services[prefix] ?? prefix) : prefix
}

/** `get, put and delete objects`; `take every action of Amazon S3 (s3:*)`; an action without words by its name. */
export function actionWords(actions: readonly string[]): string {
  return clausesOf(actions, true)
}

/** As `actionWords`, but each action by its name: words may stand for what other actions allow as well. */
export function actionNames(actions: readonly string[]): string {
  return clausesOf(actions, false)
}

function clausesOf(actions: readonly string[], hasWords: boolean): string {
  const clauses = new Map<string, { readonly verbs: Set<string>; readonly additions: Set<string> }>()
  const others: string[] = []
  for (const action of new Set(actions)) {
    const key = action.toLowerCase()
    const found = hasWords && Object.hasOwn(words, key) ? words[key] : undefined
    if (found === undefined) {
      others.push(action)
      continue
    }
    const [verbs, object, addition] = found
    const clause = clauses.get(object) ?? { verbs: new Set(), additions: new Set() }
    for (const verb of verbs.split(',')) clause.verbs.add(verb)
    if (addition !== undefined) clause.additions.add(addition)
    clauses.set(object, clause)
  }
  const inWords = [...clauses].map(([object, { verbs, additions }]) =>
    [`${listed([...verbs])} ${object}`, ...[...additions].map(it => `(${it})`)].join(' '),
  )
  const everything = others.filter(action => /^\*+(?::\*+)?$/.test(action))
  const whole = others.filter(action => !everything.includes(action) && /^[\w-]+:\*+$/.test(action))
  const named = others.filter(action => !everything.includes(action) && !whole.includes(action))
  return listed([
    ...everything.map(action => `take every action of every service (${action})`),
    ...whole.map(
      action => `take every action of ${serviceName(action.split(':')[0]?.toLowerCase() ?? '')} (${action})`,
    ),
    ...inWords,
    ...(named.length === 0 ? [] : [`take the action${named.length === 1 ? '' : 's'} ${listed(named)}`]),
  ])
}

/** `a, b and c` */
export function listed(items: readonly string[], last = 'and'): string {
  const head = items.slice(0, -1)
  const tail = items.at(-1) ?? ''
  if (head.length === 0) return tail
  // where an item is a list itself, one sees where the next begins
  const isDeep = items.some(item => item.includes(` ${last} `) || item.includes(', '))
  return `${head.join(isDeep ? '; ' : ', ')}${isDeep ? ';' : ''} ${last} ${tail}`
}
