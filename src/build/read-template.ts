import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Document } from '../document.ts'
import { makeFolder } from '../make-folder.ts'
import { type Finding, moduleError } from './finding.ts'
import { fingerprint, prune } from './recall.ts'
import type { World } from './request.ts'

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html, template body size in S3 */
const mostBytes = 1_000_000

/**
 * A template of anybody's, or what is wrong with the file. What its YAML came to is kept: reading it takes longer than
 * most of what is asked about a template.
 */
export async function readTemplate(
  path: string,
  { cwd, cacheFolder, engine }: World,
): Promise<{ readonly document: Document } | { readonly findings: readonly Finding[] }> {
  const file = resolve(cwd, path)
  let text: string
  try {
    const { size } = statSync(file)
    if (size > mostBytes) {
      const help = 'Split the template, or nest stacks: CloudFormation takes no more, from S3 either'
      return { findings: [moduleError('template-size', path, `has ${size} bytes, of at most ${mostBytes}`, help)] }
    }
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error && 'code' in error)) throw error
    const message = reason(error)
    return { findings: [moduleError('unreadable-file', path, message, 'Name a template that is there')] }
  }
  if (/\.[mc]?[jt]sx?$/.test(path)) {
    const help = `Build it first, then ask about what comes of it: poolform build ${path}`
    return { findings: [moduleError('unreadable-file', path, 'is a module, and no template yet', help)] }
  }
  const folder = cacheFolder === undefined ? undefined : join(cacheFolder, 'templates')
  const entry = folder === undefined ? undefined : join(folder, fingerprint(`${engine.digest}\0${file}`))
  const known = entry === undefined ? undefined : recall(entry, text)
  if (known !== undefined) return { document: known }
  const { read } = await import('../read.ts')
  const found = read(text)
  switch (found.kind) {
    case 'unreadable':
      return {
        findings: found.problems.map(({ position: { line, column }, message, help }) => ({
          ...moduleError('unreadable-file', path, message, help),
          place: { file: path, line, column, text: text.split('\n')[line - 1]?.trimEnd() ?? '' },
        })),
      }
    case 'template':
      if (folder !== undefined && entry !== undefined) keep(folder, entry, text, found.document)
      return { document: found.document }
  }
}

function reason({ code, message }: Error & { readonly code: unknown }): string {
  if (code === 'ENOENT') return 'does not exist'
  return code === 'EISDIR' ? 'is a folder' : `can't be read: ${message}`
}

/** The entry has the length of the text, the text itself, and the document as JSON. */
function recall(entry: string, text: string): Document | undefined {
  try {
    const content = readFileSync(entry, 'utf8')
    const head = `${text.length}\n`
    if (!content.startsWith(head) || !content.startsWith(text, head.length)) return undefined
    const document: Document = JSON.parse(content.slice(head.length + text.length))
    return document
  } catch {
    // none is there, or none that is whole: it is read again
    return undefined
  }
}

function keep(folder: string, entry: string, text: string, document: Document): void {
  const temporary = `${entry}.${process.pid}`
  try {
    makeFolder(folder)
    writeFileSync(temporary, `${text.length}\n${text}${JSON.stringify(document)}`, { mode: 0o600 })
    renameSync(temporary, entry)
    prune(folder)
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error
    rmSync(temporary, { force: true })
  }
}
