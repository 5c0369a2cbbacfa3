import type { AwsErrorCode } from './aws-error.ts'

/** What was asked of AWS when it failed. */
export type Asked = {
  /** As a person knows it: `CloudFormation`. */
  readonly service: Service
  readonly operation: string
  /** Which IAM allows: `cloudformation:DescribeStacks`. */
  readonly action: string
  /** What was asked for, as a person knows it: `the stack notes`; perhaps ''. */
  readonly object: string
  /** The same in a statement of a policy: an ARN, or `*`. */
  readonly resource: string
  readonly region: string
  readonly endpointUrl?: string | undefined
  /** May something be written when it fails? */
  readonly writes?: boolean
}

export type Service = 'S3' | 'CloudFormation' | 'Amazon Cognito identity pools' | 'Amazon Cognito user pools' | 'IAM'

/** What an `AwsError` is made of. */
export type Words<Code = AwsErrorCode> = readonly [code: Code, message: string, help: string]

/** The HTTP status with which AWS refused; undefined where no answer came. */
export const statusOf = (error: unknown): number | undefined => failureOf(error).status

/** AWS's code for an error, or Node's for the network: `NoSuchBucket`, `ECONNRESET`. */
export const codeOf = (error: unknown): string => failureOf(error).code

/** AWS's own words, on one line. */
export const messageOf = (error: unknown): string => shortened(failureOf(error).message)

/** How often the SDK has sent the request. */
export const attemptsOf = (error: unknown): number => failureOf(error).attempts

/** Of an answer as the SDK has it, by their names in lower case. */
export const headersOf = (response: unknown): Readonly<Record<string, string>> => textsOf(fieldsOf(response)['headers'])

/** What an error of the SDK's holds, whatever its class. */
export type Failure = {
  readonly code: string
  readonly message: string
  /** Has something answered in another form than AWS does? */
  readonly isUnreadable: boolean
  readonly status: number | undefined
  readonly attempts: number
  readonly requestId: string | undefined
  readonly headers: Readonly<Record<string, string>>
  /** Of AWS's answer, or of Node's error. */
  readonly details: Readonly<Record<string, string>>
}

const sdkHint = /\s*Deserialization error: to see the raw response[\s\S]*$/

export function failureOf(error: unknown, depth = 0): Failure {
  const fields = fieldsOf(error)
  const metadata = fieldsOf(fields['$metadata'])
  const name = text(fields['name']) ?? ''
  const own = text(fields['code']) ?? text(fields['Code'])
  // Node gives all addresses that it tried at once
  const inner = fields['cause'] ?? (Array.isArray(fields['errors']) ? fields['errors'][0] : undefined)
  if (own === undefined && metadata['httpStatusCode'] === undefined && inner !== undefined && depth < 5) {
    const found = failureOf(inner, depth + 1)
    if (found.code !== '' && found.code !== 'Error') return found
  }
  return {
    code: own ?? (name === 'Unknown' ? '' : name),
    // of an answer that is not in the form of AWS's the SDK tells in words for who calls it
    message: (text(fields['message']) ?? String(error)).replace(sdkHint, ''),
    isUnreadable: sdkHint.test(text(fields['message']) ?? ''),
    status: typeof metadata['httpStatusCode'] === 'number' ? metadata['httpStatusCode'] : undefined,
    attempts: typeof metadata['attempts'] === 'number' ? metadata['attempts'] : 1,
    requestId: text(metadata['requestId']),
    headers: headersOf(fields['$response']),
    details: textsOf(fields),
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return {}
  // an Error's own are not enumerable, and its name may be its class's
  const names = [...Object.getOwnPropertyNames(value), 'name', 'message']
  return Object.fromEntries(names.map(name => [name, Reflect.get(value, name)]))
}

const textsOf = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(fieldsOf(value)).flatMap(([name, one]) => (typeof one === 'string' ? [[name, one]] : [])),
  )

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** AWS's own code and words, with what AWS Support asks for. */
export function said({ code, message, status, requestId }: Failure): string {
  const words = message === 'UnknownError' || message === '' ? undefined : shortened(message)
  const parts = [[code, words].filter(part => part !== undefined && part !== '').join(': '), `HTTP ${status ?? 'none'}`]
  return [...parts, ...(requestId === undefined ? [] : [`request ${requestId}`])].filter(part => part !== '').join(', ')
}

/** One line of a terminal or two. */
export function shortened(message: string): string {
  const line = message.replace(/\s+/g, ' ').trim().replace(/\.$/, '')
  return line.length > 300 ? `${line.slice(0, 299)}…` : line
}
