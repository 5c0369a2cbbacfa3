/** The built templates: their text, and as plain JSON, so that a test can spoil one part of it. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { type CollectionTag, parse, type ScalarTag } from 'yaml'
import { type Document, isObject } from '../../src/document.ts'

const dist = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../dist')

/** The path of a built template. */
export const templateFile = (name: string): string => path.join(dist, `${name}.yaml`)

export const templateText = (name: string): string => {
  assert(existsSync(templateFile(name)), `${templateFile(name)} is not there: npm run build makes it`)
  return readFileSync(templateFile(name), 'utf8')
}

const functions = [
  ...['And', 'Base64', 'Cidr', 'Equals', 'FindInMap', 'GetAtt', 'GetAZs', 'If', 'ImportValue', 'Join', 'Not', 'Or'],
  ...['Select', 'Split', 'Sub', 'Contains', 'EachMemberEquals', 'EachMemberIn', 'RefAll', 'ValueOf', 'ValueOfAll'],
]

/** !Ref X is {Ref: X}, !Sub X is {Fn::Sub: X}, !GetAtt A.B is {Fn::GetAtt: [A, B]}. */
const shortForms = ['Ref', 'Condition', ...functions].flatMap((name): (ScalarTag | CollectionTag)[] => {
  const key = name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`
  const scalar = (text: string) => ({
    [key]: name === 'GetAtt' ? [text.split('.')[0], text.split('.').slice(1).join('.')] : text,
  })
  return [
    { tag: `!${name}`, resolve: scalar },
    { tag: `!${name}`, collection: 'seq', resolve: value => ({ [key]: value }) },
    { tag: `!${name}`, collection: 'map', resolve: value => ({ [key]: value }) },
  ]
})

/** A built template in CloudFormation's JSON form. */
export const readTemplate = (name: string): Document => {
  const document: Document = JSON.parse(JSON.stringify(parse(templateText(name), { customTags: shortForms })))
  assert(isObject(document.Resources))
  return document
}
