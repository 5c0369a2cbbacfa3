import type { Place } from '../scenarios.ts'
import type { Deployed } from './deployed.ts'
import { textsIn } from './texts.ts'
import type { Violation } from './violation.ts'

/**
 * Law 7: nothing of a foreign partition is rendered: no ARN, host, or region of another one, and of the hosts of identity
 * pools only that of the region.
 */
export function nothingForeign({ resolved, options, scenario: { place } }: Deployed): readonly Violation[] {
  const places = [
    ...Object.entries(resolved.Resources).map(
      ([id, { Properties, attributes }]) => [id, [Properties, attributes]] as const,
    ),
    ...Object.entries(resolved.Outputs).map(([id, { Value, attributes }]) => [id, [Value, attributes]] as const),
  ]
  return places.flatMap(([id, values]) =>
    [...new Set(textsIn(values))].flatMap(text =>
      foreign(text, place, options.host).map(
        (found): Violation => ({
          law: 7,
          statement: id,
          request: text,
          because: `${found} is not of ${place.partition}, ${place.region}`,
        }),
      ),
    ),
  )
}

/** https://docs.aws.amazon.com/general/latest/gr/rande.html, and the AWS SDKs' partitions.json */
const regions: Readonly<Record<string, RegExp>> = {
  aws: /^(?:us|eu|ap|sa|ca|me|af|il|mx)-[a-z]+-\d+$/,
  'aws-us-gov': /^us-gov-[a-z]+-\d+$/,
  'aws-cn': /^cn-[a-z]+-\d+$/,
}

function foreign(text: string, { partition, urlSuffix }: Place, host: string | undefined): readonly string[] {
  const found = (pattern: RegExp) => [...text.matchAll(pattern)].map(([whole]) => whole)
  const isService = /^(?:[a-z0-9-]+\.)+amazonaws\.com$/.test(text) && !/-\d\.|^cognito-identity/.test(text)
  return [
    ...found(/arn:aws[a-z-]*(?=:)/g).filter(it => it !== `arn:${partition}`),
    ...found(/cognito-identity[a-z0-9.-]*\.amazonaws\.com(?:\.cn)?/g).filter(it => it !== host),
    // Services are called by one name, as principals, in all partitions.
    ...(isService ? [] : found(/amazonaws\.(?:com(?:\.cn)?|eu)/g).filter(it => it !== urlSuffix)),
    ...found(/(?<![\w-])[a-z]{2,4}(?:-[a-z]+)+-\d{1,2}(?![\w-])/g).filter(it => regions[partition]?.test(it) === false),
  ]
}
