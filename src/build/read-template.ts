import { isUtf8 } from 'node:buffer'
import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Document } from '../document.ts'
import { type Finding, moduleError } from './finding.ts'
import { keptAnswers } from './kept-answers.ts'
import type { World } from './request.ts'

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html, template body size in S3 */
const mostBytes = 1_000_000

const mostProblems = 5

/**
 * A template of anybody's, or what is wrong with the file. What its YAML came to is kept: reading it takes longer than
 * most of what is asked about a template. `-` is standard input.
 */
export async function readTemplate(
  path: string,
  { cwd, cacheFolder, engine }: World,
): Promise<{ readonly text: string; readonly document: Document } | { readonly findings: readonly Finding[] }> {
  const file = resolve(cwd, path)
  let text: string
  try {
    const bytes = path === '-' ? readFileSync(0) : readBytes(file)
    const size = typeof bytes === 'number' ? bytes : bytes.length
    if (typeof bytes === 'number' || size > mostBytes) {
      const help = 'Split the template, or nest stacks: CloudFormation takes no more, from S3 either'
      return { findings: [moduleError('template-size', path, `has ${size} bytes, of at most ${mostBytes}`, help)] }
    }
    text = bytes.toString('utf8')
    if (bytes.includes(0) || !isUtf8(bytes)) {
      return {
        findings: [moduleError('unreadable-file', path, 'is no text in UTF-8', 'Name a template, in YAML or JSON')],
      }
    }
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error && 'code' in error)) throw error
    const message = reason(error)
    return { findings: [moduleError('unreadable-file', path, message, 'Name a template that is there')] }
  }
  if (/\.[mc]?[jt]sx?$/.test(path)) {
    const help = `Build it first, then ask about what comes of it: poolform build ${path}`
    return { findings: [moduleError('unreadable-file', path, 'is a module, and no template yet', help)] }
  }
  const kept = keptAnswers('templates', { cacheFolder, engine })
  const known = kept.recall(file, text)
  if (known !== undefined) {
    const document: Document = JSON.parse(known)
    return { text, document }
  }
  const { read } = await import('../read.ts')
  const found = read(text)
  switch (found.kind) {
    case 'unreadable':
      return {
        // of a file that is something else there may be thousands
        findings: found.problems.slice(0, mostProblems).map(({ position: { line, column }, message, help }) => ({
          ...moduleError('unreadable-file', path, message, help),
          place: { file: path, line, column, text: text.split('\n')[line - 1]?.trimEnd() ?? '' },
        })),
      }
    case 'template':
      kept.keep(file, text, JSON.stringify(found.document))
      return { text, document: found.document }
  }
}

/** Its size, if it is more than is read. */
function readBytes(file: string): Buffer | number {
  const { size } = statSync(file)
  return size > mostBytes ? size : readFileSync(file)
}

function reason({ code, message }: Error & { readonly code: unknown }): string {
  if (code === 'ENOENT') return 'does not exist'
  return code === 'EISDIR' ? 'is a folder' : `can't be read: ${message}`
}
