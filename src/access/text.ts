import { type Document, isList, isObject, type Json } from '../document.ts'
import { fallbackOf, operandOf } from './branches.ts'

/**
 * Stands for pseudo parameters while a text is taken apart at its colons, which their names have too: characters that
 * Unicode leaves to private use.
 */
const pseudo: ReadonlyMap<string, string> = new Map([
  ['AWS::Partition', '\ue000'],
  ['AWS::Region', '\ue001'],
  ['AWS::AccountId', '\ue002'],
  ['AWS::URLSuffix', '\ue003'],
  ['AWS::StackName', '\ue004'],
  ['AWS::StackId', '\ue005'],
  ['AWS::NotificationARNs', '\ue006'],
  ['AWS::NoValue', '\ue007'],
])

export const stack = { partition: '\ue000', region: '\ue001', account: '\ue002' } as const

/** With the names of pseudo parameters again. */
export function shown(text: string): string {
  if (!/[\ue000-\ue007]/.test(text)) return text
  return [...pseudo].reduce((result, [name, mark]) => result.replaceAll(mark, `{${name}}`), text)
}

/**
 * A value in one line: a parameter or resource as `{Name}`, an attribute as `{Name.Attribute}`, a policy variable as
 * `<identity ID>` or `<its name>`, what can't be said so as JSON.
 */
export function textOf(value: Json, document: Document): string {
  if (typeof value === 'string') return policyVariables(value)
  if (isList(value)) return value.map(item => textOf(item, document)).join(', ')
  if (!isObject(value)) return String(value)
  const fallback = fallbackOf(value, document)
  if (fallback !== undefined) {
    return `${textOf(fallback.given, document)} or else ${textOf(fallback.otherwise, document)}`
  }
  return call(value, document) ?? JSON.stringify(value)
}

function call(value: Json, document: Document): string | undefined {
  const name = operandOf(value, 'Ref')
  if (typeof name === 'string') return reference(name)
  const attribute = operandOf(value, 'Fn::GetAtt')
  if (typeof attribute === 'string') return ownArn(attribute, document)
  if (isList(attribute) && attribute.every(it => typeof it === 'string')) return ownArn(attribute.join('.'), document)
  const sub = operandOf(value, 'Fn::Sub')
  if (sub !== undefined) return substituted(sub, document)
  const join = operandOf(value, 'Fn::Join')
  if (isList(join) && join.length === 2) {
    const [delimiter, items] = join
    if (typeof delimiter === 'string' && isList(items)) {
      return items.map(item => textOf(item, document)).join(delimiter)
    }
  }
  const pieces = piecesOf(value, document)
  if (pieces !== undefined) return pieces.join(', ')
  const exported = operandOf(value, 'Fn::ImportValue')
  if (exported !== undefined) return `{the export ${textOf(exported, document)}}`
  return undefined
}

/**
 * What `Fn::Split` gives, where that is known: of a parameter by itself, `{its name}` stands for all. A parameter within
 * a text could have the delimiter too. Undefined for anything else.
 */
export function piecesOf(value: Json, document: Document): readonly string[] | undefined {
  const split = operandOf(value, 'Fn::Split')
  if (!isList(split) || split.length !== 2) return undefined
  const [delimiter, source = null] = split
  if (typeof delimiter !== 'string' || delimiter === '' || isList(source)) return undefined
  if (isObject(source) && operandOf(source, 'Ref') !== undefined) return [textOf(source, document)]
  const text = textOf(source, document)
  return /[{<]/.test(text) ? undefined : text.split(delimiter)
}

function reference(name: string): string {
  return pseudo.get(name) ?? `{${name}}`
}

/** `Fn::Sub` of a text, or of a text and its own variables. */
function substituted(operand: Json, document: Document): string | undefined {
  const [text, variables] = isList(operand) ? operand : [operand]
  if (typeof text !== 'string') return undefined
  return text.replace(/\$\{([^}]*)\}/g, (_, inner: string) => {
    if (inner.startsWith('!')) return policyVariable(inner.slice(1))
    const name = inner.trim()
    const own = isObject(variables) && Object.hasOwn(variables, name) ? variables[name] : undefined
    if (own !== undefined) return textOf(own, document)
    return name.includes('.') ? ownArn(name, document) : reference(name)
  })
}

function policyVariables(text: string): string {
  return text.replace(/\$\{([^}]*)\}/g, (_, name: string) => policyVariable(name))
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html */
function policyVariable(name: string): string {
  if (/^cognito-identity[\w.-]*:sub$/.test(name)) return '<identity ID>'
  const [, tag] = /^aws:PrincipalTag\/(.+)$/i.exec(name) ?? []
  return tag === undefined ? `<${name}>` : `<principal tag ${tag}>`
}

/** What `Fn::GetAtt …Arn` gives, as far as words need it: the ARN's format by resource type. */
const arnFormats: Readonly<Record<string, string>> = {
  'AWS::S3::Bucket': 's3:::NAME',
  'AWS::DynamoDB::Table': 'dynamodb:REGION:ACCOUNT:table/NAME',
  'AWS::KMS::Key': 'kms:REGION:ACCOUNT:key/NAME',
  'AWS::Lambda::Function': 'lambda:REGION:ACCOUNT:function:NAME',
  'AWS::SQS::Queue': 'sqs:REGION:ACCOUNT:NAME',
}

/** The ARN of a resource of the template's own in full, any other attribute as `{Name.Attribute}`. */
function ownArn(attribute: string, document: Document): string {
  const [id = '', ...rest] = attribute.split('.')
  const resource = Object.hasOwn(document.Resources, id) ? document.Resources[id] : undefined
  const type = isObject(resource) ? resource['Type'] : undefined
  const format = typeof type === 'string' && Object.hasOwn(arnFormats, type) ? arnFormats[type] : undefined
  if (rest.join('.') !== 'Arn' || format === undefined) return `{${attribute}}`
  const arn = format.replace('REGION', stack.region).replace('ACCOUNT', stack.account).replace('NAME', `{${id}}`)
  return `arn:${stack.partition}:${arn}`
}
