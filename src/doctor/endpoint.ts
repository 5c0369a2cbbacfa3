import { word } from '../launch/quote.ts'
import type { Finding } from './finding.ts'

/** With commands that ask the same endpoint as was asked here. */
export function atEndpoint(findings: readonly Finding[], endpointUrl: string | undefined): readonly Finding[] {
  if (endpointUrl === undefined) return findings
  const option = `aws --endpoint-url ${word('posix', endpointUrl)} `
  return findings.map(({ mend, ...finding }) => ({
    ...finding,
    mend: mend.map(it =>
      it.command === undefined ? it : { ...it, command: it.command.replace(/^aws /, () => option) },
    ),
  }))
}
