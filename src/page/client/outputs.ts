import { launchUrl } from '../../launch/launch-url.ts'
import { templateUrl } from '../../launch/template-url.ts'
import type { Assessment, Form } from './assess.ts'
import { h } from './dom.ts'
import { snippet, type Tab, tabs } from './tabs.ts'

/** The ways to deploy besides the console. */
export type Outputs = {
  readonly element: HTMLElement
  readonly show: (form: Form, assessment: Assessment, versionId: string | undefined) => void
}

export function outputs(announce: (text: string) => void): Outputs {
  const made = ways.map(way => ({ way, snippet: snippet(way.what, announce), hint: h('p', { class: 'hint' }) }))
  const all: Tab[] = made.map(({ way, snippet, hint }) => ({
    name: way.name,
    panel: h('div', {}, hint, snippet.element),
  }))
  return {
    element: h('div', { class: 'ways' }, h('h3', {}, 'Or take it along'), tabs('Other ways to deploy', all)),
    show: () => {},
  }
}

const ways: readonly { readonly name: string; readonly what: string }[] = []

/** The link to the console; only for a form without problems. */
export function linkOf(
  { artifact, place, region, stackName }: Form,
  { changed }: Assessment,
  versionId: string | undefined,
): string | undefined {
  if (place === undefined) return undefined
  const { name: template, version, file } = artifact
  const url = templateUrl(place, { template, version, versionId, file })
  return launchUrl({ templateUrl: url, region, stackName, parameters: changed })
}
