import { basename, dirname, extname, resolve } from 'node:path'
import { nestedIn } from '../access/show/nested.ts'
import { type Finding, moduleError } from '../build/finding.ts'
import type { World } from '../build/index.ts'
import { templateIn } from '../build/nested.ts'
import { readTemplate } from '../build/read-template.ts'
import type { Document } from '../document.ts'
import type { AccessArguments } from './arguments.ts'

/** By the IDs of nested stacks: the file that each is taken to be made from. */
export type NestedFiles = ReadonlyMap<string, string>

type NestedTemplates = {
  readonly documents: ReadonlyMap<string, Document>
  readonly files: NestedFiles
  readonly texts: readonly string[]
}

/** The templates that are named for nested stacks, or else lie beside this one under their names. */
export async function nestedTemplates(
  document: Document,
  { file, nested }: AccessArguments,
  given: Readonly<Record<string, string>>,
  world: World,
): Promise<NestedTemplates | { readonly findings: readonly Finding[] }> {
  const stacks = nestedIn(document, given)
  const ids = stacks.map(({ id }) => id)
  const unknown = nested.find(({ name }) => !ids.includes(name))
  if (unknown !== undefined) {
    const help = ids.length === 0 ? 'Leave --nested out' : `Name one that it nests: ${ids.join(', ')}`
    return { findings: [moduleError('invalid-parameter', file, `nests no stack ${unknown.name}`, help)] }
  }
  const documents = new Map<string, Document>()
  const files = new Map<string, string>()
  const texts: string[] = []
  for (const { id, isCalled } of stacks) {
    const named = nested.findLast(({ name }) => name === id)?.value
    if (named === undefined) {
      const found = await templateIn(resolve(world.cwd, dirname(file)), isCalled, extname(file), world)
      if (found === undefined) continue
      texts.push(found.text)
      documents.set(id, found.document)
      files.set(id, basename(found.file))
      continue
    }
    const template = await readTemplate(named, world)
    if ('findings' in template) return template
    texts.push(template.text)
    documents.set(id, template.document)
    files.set(id, named)
  }
  return { documents, files, texts }
}
