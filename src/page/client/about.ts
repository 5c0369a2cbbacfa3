import { canPass, word } from '../../launch/quote.ts'
import type { Artifact, Manifest } from '../../manifest.ts'
import type { Address } from './address.ts'
import type { Versions } from './data.ts'
import { type Child, h, isWebAddress, outerLink } from './dom.ts'
import { snippet } from './tabs.ts'

type Published = Address['published']

type Around = {
  /** Is there no other template to choose, which would show its description? */
  readonly isAlone: boolean
  readonly published: Published
  readonly versions: Versions
}

/** What the template is, before anything is filled in. */
export function aboutOf(artifact: Artifact, around: Around): readonly Child[] {
  const { name, description, resourceTypes, capabilities } = artifact
  const { isAlone, published, versions } = around
  return [
    isAlone ? h('p', {}, description) : undefined,
    h(
      'dl',
      { class: 'facts' },
      h(
        'dt',
        {},
        published?.template === name && versions.versions.length > 0
          ? h('label', { for: 'version' }, 'Version')
          : 'Version',
      ),
      h('dd', {}, versionOf(artifact, around)),
      h('dt', {}, 'Makes'),
      h('dd', {}, list(resourceTypes.map(type => type.replace(/^AWS::/, '').replace('::', ' ')))),
      h('dt', {}, 'You confirm'),
      h(
        'dd',
        {},
        capabilities.length === 0
          ? 'nothing besides launching it'
          : capabilities.some(it => it.includes('IAM'))
            ? 'that it makes IAM roles, in a tick box of the console'
            : 'that it uses macros or nested stacks, in a tick box of the console',
      ),
    ),
  ]
}

function versionOf({ name, version }: Artifact, { published, versions: { latest, versions, more } }: Around): Child {
  if (published === undefined || published.template !== name) return version
  if (versions.length === 0) {
    // beside a pre-release there may be no newest release yet
    if (isPreRelease(version)) return `${version} (a pre-release)`
    const newest = h('a', { href: '../latest/index.html' }, 'the newest one')
    newest.addEventListener('click', () => {
      newest.hash = location.hash
    })
    return [version, ' (', newest, ')']
  }
  const picker = h(
    'select',
    { id: 'version' },
    versions.some(it => it.version === version) ? undefined : h('option', { value: version }, version),
    versions.map(it => {
      const words = [it.version, it.version === latest ? 'newest' : undefined, it.date.slice(0, 10)]
      return h(
        'option',
        { value: it.version, selected: it.version === version },
        words.filter(word => word !== undefined).join(' · '),
      )
    }),
  )
  picker.addEventListener('change', () => {
    location.assign(`../${encodeURIComponent(picker.value)}/index.html${location.hash}`)
  })
  return more === undefined ? picker : [picker, ' (', h('a', { href: '../../index.json' }, `${more} older`), ')']
}

/** By semantic versioning. https://semver.org/#spec-item-9 */
function isPreRelease(version: string): boolean {
  return version.replace(/\+.*/, '').includes('-')
}

/** `a, b and c` */
function list(words: readonly string[]): string {
  const last = words.at(-1) ?? 'nothing'
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`
}

/** By what a file is known to be the one that was built. */
export function checksOf(
  { name, version, file, sha256, bytes }: Artifact,
  published: Published,
  announce: (text: string) => void,
): readonly Child[] {
  // beside a release lies its own template alone, and elsewhere nobody knows what lies where
  const href = ['..', '..', name, version, file]
    .map(part => (part === '..' ? part : encodeURIComponent(part)))
    .join('/')
  const line = `${sha256}  ${file}`
  const compare = snippet(
    'the command that compares checksums',
    'To compare a file that you have downloaded:',
    announce,
  )
  compare.set(canPass('posix', line) ? `echo ${word('posix', line)} | sha256sum --check` : undefined)
  return [
    h(
      'p',
      {},
      'The file ',
      published === undefined ? h('code', {}, file) : h('a', { href, download: true }, file),
      ` has ${bytes.toLocaleString('en')} bytes and this SHA-256 checksum:`,
    ),
    h('p', { class: 'sum' }, h('code', {}, sha256)),
    compare.element,
  ]
}

export function footer({ project, generator }: Manifest): Child {
  const { source, version } = project
  return h(
    'footer',
    {},
    h(
      'p',
      {},
      `Version ${version}, made by poolform ${generator.version}. `,
      source !== undefined && isWebAddress(source) ? outerLink(source, 'Source of the templates') : undefined,
    ),
    h(
      'p',
      {},
      'This page is one file. It asks no server for anything, and what you type stays in it, and in its address after the #.',
    ),
  )
}
