import { type Document, isObject } from '../document.ts'
import { keptAnswers } from './kept-answers.ts'
import type { World } from './request.ts'

/** The folder of the output folder that they are in. */
export const accessFolder = 'access'

/** The files about a template that is called `name`, by their place in the output folder; in that order. */
export function accessFileNames(name: string): readonly [json: string, markdown: string] {
  return [`${accessFolder}/${name}.json`, `${accessFolder}/${name}.md`]
}

/**
 * Who can reach what by a template, as files beside it; none where identities of Amazon Cognito have no role by it. To
 * find it out takes several times as long as a build, so that it is kept for as long as what decides of it stays.
 */
export async function accessFiles(
  document: Document,
  name: string,
  world: World,
  useCache: boolean,
): Promise<ReadonlyMap<string, string>> {
  const { Parameters, Rules, Mappings, Conditions, Resources } = document
  if (!isObject(Resources)) return new Map()
  const question = JSON.stringify({ Parameters, Rules, Mappings, Conditions, Resources })
  if (!/cognito-identity|AWS::Cognito::IdentityPool/i.test(question)) return new Map()
  const kept = keptAnswers(accessFolder, useCache ? world : { ...world, cacheFolder: undefined })
  const subject = `${world.cwd}\0${name}`
  const known = kept.recall(subject, question)
  if (known !== undefined) return filesOf(name, known)
  const { accessReport } = await import('../access/show/report.ts')
  const report = accessReport(document, name)
  const answer = JSON.stringify(report === undefined ? [] : [report.json, report.markdown])
  kept.keep(subject, question, answer)
  return filesOf(name, answer)
}

function filesOf(name: string, answer: string): ReadonlyMap<string, string> {
  const texts: readonly string[] = JSON.parse(answer)
  const names = accessFileNames(name)
  return new Map(texts.flatMap((text, at) => (names[at] === undefined ? [] : [[names[at], text] as const])))
}
