import { isValueList, isValueObject, type Value } from '../resolve/value.ts'
import { type Missing, merged, missingOf } from './decide/missing.ts'
import type { Request } from './decide/request.ts'
import type { Source } from './decide/statement.ts'

/** What the statements hang on that leave a request open, by their positions in the policies. */
export function missingBy(policies: readonly Value[], by: readonly Source[], request: Request): Missing {
  return merged(
    by.flatMap(({ policy, statement }) => {
      const document = policies[policy]
      const statements = isValueObject(document) ? document['Statement'] : undefined
      const found = isValueList(statements) ? statements[statement] : statements
      if (!isValueObject(document) || !isValueObject(found)) return []
      return [missingOf(found, request, document['Version'] === '2012-10-17')]
    }),
  )
}

/** `depends on aws:SourceIp, which the question leaves open`: the end of a clause. */
export function dependence({ keys, parameters }: Missing): string {
  const open = keys.length === 0 ? [] : [`${keys.join(', ')}, which the question leaves open`]
  const unset = parameters.length === 0 ? [] : [`${parameters.join(', ')}, which has no value here`]
  if (open.length + unset.length === 0) return 'is not known here'
  return `depends on ${[...open, ...unset].join(', and on ')}`
}
