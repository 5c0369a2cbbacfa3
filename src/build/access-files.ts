import { type Document, isObject, type Json, type JsonObject } from '../document.ts'
import { keptAnswers } from './kept-answers.ts'
import { templateIn } from './nested.ts'
import type { World } from './request.ts'

/** The folder of the output folder that they are in. */
export const accessFolder = 'access'

/** The files about a template that is called `name`, by their place in the output folder; in that order. */
export function accessFileNames(name: string): readonly [json: string, markdown: string] {
  return [`${accessFolder}/${name}.json`, `${accessFolder}/${name}.md`]
}

/** A template of a build, and what it is called. */
export type Named = { readonly name: string; readonly document: Document }

/** What is written about a template, and what was read to write it: the text of files, by absolute path. */
export type AccessFiles = { readonly files: ReadonlyMap<string, string>; readonly read: ReadonlyMap<string, string> }

/** Where templates of nested stacks are: those of the same build, and what others have left in the folder, if it is told. */
export type Around = {
  readonly siblings: readonly Named[]
  readonly folder: string | undefined
  readonly format: string
}

/**
 * Who can reach what by a template, as files beside it; none where identities of Amazon Cognito have no role by it. To
 * find it out takes several times as long as a build, so that it is kept for as long as what decides of it stays.
 */
export async function accessFiles(
  { document, name }: Named,
  around: Around,
  world: World,
  useCache: boolean,
): Promise<AccessFiles> {
  if (!isObject(document.Resources)) return none
  const { nested, read } = await nestedOf(document, around, world)
  const decisive = [...nested].map(
    ([id, one]) => [id, one.name, sectionsOf(one.document, one.document.Outputs)] as const,
  )
  const question = JSON.stringify(decisive.length === 0 ? sectionsOf(document) : [sectionsOf(document), decisive])
  if (!/cognito-identity|AWS::Cognito::IdentityPool/i.test(question)) return { files: none.files, read }
  const kept = keptAnswers(accessFolder, useCache ? world : { ...world, cacheFolder: undefined })
  const subject = `${world.cwd}\0${name}`
  const known = kept.recall(subject, question)
  if (known !== undefined) return { files: filesOf(name, known), read }
  const { accessReport } = await import('../access/show/report.ts')
  const report = accessReport(document, name, undefined, nested)
  const answer = JSON.stringify(report === undefined ? [] : [report.json, report.markdown])
  kept.keep(subject, question, answer)
  return { files: filesOf(name, answer), read }
}

const none: AccessFiles = { files: new Map(), read: new Map() }

/** What decides who can reach what. */
function sectionsOf({ Parameters, Rules, Mappings, Conditions, Resources }: Document, Outputs?: Json): JsonObject {
  const sections = { Parameters, Rules, Mappings, Conditions, Resources, Outputs }
  return Object.fromEntries(
    Object.entries(sections).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  )
}

/** The templates of nested stacks that are found, by the stacks' IDs. */
async function nestedOf(document: Document, { siblings, folder, format }: Around, world: World) {
  const nested = new Map<string, Named>()
  const read = new Map<string, string>()
  const types = Object.values(document.Resources ?? {}).map(it => (isObject(it) ? it['Type'] : undefined))
  if (!types.includes('AWS::CloudFormation::Stack')) return { nested, read }
  const { nestedIn } = await import('../access/show/report.ts')
  for (const { id, isCalled } of nestedIn(document)) {
    const sibling = siblings.find(({ name }) => isCalled(name))
    if (sibling !== undefined) nested.set(id, sibling)
    if (sibling !== undefined || folder === undefined) continue
    const found = await templateIn(folder, isCalled, `.${format}`, world)
    if (found === undefined) continue
    nested.set(id, found)
    read.set(found.file, found.text)
  }
  return { nested, read }
}

function filesOf(name: string, answer: string): ReadonlyMap<string, string> {
  const kept: unknown = JSON.parse(answer)
  const texts = Array.isArray(kept) ? kept.flatMap(it => (typeof it === 'string' ? [it] : [])) : []
  const names = accessFileNames(name)
  return new Map(texts.flatMap((text, at) => (names[at] === undefined ? [] : [[names[at], text] as const])))
}
