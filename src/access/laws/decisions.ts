import { isList, isObject, type Json } from '../../document.ts'
import { places } from '../scenarios.ts'
import type { Deployed } from './deployed.ts'
import type { Violation } from './violation.ts'

/**
 * Law 6, as far as it is about what conditions decide by: parameters, the partition, and regions in which the laws look
 * at it. Of a template that asks for an account, for the name of a stack, or for another region, they would see one side.
 */
export function decidedByWhatIsSeen({ document: { Conditions = {}, Mappings = {} } }: Deployed): readonly Violation[] {
  const asked = Object.entries(Conditions).flatMap(([name, condition]) =>
    questionsIn(condition).map(because => violation(name, because)),
  )
  const mapped = Object.entries(Mappings).flatMap(([name, mapping]) =>
    isObject(mapping) ? Object.keys(mapping).flatMap(it => foreign(it).map(because => violation(name, because))) : [],
  )
  return [...asked, ...mapped]
}

function questionsIn(value: Json): readonly string[] {
  if (typeof value === 'string') return value.includes('${AWS::') ? [`asks for ${value}`] : foreign(value)
  if (isList(value)) return value.flatMap(questionsIn)
  if (!isObject(value)) return []
  const { Ref } = value
  const isSeen = typeof Ref !== 'string' || !Ref.startsWith('AWS::') || seen.includes(Ref)
  return [...(isSeen ? [] : [`asks for ${Ref}`]), ...Object.values(value).flatMap(questionsIn)]
}

const seen: readonly string[] = ['AWS::Region', 'AWS::Partition', 'AWS::NoValue']

function foreign(text: string): readonly string[] {
  const isRegion = /^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/.test(text)
  return isRegion && !places.some(({ region }) => region === text) ? [`asks for the region ${text}`] : []
}

function violation(statement: string, because: string): Violation {
  return { law: 6, statement, request: 'whoever deploys it elsewhere', because }
}
