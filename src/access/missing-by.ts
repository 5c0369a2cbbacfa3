import { isValueList, isValueObject, type Value } from '../resolve/value.ts'
import { type Missing, merged, missingOf } from './decide/missing.ts'
import type { Request } from './decide/request.ts'
import type { Source } from './decide/statement.ts'
import { nameOf } from './name-of.ts'

/** What the statements hang on that leave a request open, by their positions in the policies. */
export function missingBy(policies: readonly Value[], by: readonly Source[], request: Request): Missing {
  return merged(
    by.flatMap(({ policy, statement }) => {
      const document = policies[policy]
      const statements = isValueObject(document) ? document['Statement'] : undefined
      const found = isValueList(statements) ? statements[statement] : statements
      if (!isValueObject(document) || !isValueObject(found)) return []
      return [missingOf(found, request, document['Version'] === '2012-10-17', nameOf)]
    }),
  )
}

/** `depends on aws:SourceIp, which the question leaves open`: the end of a clause. */
export function dependence({ keys, parameters, values = [] }: Missing): string {
  const open = keys.length === 0 ? [] : [`${keys.join(', ')}, which the question leaves open`]
  const unset = parameters.length === 0 ? [] : [`${parameters.join(', ')}, which has no value here`]
  const made = values.length === 0 ? [] : [`${values.join(', ')}, which only deployment knows`]
  const all = [...open, ...unset, ...made]
  return all.length === 0 ? 'is not known here' : `depends on ${all.join(', and on ')}`
}
