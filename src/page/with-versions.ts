import type { PublishedTemplate, PublishedVersion } from '../publication.ts'
import { dataScript } from './html.ts'

/** Of a template, as far as the page shows it. */
type Offered = Pick<PublishedTemplate, 'latest'> & {
  readonly versions: readonly Pick<PublishedVersion, 'version' | 'date' | 'sha256' | 'versionId'>[]
}

/** How many versions a page offers at most, so that it stays as small after years. */
export const mostVersions = 12

/**
 * A launch page that also offers the other versions of the template beside which it is published: the same page, with
 * the list in it, in place of the one that it had. Of many versions it offers the newest, and the newest release, and
 * says how many more `index.json` lists. Throws where the text is no launch page.
 */
export function withVersions(html: string, { latest, versions }: Offered): string {
  const places = [...html.matchAll(/<script type="application\/json" id="versions">[^<]*<\/script>/g)]
  const [place] = places
  if (place === undefined || places.length !== 1) throw new Error('not a launch page: it has no one place for versions')
  const offered = versions.filter(({ version }, index) => index < mostVersions || version === latest)
  const shown = offered.map(({ version, date, sha256, versionId }) => ({
    ...{ version, date, sha256 },
    ...(versionId === undefined ? {} : { versionId }),
  }))
  const more = versions.length - shown.length
  const list = dataScript('versions', {
    ...(latest === undefined ? {} : { latest }),
    versions: shown,
    ...(more === 0 ? {} : { more }),
  })
  return html.slice(0, place.index) + list + html.slice(place.index + place[0].length)
}
