import { readFileSync } from 'node:fs'
import { Agent as HttpAgent, request as httpRequest } from 'node:http'
import { Agent, request as httpsRequest, type RequestOptions } from 'node:https'
import { Duplex } from 'node:stream'
import { connect } from 'node:tls'
import { AwsError } from './aws-error.ts'

/** How AWS is reached: environment variables, of which those of the AWS CLI about proxies and certificates count. */
export type Environment = Readonly<Record<string, string | undefined>>

export type Connections = { readonly http: HttpAgent; readonly https: Agent }

/**
 * Keeps connections for further requests. HTTPS goes by HTTPS_PROXY, but for what NO_PROXY names, and trusts the
 * certificates in the file that AWS_CA_BUNDLE names, else those that Node trusts. Plain HTTP, which only what
 * stands for AWS is asked by, goes straight.
 */
export function agents(environment: Environment = process.env): Connections {
  const bundle = environment['AWS_CA_BUNDLE'] || undefined
  const options = { keepAlive: true, maxSockets: 50, ...(bundle === undefined ? {} : { ca: certificates(bundle) }) }
  const proxy = proxyOf(environment)
  const direct = (environment['NO_PROXY'] ?? environment['no_proxy'] ?? '').split(/[\s,]+/).filter(name => name !== '')
  return {
    http: new HttpAgent({ keepAlive: true, maxSockets: 50 }),
    https: proxy === undefined ? new Agent(options) : new TunnelAgent(options, proxy, direct),
  }
}

function certificates(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    throw new AwsError(
      'no-network',
      `${file}, which AWS_CA_BUNDLE names, cannot be read`,
      'Correct AWS_CA_BUNDLE, or take it out of the environment',
      { cause: error },
    )
  }
}

function proxyOf(environment: Environment): URL | undefined {
  const address = environment['HTTPS_PROXY'] || environment['https_proxy'] || undefined
  if (address === undefined) return undefined
  const url = URL.canParse(address) && address.includes('://') ? new URL(address) : undefined
  if (url !== undefined && (url.protocol === 'http:' || url.protocol === 'https:')) return url
  // it may hold a password: never shown
  throw new AwsError(
    'no-network',
    'HTTPS_PROXY is no address of an HTTP proxy',
    'Write it as http://proxy.example.com:3128; SOCKS proxies are not supported',
  )
}

/** Is it named by NO_PROXY: itself, by a domain that it is in, or by `*`? */
export function isDirect(host: string, names: readonly string[]): boolean {
  return names.some(name => {
    const domain = name
      .replace(/^\*?\./, '')
      .replace(/:\d+$/, '')
      .toLowerCase()
    return name === '*' || host.toLowerCase() === domain || host.toLowerCase().endsWith(`.${domain}`)
  })
}

/** Asks a proxy for a way through, by CONNECT, and speaks TLS with the host itself. */
class TunnelAgent extends Agent {
  readonly #proxy: URL
  readonly #direct: readonly string[]

  constructor(options: ConstructorParameters<typeof Agent>[0], proxy: URL, direct: readonly string[]) {
    super(options)
    this.#proxy = proxy
    this.#direct = direct
  }

  override createConnection(
    options: RequestOptions,
    callback: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    const host = options.host ?? ''
    if (isDirect(host, this.#direct)) return super.createConnection(options, callback)
    const { protocol, hostname, port, username, password } = this.#proxy
    const login = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')
    const target = `${host}:${options.port ?? 443}`
    const request = (protocol === 'https:' ? httpsRequest : httpRequest)({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port === '' ? (protocol === 'https:' ? 443 : 80) : port,
      method: 'CONNECT',
      path: target,
      headers: { host: target, ...(username === '' ? {} : { 'proxy-authorization': `Basic ${login}` }) },
      agent: false,
    })
    // Node's type wants a stream beside the error, of which nobody makes use
    const fail = (error: Error) => callback(error, new Duplex())
    request.once('connect', (answer, socket) => {
      if (answer.statusCode === 200) callback(null, connect({ socket, servername: host, ca: options.ca }))
      else {
        socket.destroy()
        fail(refusal(answer.statusCode ?? 0, host))
      }
    })
    request.once('error', fail)
    request.end()
    return undefined
  }
}

function refusal(status: number, host: string): AwsError {
  return status === 407
    ? new AwsError(
        'no-network',
        'the proxy that HTTPS_PROXY names wants another login',
        'Write user and password into it, as http://user:password@proxy.example.com:3128',
      )
    : new AwsError(
        'no-network',
        `the proxy that HTTPS_PROXY names does not let ${host} through (${status})`,
        'Have it let HTTPS to AWS through, or name the host in NO_PROXY',
      )
}
