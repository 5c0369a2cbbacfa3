import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { agents, type Connections } from '../aws/transport.ts'
import { storeError } from './errors.ts'
import { mostBytes, StoreError } from './store.ts'

/** What anybody gets from a URL. */
export type Fetched = {
  readonly status: number
  readonly contentType?: string
  readonly contentEncoding?: string
  readonly contentDisposition?: string
  /** Of a redirect to another host, which was not followed. */
  readonly location?: string
  readonly body: Buffer
}

export type FetchLimits = {
  /** Milliseconds, for one attempt. */
  readonly timeout: number
  readonly attempts: number
  readonly bytes: number
}

const usual: FetchLimits = { timeout: 30_000, attempts: 5, bytes: mostBytes }

let shared: Connections | undefined

/**
 * Fetches a URL as somebody without credentials does. An answer of 429 or 5xx, or none, is asked for again; what comes
 * in the end is given back whatever its status. Follows redirects within the host only. Throws a `StoreError` where no
 * answer comes, or one that is too large.
 */
export async function fetchPublic(
  url: string,
  limits: Partial<FetchLimits> = {},
  connections: Connections = usualConnections(),
): Promise<Fetched> {
  const { attempts, ...each } = { ...usual, ...limits }
  for (let attempt = 1; ; attempt++) {
    const isLast = attempt >= attempts
    try {
      const fetched = await fetchOnce(new URL(url), each, connections)
      if (isLast || !(fetched.status === 429 || fetched.status >= 500)) return fetched
    } catch (error) {
      if (isLast || error instanceof StoreError) {
        throw storeError(error, { operation: 'GetObject', region: new URL(url).host, endpointUrl: url })
      }
    }
    await new Promise(resolve => setTimeout(resolve, Math.random() * 200 * 2 ** attempt))
  }
}

async function fetchOnce(url: URL, limits: Omit<FetchLimits, 'attempts'>, connections: Connections): Promise<Fetched> {
  const signal = AbortSignal.timeout(limits.timeout)
  let at = url
  for (let hops = 0; hops < 5; hops++) {
    const answer = await ask(at, signal, connections)
    const { statusCode: status = 0, headers } = answer
    const target = status >= 300 && status < 400 ? headers.location : undefined
    const next = target !== undefined && URL.canParse(target, at.href) ? new URL(target, at) : undefined
    if (next === undefined || next.origin !== at.origin) {
      const fetched = { ...(await read(answer, at, limits.bytes)), status }
      return next === undefined ? fetched : { ...fetched, location: next.href }
    }
    answer.destroy()
    at = next
  }
  throw new StoreError('refused', `${url.href} redirects without an end`, 'Give the address at which the object is')
}

function usualConnections(): Connections {
  shared ??= agents()
  return shared
}

function ask(url: URL, signal: AbortSignal, { http, https }: Connections): Promise<IncomingMessage> {
  const isHttps = url.protocol === 'https:'
  const options = { agent: isHttps ? https : http, signal, headers: { 'user-agent': 'poolform' } }
  return new Promise((resolve, reject) => {
    const request = (isHttps ? httpsRequest : httpRequest)(url, options, resolve)
    request.once('error', error => reject(timely(error)))
    request.end()
  })
}

async function read(answer: IncomingMessage, url: URL, limit: number): Promise<Omit<Fetched, 'status'>> {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of answer) {
      const part: Buffer = chunk
      bytes += part.length
      if (bytes > limit) {
        throw new StoreError('refused', `${url.href} gives more than ${limit} bytes`, 'Check what is at this address')
      }
      chunks.push(part)
    }
  } catch (error) {
    throw error instanceof Error ? timely(error) : error
  }
  const body = Buffer.concat(chunks)
  const {
    'content-type': contentType,
    'content-encoding': contentEncoding,
    'content-disposition': contentDisposition,
  } = answer.headers
  return {
    ...(contentType === undefined ? {} : { contentType }),
    ...(contentEncoding === undefined ? {} : { contentEncoding }),
    ...(contentDisposition === undefined ? {} : { contentDisposition }),
    body,
  }
}

/** Node says of a time that is over that somebody has broken off. */
const timely = (error: Error): Error =>
  error.name === 'AbortError' || error.name === 'TimeoutError'
    ? Object.assign(new Error('no answer in time', { cause: error }), { code: 'ETIMEDOUT' })
    : error
