import { existsSync, statSync } from 'node:fs'
import { basename, dirname, extname, join, resolve } from 'node:path'
import type { World } from '../build/index.ts'
import { capabilities } from '../build/manifest.ts'
import { sha256Of } from '../checksums.ts'
import type { Stack, Template } from '../compat/sides.ts'
import { versionOf } from '../compat/versions.ts'
import { type Document, isObject, isRecord } from '../document.ts'
import { dnsSuffix, partitionOf } from '../launch/partitions.ts'
import { isListedFile, type ListedFile } from '../manifest.ts'
import { fetchPublic } from '../publish/fetch-public.ts'
import { StoreError } from '../publish/store.ts'
import { Unknown } from '../resolve/value.ts'
import { lookAtStack, type Refusal } from './account.ts'
import { progressOf } from './progress.ts'
import { readAtMost } from './read-at-most.ts'

/** Where templates come from. */
export type Source = {
  readonly templates: readonly { readonly name: string; readonly template: Template }[]
  /** Is it all that a manifest lists? */
  readonly isFolder: boolean
  readonly stack?: Stack
}

type Refused = { readonly refusal: Refusal }

type Whereabouts = { readonly region?: string; readonly endpointUrl?: string }

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html, template body size in S3 */
const mostBytes = 1_000_000

/** A file, a folder with a manifest.json, a URL of either, or `stack:NAME`. */
export async function readSource(
  name: string,
  whereabouts: Whereabouts,
  { cwd }: World,
  isQuiet: boolean,
): Promise<Source | Refused> {
  if (name.startsWith('stack:')) return readDeployed(name.slice('stack:'.length), whereabouts, isQuiet)
  const place = /^https?:\/\//i.test(name) ? urlPlace(name, isQuiet) : filePlace(name, cwd)
  if ('refusal' in place) return place
  return place.isFolder ? readFolder(place) : readOne(place, await place.read(''), basename(place.name))
}

/** Something to read from: a file or folder here, or what a URL names. */
type Place = {
  /** As the user knows it. */
  readonly name: string
  readonly isFolder: boolean
  /** What stands at it; with a name, what stands beside it, or in it where it is a folder. */
  readonly read: (file: string) => Promise<Text>
}

type Text = { readonly text: string } | Refused

function filePlace(name: string, cwd: string): Place | Refused {
  const path = resolve(cwd, name)
  let isFolder: boolean
  try {
    isFolder = statSync(path).isDirectory()
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    const message = error.code === 'ENOENT' ? `${name} does not exist` : `${name} cannot be read: ${error.message}`
    return unreadable(message, 'Name a template that is there, a folder with a manifest.json, or a URL')
  }
  const isManifest = !isFolder && basename(path) === 'manifest.json'
  const folder = isFolder ? path : dirname(path)
  return {
    ...{ name, isFolder: isFolder || isManifest },
    read: async file => {
      const target = file === '' ? path : join(folder, file)
      if (!existsSync(target)) return unreadable(`${join(name, file)} does not exist`, 'Build it first: poolform build')
      const bytes = readAtMost(target, mostBytes * 4)
      return bytes === undefined ? tooLarge(target) : { text: bytes.toString('utf8') }
    },
  }
}

/** A person waits no longer: half a minute with what is asked twice. */
const patience = { timeout: 14_000, attempts: 2 }

function urlPlace(name: string, isQuiet: boolean): Place | Refused {
  const url = URL.canParse(name) ? new URL(name) : undefined
  const isLocal = url !== undefined && /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname)
  if (url === undefined || (url.protocol !== 'https:' && !isLocal)) {
    return unreadable(`${name} is no https URL`, 'Give the https URL of a published template')
  }
  const isFolder = url.pathname.endsWith('/') || url.pathname.endsWith('/manifest.json')
  return {
    ...{ name, isFolder },
    read: async file => {
      const target = file === '' ? url : new URL(file, url)
      const progress = await progressOf(isQuiet)
      progress.say(`fetching ${target.href}`)
      try {
        const { status, body, location } = await fetchPublic(target.href, { bytes: mostBytes * 4, ...patience })
        if (location !== undefined) {
          return unreadable(`${target.href} redirects to ${location}, another host`, 'Give that URL, if it is the one')
        }
        if (status === 200) return { text: body.toString('utf8') }
        const help =
          status === 403 || status === 404
            ? 'Check the URL: it must be readable without credentials'
            : 'Try again later'
        return unreadable(`${target.href} is answered by ${status}`, help)
      } catch (error) {
        if (!(error instanceof StoreError)) throw error
        const { code, message, help } = error
        return { refusal: { code, message, help } }
      } finally {
        progress.end()
      }
    },
  }
}

