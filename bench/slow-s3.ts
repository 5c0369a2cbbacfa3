import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * S3, as far as publishing asks it, with conditional writes, on a free loopback port; each answer comes `delay`
 * milliseconds after its request, however many are under way. CloudFormation finds every template valid.
 */
export async function slowS3(delay: number) {
  const objects = new Map<string, { readonly body: Buffer; readonly headers: Readonly<Record<string, string>> }>()
  let first = 0
  let last = 0

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(request.url ?? '', 'http://localhost')
    first ||= performance.now()
    const chunks: Buffer[] = []
    const reading = (async () => {
      for await (const chunk of request) chunks.push(chunk)
    })()
    await Promise.all([reading, sleep(delay)])
    const there = objects.get(pathname)
    const { headers, method } = request
    last = performance.now()
    if (method === 'POST') {
      response.writeHead(200, { 'content-type': 'text/xml' })
      return void response.end('<ValidateTemplateResponse><ValidateTemplateResult/></ValidateTemplateResponse>')
    }
    if (method !== 'PUT') {
      if (there === undefined) {
        response.writeHead(404, { 'content-type': 'application/xml' })
        return void response.end(
          method === 'HEAD' ? '' : '<Error><Code>NoSuchKey</Code><Message>none</Message></Error>',
        )
      }
      response.writeHead(200, { ...there.headers, 'content-length': there.body.length })
      return void response.end(method === 'HEAD' ? '' : there.body)
    }
    const match = headers['if-match']
    const isTaken = headers['if-none-match'] === '*' ? there !== undefined : match !== there?.headers['etag']
    if (isTaken) {
      response.writeHead(412, { 'content-type': 'application/xml' })
      return void response.end('<Error><Code>PreconditionFailed</Code><Message>no</Message></Error>')
    }
    const body = Buffer.concat(chunks)
    const kept = {
      etag: `"${createHash('md5').update(body).digest('hex')}"`,
      'last-modified': new Date().toUTCString(),
      'content-type': headers['content-type'] ?? '',
      'x-amz-checksum-sha256': createHash('sha256').update(body).digest('base64'),
    }
    objects.set(pathname, { body, headers: kept })
    response.writeHead(200, kept)
    response.end()
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : undefined)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    /** Milliseconds from the first request to the last answer, since it was asked last; then all is empty again. */
    took: (): number => {
      const took = last - first
      objects.clear()
      first = 0
      return took
    },
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
