import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { accept } from '../accept.ts'
import { check } from '../check/index.ts'
import { readKnowledge } from '../knowledge/index.ts'
import { withoutTwins } from '../lint/twins.ts'
import { type Read, read } from '../read.ts'
import { loadCompiler } from './engine.ts'
import { type Finding, moduleError, type Place } from './finding.ts'
import { lintTexts } from './linting.ts'
import { pathFrom } from './modules.ts'
import { builtFiles } from './outputs.ts'
import type { World } from './request.ts'

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html, template body size in S3 */
const mostBytes = 1_000_000

type File = { readonly path: string; readonly text: string; readonly read: Read }

/**
 * What is wrong with CloudFormation templates, whoever wrote them, by our checks and by cfn-lint; of the same mistake
 * once. No files: those that the manifest in `out` lists.
 */
export async function lintFiles(named: readonly string[], out: string, world: World): Promise<readonly Finding[]> {
  const { cwd, cacheFolder, engine } = world
  const paths = named.length > 0 ? named : builtFiles(resolve(cwd, out))?.map(file => `${out}/${file}`)
  if (paths === undefined) {
    const help = 'Name a template, or build one first: poolform build'
    return [moduleError('unreadable-file', `${out}/manifest.json`, 'lists no template', help)]
  }
  const findings: Finding[] = []
  const files = new Map<string, File>()
  for (const argument of paths) {
    const path = pathFrom(cwd, resolve(cwd, argument))
    // hundreds of mistakes if read as YAML
    if (/\.[mc]?[jt]sx?$/.test(path)) {
      const help = `Build it first, then lint what comes of it: poolform build ${path}`
      findings.push(moduleError('unreadable-file', path, 'is a module, and no template yet', help))
      continue
    }
    try {
      const { size } = statSync(resolve(cwd, argument))
      if (size > mostBytes) {
        const help = 'Split the template, or nest stacks: CloudFormation takes no more, from S3 either'
        findings.push(moduleError('template-size', path, `has ${size} bytes, of at most ${mostBytes}`, help))
        continue
      }
      const text = readFileSync(resolve(cwd, argument), 'utf8')
      files.set(path, { path, text, read: read(text) })
    } catch (error) {
      if (!(error instanceof Error && 'syscall' in error && 'code' in error)) throw error
      findings.push(moduleError('unreadable-file', path, unreadable(error), 'Name a template that is there'))
    }
  }
  const readable = [...files.values()].filter(({ read }) => read.kind === 'template')
  const inputs = readable.map(({ path, text }) => ({ module: path, text }))
  const linted = await lintTexts(inputs, world, true)
  const knowledge = readKnowledge({ assets: engine.root, cacheFolder, engine: engine.digest, loadCompiler })
  for (const file of files.values()) {
    const { path, text, read } = file
    switch (read.kind) {
      case 'unreadable':
        for (const { position, message, help } of read.problems) {
          findings.push({
            ...moduleError('unreadable-file', path, message, help),
            place: placeAt(file, position),
          })
        }
        break
      case 'template': {
        const own = check(read.document, text, knowledge)
        const foreign = 'code' in linted ? [] : (linted.find(([module]) => module === path)?.[1] ?? [])
        const all = [...own, ...withoutTwins(own, foreign)]
        for (const diagnostic of accept(read.document, all, !('code' in linted))) {
          findings.push({ ...diagnostic, module: path, place: placeAt(file, read.positionOf(diagnostic.path)) })
        }
      }
    }
  }
  return 'code' in linted ? [...findings, linted] : findings
}

function unreadable({ code, message }: Error & { readonly code: unknown }): string {
  if (code === 'ENOENT') return 'does not exist'
  return code === 'EISDIR' ? 'is a folder' : `can't be read: ${message}`
}

function placeAt({ path, text }: File, { line, column }: { readonly line: number; readonly column: number }): Place {
  return { file: path, line, column, text: text.split('\n')[line - 1]?.trimEnd() ?? '' }
}