async function readFolder(place: Place): Promise<Source | Refused> {
  const manifest = await place.read('manifest.json')
  if ('refusal' in manifest) {
    const { message, help } = manifest.refusal
    return unreadable(message, `${help}; or name a template`)
  }
  const listed = artifactsOf(manifest.text)
  if (listed === undefined)
    return unreadable(`the manifest.json of ${place.name} is none`, 'Build it anew: poolform build')
  const templates: Source['templates'][number][] = []
  for (const artifact of listed) {
    const read = await readOne(place, await place.read(artifact.file), artifact.file, artifact)
    if ('refusal' in read) return read
    templates.push(...read.templates.map(it => ({ ...it, name: artifact.name })))
  }
  return { templates, isFolder: true }
}

type Listed = ListedFile & { readonly version?: string }

/** Undefined where it is no manifest. */
function artifactsOf(text: string): readonly Listed[] | undefined {
  try {
    const content: unknown = JSON.parse(text)
    const artifacts = isRecord(content) ? content['artifacts'] : undefined
    if (!Array.isArray(artifacts)) return undefined
    return artifacts.flatMap((it: unknown): readonly Listed[] => {
      const version = isRecord(it) ? it['version'] : undefined
      if (!isListedFile(it)) return []
      return [{ name: it.name, file: it.file, sha256: it.sha256, ...(typeof version === 'string' ? { version } : {}) }]
    })
  } catch {
    return undefined
  }
}

async function readOne(place: Place, read: Text, file: string, listed?: Listed): Promise<Source | Refused> {
  if ('refusal' in read) return read
  const { text } = read
  const name = basename(file, extname(file))
  if (Buffer.byteLength(text) > mostBytes) return tooLarge(file)
  const document = await documentOf(place.isFolder ? `${place.name}: ${file}` : place.name, text)
  if ('refusal' in document) return document
  // of a template by itself, what stands beside it may know the version
  const beside = listed ?? (await besides(place, file, text))
  const version = beside?.version ?? versionOf(document.document)
  const template = { document: document.document, text, version, capabilities: capabilities(document.document) }
  return { templates: [{ name: beside?.name ?? name, template }], isFolder: false }
}

/** What a manifest beside a template says of these bytes; a URL is not asked for what it may not have. */
async function besides(place: Place, file: string, text: string): Promise<Listed | undefined> {
  if (/^https?:/i.test(place.name)) return undefined
  const manifest = await place.read('manifest.json')
  if ('refusal' in manifest) return undefined
  return artifactsOf(manifest.text)?.find(it => it.file === file && it.sha256 === sha256Of(text))
}

async function documentOf(name: string, text: string): Promise<{ readonly document: Document } | Refused> {
  // the YAML library
  const { read } = await import('../read.ts')
  const found = read(text)
  if (found.kind === 'unreadable') {
    const [first] = found.problems
    const at = first === undefined ? '' : `:${first.position.line}:${first.position.column}`
    return unreadable(`${name}${at}: ${first?.message ?? 'is no template'}`, first?.help ?? 'Name a template')
  }
  if (!isObject(found.document.Resources))
    return unreadable(`${name} is no template: it has no Resources`, 'Name a template')
  return { document: found.document }
}

/** A stack's own template, with the values that its parameters have. */
async function readDeployed(
  stackName: string,
  { region, endpointUrl }: Whereabouts,
  isQuiet: boolean,
): Promise<Source | Refused> {
  const found = await lookAtStack({ stackName, region, endpointUrl }, isQuiet)
  if ('refusal' in found) return found
  const { stack } = found
  if (stack.template.kind !== 'is') {
    const why = stack.template.kind === 'absent' ? 'there is none' : stack.template.reason
    return unreadable(
      `the template of the stack ${stackName} cannot be read: ${why}`,
      'Allow cloudformation:GetTemplate',
    )
  }
  const text = stack.template.value
  const document = await documentOf(`the template of ${stackName}`, text)
  if ('refusal' in document) return document
  const [, own = '', account = ''] = /^arn:[\w-]+:cloudformation:([\w-]+):(\d{12}):/.exec(stack.id) ?? []
  const partition = partitionOf(own) ?? 'aws'
  const declared = document.document.Parameters ?? {}
  const parameters = Object.entries(stack.parameters).map(([name, value]) => {
    const declaration = declared[name]
    const isSecret = isObject(declaration) && String(declaration['NoEcho']) === 'true'
    return [name, isSecret ? new Unknown({ kind: 'parameter', name }) : value] as const
  })
  const template = {
    ...{ document: document.document, text, version: versionOf(document.document) },
    capabilities: capabilities(document.document),
  }
  return {
    templates: [{ name: stack.name, template }],
    isFolder: false,
    stack: {
      place: { region: own, partition, urlSuffix: dnsSuffix(partition) },
      ...{ accountId: account, stackId: stack.id, stackName: stack.name, given: {} },
      parameters: Object.fromEntries(parameters),
      physicalIds: Object.fromEntries(stack.resources.map(it => [it.logicalId, it.physicalId])),
    },
  }
}

function unreadable(message: string, help: string): Refused {
  return { refusal: { code: 'unreadable-file', message, help } }
}

function tooLarge(name: string): Refused {
  const message = `${name} has more than ${mostBytes.toLocaleString('en')} bytes`
  return { refusal: { code: 'template-size', message, help: 'Name a template: CloudFormation takes no larger one' } }
}
