import { partitionOf, regions } from '../../launch/partitions.ts'
import type { Problem } from './assess.ts'
import { fill, h, say } from './dom.ts'

/** In which region, and under which name. */
export type Where = {
  readonly element: HTMLElement
  readonly region: () => string
  readonly stackName: () => string
  /** Says what is wrong with the region, if it is none; then it stays as it was. */
  readonly setRegion: (region: string) => string | undefined
  readonly setStackName: (name: string) => void
  readonly show: (problems: readonly Problem[], isRevealed: boolean) => void
}

export function whereOf(onChange: () => void): Where {
  const picker = h('select', {
    id: 'region',
    'aria-describedby': 'region-hint region-error',
    'aria-required': 'true',
  })
  const regionError = h('p', { class: 'error', id: 'region-error', hidden: true })
  const nameBox = h('input', {
    ...{ id: 'stack-name', type: 'text', autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false' },
    ...{ 'aria-describedby': 'stack-name-hint stack-name-error', 'aria-required': 'true' },
  })
  const nameError = h('p', { class: 'error', id: 'stack-name-error', hidden: true })
  fill(picker, h('option', { value: '' }, 'Choose a region'), regionOptions())
  picker.addEventListener('change', onChange)
  nameBox.addEventListener('input', onChange)
  const regionHint = 'The part of the world in which AWS makes it. Take the one where the rest of your app is.'
  const nameHint = 'A stack is what is made from a template, changed and deleted as one. Name it after your app.'
  return {
    element: h(
      'div',
      { class: 'pair' },
      field('region', 'Region', regionHint, [picker, regionError]),
      field('stack-name', 'Stack name', nameHint, [nameBox, nameError]),
    ),
    region: () => picker.value,
    stackName: () => nameBox.value.trim(),
    setRegion: region => {
      if (region !== '' && partitionOf(region) === undefined) return 'which is none'
      if (region !== '' && !regions.some(({ id }) => id === region))
        picker.append(h('option', { value: region }, region))
      picker.value = region
      return undefined
    },
    setStackName: name => {
      nameBox.value = name
    },
    show: (problems, isRevealed) => {
      const isRegionShown = isRevealed || picker.value !== ''
      tell(regionError, picker, isRegionShown ? messageOf(problems, ['region', 'partition']) : '')
      tell(nameError, nameBox, messageOf(problems, ['stack-name']))
    },
  }
}

function field(id: string, name: string, hint: string, content: readonly HTMLElement[]): HTMLElement {
  return h(
    'div',
    { class: 'field' },
    h('label', { for: id }, h('span', { class: 'label' }, name), h('span', { class: 'required' }, 'required')),
    h('p', { class: 'hint', id: `${id}-hint` }, hint),
    content,
  )
}

function regionOptions(): readonly HTMLElement[] {
  return [...new Set(regions.map(({ partition }) => partition))].map(partition =>
    h(
      'optgroup',
      { label: partitionNames[partition] },
      regions
        .filter(region => region.partition === partition)
        .map(({ id, name }) => h('option', { value: id }, `${name} · ${id}`)),
    ),
  )
}

const partitionNames = {
  aws: 'AWS',
  'aws-us-gov': 'AWS GovCloud (US)',
  'aws-cn': 'AWS China',
  'aws-eusc': 'AWS European Sovereign Cloud',
} as const

function messageOf(problems: readonly Problem[], kinds: readonly Problem['kind'][]): string {
  return problems.find(({ kind }) => kinds.includes(kind))?.message ?? ''
}

function tell(element: HTMLElement, control: HTMLElement, message: string): void {
  element.hidden = message === ''
  say(element, message)
  control.closest('.field')?.classList.toggle('bad', message !== '')
  if (message === '') control.removeAttribute('aria-invalid')
  else control.setAttribute('aria-invalid', 'true')
}
