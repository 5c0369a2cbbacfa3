import type { PublishedTemplate } from '../publication.ts'
import { dataScript } from './html.ts'

/**
 * A launch page that also offers the other versions of the template beside which it is published: the same page, with
 * the list in it, in place of the one that it had. Throws where the text is no launch page.
 */
export function withVersions(html: string, { latest, versions }: PublishedTemplate): string {
  const places = [...html.matchAll(/<script type="application\/json" id="versions">[^<]*<\/script>/g)]
  const [place] = places
  if (place === undefined || places.length !== 1) throw new Error('not a launch page: it has no one place for versions')
  const shown = versions.map(({ version, date, file, sha256, versionId }) => ({
    ...{ version, date, file, sha256 },
    ...(versionId === undefined ? {} : { versionId }),
  }))
  const list = dataScript('versions', { ...(latest === undefined ? {} : { latest }), versions: shown })
  return html.slice(0, place.index) + list + html.slice(place.index + place[0].length)
}
