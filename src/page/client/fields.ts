import { checkValue, isSecret } from '../../launch/values.ts'
import type { Artifact, ManifestParameter } from '../../manifest.ts'
import { fill, h, say } from './dom.ts'

/** A parameter in the form. */
export type Field = {
  readonly parameter: ManifestParameter
  /** Of the control that takes the focus. */
  readonly id: string
  readonly element: HTMLElement
  readonly read: () => string
  /** False where the control cannot show the value. */
  readonly write: (value: string) => boolean
  /** Says what is wrong, or that nothing is. */
  readonly show: (problem: readonly (Node | string)[]) => void
}

export function fieldOf(parameter: ManifestParameter, id: string, onChange: (left: boolean) => void): Field {
  const about = text(parameter['description'])
  const hint = isSecret(parameter) ? [about, secretHint].join(' ').trim() : about
  const ids = { control: id, hint: `${id}-hint`, error: `${id}-error` }
  const error = h('p', { class: 'error', id: ids.error, hidden: true })
  const described = [...(hint === undefined ? [] : [ids.hint]), ids.error].join(' ')
  const control = controlOf(parameter, { id, described })
  control.element.addEventListener('input', () => onChange(false))
  const note = h('p', { class: 'hint note', 'aria-live': 'polite' })
  control.element.addEventListener('input', () => say(note, ''))
  control.element.addEventListener('change', () => {
    if (trim(parameter, control)) say(note, 'The blanks around it are taken away: nothing that is wanted here has any.')
    onChange(true)
  })
  control.element.addEventListener('focusout', () => onChange(true))
  const hints = hint === undefined ? [] : [h('p', { class: 'hint', id: ids.hint }, hint)]
  const element = control.isGroup
    ? h('fieldset', { class: 'field', 'aria-describedby': described }, control.label, hints, control.element, error)
    : control.isSwitch
      ? h('div', { class: 'field switch' }, control.element, h('div', {}, control.label, hints, error))
      : h('div', { class: 'field' }, control.label, hints, control.element, error, note)
  return {
    parameter,
    id: control.focusId,
    element,
    read: control.read,
    write: control.write,
    show: problem => {
      const isBad = problem.length > 0
      element.classList.toggle('bad', isBad)
      error.hidden = !isBad
      fill(error, problem)
      for (const input of control.inputs) {
        if (isBad) input.setAttribute('aria-invalid', 'true')
        else input.removeAttribute('aria-invalid')
      }
    },
  }
}

/** Takes the blanks around a pasted value away, where they alone are what CloudFormation would refuse it for. */
function trim(parameter: ManifestParameter, { read, write }: Control): boolean {
  const value = read()
  const bare = value.trim()
  if (bare === value || bare === '' || checkValue(parameter, value) === undefined) return false
  return checkValue(parameter, bare) === undefined && write(bare)
}

const secretHint = 'It is a secret: no link carries it, and the console asks for it.'

/** What stands for a parameter where people read: its label, or its name. */
export function labelOf(parameter: ManifestParameter): string {
  return text(parameter['label']) ?? parameter.name
}

/** The same, by the parameter's name. */
export function labelNamed({ parameters }: Artifact, name: string): string {
  const parameter = parameters.find(it => it.name === name)
  return parameter === undefined ? name : labelOf(parameter)
}

/** As CloudFormation would take it; undefined where the parameter must be given. */
export function defaultOf(parameter: ManifestParameter): string | undefined {
  const value = parameter['default']
  return value === undefined || value === null ? undefined : String(value)
}

type Control = {
  readonly element: HTMLElement
  readonly inputs: readonly HTMLElement[]
  readonly focusId: string
  readonly label: HTMLElement
  readonly isGroup: boolean
  readonly isSwitch: boolean
  readonly read: () => string
  readonly write: (value: string) => boolean
}

