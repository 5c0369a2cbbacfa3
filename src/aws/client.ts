import { agents } from './transport.ts'

/** Where AWS, or what stands for it, is asked. */
export type Endpoint = {
  readonly region: string
  /** Of what stands for AWS, for all services alike; absent: AWS itself. */
  readonly endpointUrl?: string | undefined
}

export type Patience = {
  /** Milliseconds for a connection. */
  readonly connection: number
  /** Milliseconds in which nothing is sent nor comes. */
  readonly silence: number
  /** How often a request is sent at most. */
  readonly attempts: number
  /** Milliseconds for all attempts of a request, and for its answer to come whole. */
  readonly whole: number
}

const usual: Patience = { connection: 5_000, silence: 20_000, attempts: 7, whole: 180_000 }

/**
 * Lets a request take its time, which would else have no end where an answer comes by drops. When it is over, the
 * error is as Node has it of an answer that is not there in time.
 */
export async function inTime<Answer>(
  { whole = usual.whole }: Partial<Patience>,
  ask: (limit: { readonly abortSignal: AbortSignal }) => Promise<Answer>,
): Promise<Answer> {
  const abortSignal = AbortSignal.timeout(whole)
  try {
    return await ask({ abortSignal })
  } catch (error) {
    if (!abortSignal.aborted) throw error
    throw Object.assign(new Error('no whole answer in time', { cause: error }), { code: wholeTimeIsOver })
  }
}

export const wholeTimeIsOver = 'ETIMEDOUT_WHOLE'

/**
 * What the SDK's clients have in common. A request is sent up to seven times, with the standard mode's back-off and
 * jitter: about two seconds altogether after failures, half a minute where AWS asks to slow down.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
export function clientSettings({ region, endpointUrl }: Endpoint, patience: Partial<Patience> = {}) {
  const { connection, silence, attempts } = { ...usual, ...patience }
  const { http, https } = agents()
  return {
    region,
    ...(endpointUrl === undefined ? {} : { endpoint: endpointUrl }),
    maxAttempts: attempts,
    retryMode: 'standard',
    customUserAgent: 'poolform',
    requestHandler: {
      httpAgent: http,
      httpsAgent: https,
      connectionTimeout: connection,
      // of silence alone: a slow line may take long to send what is large
      socketTimeout: silence,
    },
  }
}

const warningSwitch = 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'

/**
 * Makes a client without the SDK's word about the Node versions of its releases to come, which who runs poolform cannot
 * act on. The SDK says it once, when its first client is made, and asks this variable of its own before.
 */
export function withoutVersionWarning<Client>(make: () => Client): Client {
  const before = process.env[warningSwitch]
  process.env[warningSwitch] = 'true'
  try {
    return make()
  } finally {
    if (before === undefined) delete process.env[warningSwitch]
    else process.env[warningSwitch] = before
  }
}
