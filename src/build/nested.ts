import { readdirSync } from 'node:fs'
import { basename, extname, join } from 'node:path'
import type { Document } from '../document.ts'
import { readTemplate } from './read-template.ts'
import type { World } from './request.ts'

/** A template in a file, and what it is called. */
export type TemplateFile = {
  readonly name: string
  readonly document: Document
  readonly file: string
  readonly text: string
}

/**
 * The template in a folder that is called so, if it is there and can be read; where there are several, that with the
 * extension, such as `.yaml`, or else the first.
 */
export async function templateIn(
  folder: string,
  isCalled: (name: string) => boolean,
  extension: string,
  world: World,
): Promise<TemplateFile | undefined> {
  const found = filesIn(folder).filter(it => /^\.(?:ya?ml|json|template)$/.test(extname(it)) && isCalled(nameOf(it)))
  const [first] = found.sort(
    (a, b) => Number(extname(b) === extension) - Number(extname(a) === extension) || (a < b ? -1 : 1),
  )
  if (first === undefined) return undefined
  const file = join(folder, first)
  const template = await readTemplate(file, world)
  return 'findings' in template ? undefined : { ...template, name: nameOf(first), file }
}

function nameOf(file: string): string {
  return basename(file, extname(file))
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (error instanceof Error && 'code' in error) return []
    throw error
  }
}
