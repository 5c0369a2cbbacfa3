import type { ManifestProject } from '../manifest.ts'
import type { Project } from './project.ts'

/** What the manifest says of the project: its version, where its sources are, and what is new in the version. */
export function releaseOf({ version, homes, changelogFile }: Project): ManifestProject {
  const source = homes.map(sourceUrl).find(url => url !== undefined)
  const notes = changelogFile === undefined ? undefined : notesOf(changelogFile.text, version)
  return {
    version,
    ...(source === undefined ? {} : { source }),
    ...(notes === undefined ? {} : { notes }),
  }
}

/** https://docs.npmjs.com/cli/v11/configuring-npm/package-json#repository */
const hosts: Readonly<Record<string, string>> = {
  github: 'https://github.com/',
  gitlab: 'https://gitlab.com/',
  bitbucket: 'https://bitbucket.org/',
  gist: 'https://gist.github.com/',
}

/**
 * The address at which a browser shows what `repository` or `homepage` of a package.json names; undefined where it
 * names none. Without names and passwords, which are nobody else's business.
 */
export function sourceUrl(text: string): string | undefined {
  const shorthand = /^(?:(github|gitlab|bitbucket|gist):)?([\w.-]+(?:\/[\w.-]+)*)$/.exec(text)
  if (shorthand !== null) {
    const [, host, path = ''] = shorthand
    // by itself `owner/name` is one of GitHub's, and anything else no address
    if (host === undefined && !/^[\w-]+\/[\w.-]+$/.test(path)) return undefined
    return `${hosts[host ?? 'github'] ?? ''}${path.replace(/\.git$/, '')}`
  }
  const ofGit = text.replace(/^git\+/, '').replace(/^[\w.-]+@([\w.-]+):(?!\/)/, 'ssh://$1/')
  const url = URL.canParse(ofGit) ? new URL(ofGit) : undefined
  if (url === undefined || !/^(?:https?|git|ssh):$/.test(url.protocol) || url.hostname === '') return undefined
  const path = url.pathname.replace(/\.git$/, '').replace(/^\/$/, '')
  if (!/^https?:$/.test(url.protocol)) return `https://${url.hostname}${path}`
  // in the address of a repository it names a branch
  const fragment = ofGit === text && path === url.pathname ? url.hash : ''
  return `${url.protocol}//${url.host}${path}${url.search}${fragment}`
}

/**
 * The section of a version in a changelog in the format of https://keepachangelog.com, else that of what is not
 * released yet; undefined where there is neither, or nothing in it.
 */
export function notesOf(changelog: string, version: string): string | undefined {
  const sections = sectionsOf(changelog)
  const text = sections.get(version) ?? sections.get('unreleased')
  return text === '' ? undefined : text
}

/** Has the version a section of its own? */
export function hasSection(changelog: string, version: string): boolean {
  return sectionsOf(changelog).has(version)
}

/** What stands under each heading of the second level, by the version that the heading names. */
function sectionsOf(changelog: string): ReadonlyMap<string, string> {
  const sections = new Map<string, string>()
  let name: string | undefined
  let lines: string[] = []
  let fence: string | undefined
  const close = (): void => {
    if (name !== undefined && !sections.has(name)) sections.set(name, withoutTargets(lines))
    lines = []
  }
  for (const line of changelog.split(/\r\n|\r|\n/)) {
    const [, mark] = /^ {0,3}(`{3,}|~{3,})/.exec(line) ?? []
    if (fence === undefined) fence = mark
    else if (mark?.startsWith(fence) === true) fence = undefined
    const heading = fence === undefined ? /^##?\s+(.*)$/.exec(line) : null
    if (heading === null) {
      lines.push(line)
      continue
    }
    close()
    name = line.startsWith('## ') ? nameOf(heading[1] ?? '') : undefined
  }
  close()
  return sections
}

/** `[1.2.0] - 2017-06-20`, `[1.2.0](https://…)`, `v1.2.0 (2017-06-20)`, `[Unreleased]` */
function nameOf(heading: string): string {
  const [, name = ''] = /^\[?v?([^\s\]()]+)/.exec(heading) ?? []
  return name.toLowerCase() === 'unreleased' ? 'unreleased' : name
}

/** Without the targets of links that the format puts at the end of the file. */
function withoutTargets(lines: readonly string[]): string {
  const last = lines.findLastIndex(line => line.trim() !== '' && !/^\[[^\]]+\]:\s/.test(line))
  return lines
    .slice(0, last + 1)
    .join('\n')
    .trim()
}
