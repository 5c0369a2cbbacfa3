import { partitionOf } from '../../launch/partitions.ts'
import { baseUrl, type Place, readObjectUrl, templateUrl } from '../../launch/template-url.ts'
import { checkValue } from '../../launch/values.ts'
import type { Artifact, Manifest, ManifestParameter } from '../../manifest.ts'

/**
 * The parameters that say where the template of a nested stack is. Whoever fills them in decides what is made, as whoever
 * publishes the template does: a link to the form must not, unless it names the bucket of which the page already is.
 */
export function nestedUrls({ parameters, resources }: Artifact): readonly ManifestParameter[] {
  const templates = resources.map(({ template = '' }) => template)
  return parameters.filter(({ name }) => templates.some(it => it.includes(`{${name}}`)))
}

/** Is it the URL of an object in the bucket from which the templates are read? */
export function isFrom(place: Place | undefined, url: string): boolean {
  const own = place === undefined ? undefined : ownerOf(`${baseUrl(place)}/x`)
  return own !== undefined && own === ownerOf(url)
}

/** A bucket's name is its owner's in one partition, and may be another's in the next. */
function ownerOf(url: string): string | undefined {
  const object = readObjectUrl(url)
  return object === undefined ? undefined : `${partitionOf(object.region ?? 'us-east-1')} ${object.bucket}`
}

/** The URL of the template by which a parameter is called (`IdentityPoolTemplateUrl`: `identity-pool`), of the same release. */
export function proposedUrl(parameter: ManifestParameter, { artifacts }: Manifest, place: Place): string | undefined {
  const name = /^(.+)template_?url$/.exec(parameter.name.toLowerCase())?.[1]
  const artifact = artifacts.find(it => it.name.toLowerCase().replace(/[^a-z0-9]/g, '') === name)
  if (artifact === undefined) return undefined
  const url = templateUrl(place, { template: artifact.name, version: artifact.version, file: artifact.file })
  return checkValue(parameter, url) === undefined ? url : undefined
}