function controlOf(parameter: ManifestParameter, { id, described }: { id: string; described: string }): Control {
  const allowed = parameter['allowedValues']
  // of a list each item is one of them
  const isList = /^(CommaDelimitedList$|List<)/.test(parameter.type)
  const values = Array.isArray(allowed) && !isList ? allowed.map(String) : undefined
  const initial = defaultOf(parameter)
  if (values === undefined) return textBox(parameter, { id, described })
  const isBoolean = values.length === 2 && values.includes('true') && values.includes('false')
  if (isBoolean && initial !== undefined) return switchOf(parameter, { id, described })
  return values.length <= 4 ? radios(parameter, values, id) : dropDown(parameter, values, { id, described })
}

function textBox(parameter: ManifestParameter, { id, described }: { id: string; described: string }): Control {
  const initial = defaultOf(parameter)
  const input = h('input', {
    id,
    type: isSecret(parameter) ? 'password' : 'text',
    'aria-describedby': described,
    'aria-required': initial === undefined ? 'true' : undefined,
    autocomplete: 'off',
    autocapitalize: 'none',
    spellcheck: 'false',
    inputmode: parameter.type === 'Number' ? 'decimal' : undefined,
  })
  input.value = initial ?? ''
  return {
    ...{
      element: input,
      inputs: [input],
      focusId: id,
      label: labelFor(parameter, id),
      isGroup: false,
      isSwitch: false,
    },
    read: () => input.value,
    write: value => {
      input.value = value
      return input.value === value
    },
  }
}

function switchOf(parameter: ManifestParameter, { id, described }: { id: string; described: string }): Control {
  const input = h('input', { id, type: 'checkbox', role: 'switch', 'aria-describedby': described })
  input.checked = defaultOf(parameter) === 'true'
  return {
    ...{ element: input, inputs: [input], focusId: id, label: labelFor(parameter, id), isGroup: false, isSwitch: true },
    read: () => String(input.checked),
    write: value => {
      if (value !== 'true' && value !== 'false') return false
      input.checked = value === 'true'
      return true
    },
  }
}

function radios(parameter: ManifestParameter, values: readonly string[], id: string): Control {
  const initial = defaultOf(parameter)
  const inputs = values.map((value, index) => {
    const input = h('input', { id: index === 0 ? id : `${id}-${index}`, type: 'radio', name: id, value })
    input.checked = value === initial
    return input
  })
  const choices = inputs.map(input => h('label', { class: 'choice' }, input, h('span', {}, input.value)))
  return {
    element: h('div', { class: 'choices' }, choices),
    ...{ inputs: [], focusId: id, label: h('legend', {}, labelTexts(parameter)), isGroup: true, isSwitch: false },
    read: () => inputs.find(({ checked }) => checked)?.value ?? '',
    write: value => {
      const chosen = inputs.find(input => input.value === value)
      if (chosen !== undefined) chosen.checked = true
      return chosen !== undefined
    },
  }
}

function dropDown(
  parameter: ManifestParameter,
  values: readonly string[],
  { id, described }: { id: string; described: string },
): Control {
  const initial = defaultOf(parameter)
  const select = h(
    'select',
    { id, 'aria-describedby': described, 'aria-required': initial === undefined ? 'true' : undefined },
    initial === undefined ? h('option', { value: '' }, 'Choose one') : undefined,
    values.map(value => h('option', { value }, value)),
  )
  select.value = initial ?? ''
  return {
    ...{ element: select, inputs: [select], focusId: id, label: labelFor(parameter, id) },
    ...{ isGroup: false, isSwitch: false },
    read: () => select.value,
    write: value => {
      if (!values.includes(value)) return false
      select.value = value
      return true
    },
  }
}

function labelFor(parameter: ManifestParameter, id: string): HTMLElement {
  return h('label', { for: id }, labelTexts(parameter))
}

function labelTexts(parameter: ManifestParameter): readonly HTMLElement[] {
  return [
    h('span', { class: 'label' }, labelOf(parameter)),
    ...(defaultOf(parameter) === undefined ? [h('span', { class: 'required' }, 'required')] : []),
    ...(text(parameter['label']) === undefined ? [] : [h('code', { class: 'name' }, parameter.name)]),
  ]
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
