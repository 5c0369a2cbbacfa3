import { type Document, isObject, type JsonObject, member } from '../../document.ts'
import { allowedValuesOf, declarationOf, numberOf, textOf, violations } from '../../parameter.ts'
import { spokenExamples } from '../spoken-examples.ts'

/** Values that stand for those that a deployer would give, by parameter. */
export type Placeholders = Readonly<Record<string, string>>

export type Place = { readonly region: string; readonly partition: string }

/** A value for each parameter that has no default; one for which none is found that fits is left out. */
export function requiredPlaceholders(document: Document, place: Place): Placeholders {
  return placeholders(document, place, declaration => textOf(member(declaration, 'Default')) === undefined)
}

/** A value for each parameter that is empty by default, or `true` for one that is `false`: what switches options on. */
export function optionalPlaceholders(document: Document, place: Place): Placeholders {
  const switches = ['', 'false']
  return placeholders(document, place, declaration => switches.includes(textOf(member(declaration, 'Default')) ?? '?'))
}

/** Another value than its default for a parameter that has one; undefined where none is found that fits. */
export function otherPlaceholder(document: Document, name: string, place: Place): string | undefined {
  const parameters: JsonObject = isObject(document.Parameters) ? document.Parameters : {}
  const declaration = declarationOf(parameters, name)
  return declaration && fittingValue(name, declaration, new Set(), place)
}

function placeholders(document: Document, place: Place, isWanted: (declaration: JsonObject) => boolean): Placeholders {
  const parameters: JsonObject = isObject(document.Parameters) ? document.Parameters : {}
  const found: Record<string, string> = {}
  for (const name of Object.keys(parameters)) {
    const declaration = declarationOf(parameters, name)
    if (declaration === undefined || !isWanted(declaration)) continue
    const value = fittingValue(name, declaration, new Set(Object.values(found)), place)
    if (value !== undefined) found[name] = value
  }
  return found
}

/** The likeliest that the parameter takes; of two app clients one is another, as far as there are others. */
function fittingValue(
  name: string,
  declaration: JsonObject,
  taken: ReadonlySet<string>,
  { region, partition }: Place,
): string | undefined {
  let second: string | undefined
  for (const candidate of candidates(name, declaration)) {
    const local = candidate.replaceAll('us-east-1', region).replaceAll(/\barn:aws:/g, `arn:${partition}:`)
    const value = [local, candidate].find(it => isTaken(declaration, it))
    if (value === undefined) continue
    if (!taken.has(value)) return value
    second ??= value
  }
  return second
}

function isTaken(declaration: JsonObject, value: string): boolean {
  return value !== '' && value !== textOf(member(declaration, 'Default')) && violations(declaration, value).length === 0
}

/** The likeliest first. */
function* candidates(name: string, declaration: JsonObject): Generator<string> {
  const allowed = allowedValuesOf(declaration)
  if (allowed !== undefined) return yield* allowed
  const type = String(member(declaration, 'Type'))
  // left empty it is the stack's, so that another one shows what it gives
  if (/region$/i.test(name) && textOf(member(declaration, 'Default')) === '') yield otherRegion
  // one switch is on as others are
  if (textOf(member(declaration, 'Default')) === 'false' || /^allow_?unauthenticated/i.test(name)) return yield 'true'
  for (const [pattern, value] of byName) if (pattern.test(name)) yield value
  yield* spokenExamples(declaration)
  for (const [pattern, value] of byType) if (pattern.test(type)) yield value
  if (type === 'Number') yield String(numberOf(declaration, 'MinValue') ?? 1)
  yield 'example'
  for (let number = 2; number <= 9; number++) yield `example${number}`
  yield* anything
}

/** Of no partition but the usual one, so that nothing more differs in the others. */
const otherRegion = 'us-west-2'

const byName: readonly (readonly [name: RegExp, value: string])[] = [
  [/role_?arns?$/i, 'arn:aws:iam::123456789012:role/Example'],
  [/permissions_?boundary/i, 'arn:aws:iam::123456789012:policy/Example'],
  [/bucket/i, 'example-uploads'],
  [/table/i, 'example-table'],
  [/user_?pool_?id$/i, 'us-east-1_EXAMPLE'],
  [/client_?id[^a-z]*$/i, '1example23456789'],
  [/client_?id[^a-z]*$/i, '2example23456789'],
  [/client_?id[^a-z]*$/i, '3example23456789'],
  [/api_?id$/i, 'a1b2c3d4e5'],
  [/api_?arns?$/i, 'arn:aws:execute-api:us-east-1:123456789012:f6g7h8i9j0/prod/*'],
  [/region$/i, 'us-east-1'],
]

const byType: readonly (readonly [type: RegExp, value: string])[] = [
  [/AWS::EC2::VPC::Id/, 'vpc-0123456789abcdef0'],
  [/AWS::EC2::Subnet::Id/, 'subnet-0123456789abcdef0'],
  [/AWS::EC2::SecurityGroup::Id/, 'sg-0123456789abcdef0'],
  [/AWS::EC2::Image::Id/, 'ami-0123456789abcdef0'],
  [/AWS::Route53::HostedZone::Id/, 'Z0123456789ABCDEFGHIJ'],
]

const anything: readonly string[] = [
  ...['Example1', 'example.com', 'https://example.com', 'https://example.com/', 'user@example.com'],
  ...['us-east-1', 'us-east-1a', '123456789012', 'a1b2c3d4e5', '10.0.0.0/16', '/example/', '1', '100', '1.0.0'],
  'https://example.s3.us-east-1.amazonaws.com/example.yaml',
  'arn:aws:iam::123456789012:role/Example',
  'arn:aws:s3:::example-uploads',
  'us-east-1:11111111-2222-4333-8444-555555555555',
]
