import { wholeTimeIsOver } from './client.ts'
import { type Asked, type Failure, shortened, type Words } from './failure.ts'
import type { Environment } from './transport.ts'

const certificateCodes = [
  ...['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_GET_ISSUER_CERT'],
  ...['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'CERT_UNTRUSTED'],
]

const silenceCodes = ['TimeoutError', 'ETIMEDOUT', wholeTimeIsOver, 'ESOCKETTIMEDOUT', 'ERR_SOCKET_CONNECTION_TIMEOUT']

const breakCodes = ['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ERR_STREAM_PREMATURE_CLOSE', 'HPE_INVALID_CONSTANT']

/** Where no answer has come, or none of AWS's. */
export function networkWords(failure: Failure, asked: Asked, environment: Environment): Words | undefined {
  if (failure.status !== undefined) return undefined
  const { code, message } = failure
  const { region, endpointUrl } = asked
  const host = failure.details['hostname'] ?? endpointUrl ?? `AWS in ${region}`
  // credentials come from AWS, whatever stands for it else
  const isOfAws = endpointUrl === undefined || (failure.details['hostname'] ?? '').includes('.amazonaws.')
  const proxy = environment['HTTPS_PROXY'] ?? environment['https_proxy']
  const byProxy = proxy === undefined ? '' : ', and that HTTPS_PROXY names a proxy that lets it through'
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return [
      'no-network',
      `the name ${host} is not known`,
      isOfAws
        ? `Check the network${byProxy}, and that ${region} is a region of AWS`
        : `Check the network${byProxy}, and the address that --endpoint-url gives`,
    ]
  }
  if (code === 'ECONNREFUSED' || code === 'EHOSTUNREACH' || code === 'ENETUNREACH' || code === 'EACCES') {
    const at = failure.details['address'] ?? host
    return [
      'no-network',
      `no connection could be made to ${at} (${code})`,
      isOfAws
        ? `Check the network${byProxy}, and that a firewall lets HTTPS to AWS through`
        : 'Start what should listen there, or correct --endpoint-url',
    ]
  }
  if (silenceCodes.includes(code)) {
    return ['no-network', `no answer came from ${host} in time`, `Check the network${byProxy}, and run it again`]
  }
  if (breakCodes.includes(code) || /socket hang up/.test(message)) {
    return [
      'no-network',
      `the connection to ${host} broke each time before the answer was there (${code})`,
      `Check the network${byProxy}, and run it again${asked.writes ? '; what is written stays as it is' : ''}`,
    ]
  }
  if (certificateCodes.includes(code)) {
    return [
      'no-network',
      `the TLS certificate of ${host} is signed by nobody that Node trusts (${code})`,
      'Where a proxy opens TLS, set AWS_CA_BUNDLE or NODE_EXTRA_CA_CERTS to a file with its certificate',
    ]
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    const when = code === 'CERT_HAS_EXPIRED' ? 'no longer valid' : 'not yet valid'
    return ['no-network', `the TLS certificate of ${host} is ${when}`, 'Set this machine’s clock right, and try again']
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return [
      'no-network',
      `the TLS certificate that came is not of ${host}`,
      'Find out who answers in its place: a proxy, a login page of the network, or a wrong --endpoint-url',
    ]
  }
  if (code === 'EndpointError' || /^(?:Invalid region|Region not accepted)/i.test(message)) {
    return [
      'wrong-region',
      `there is no endpoint for ${region}: ${shortened(message)}`,
      'Name a region of AWS, as us-east-1',
    ]
  }
  return undefined
}
