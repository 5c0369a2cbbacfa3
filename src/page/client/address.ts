import {
  baseUrl,
  type Place,
  partitionOfPlace,
  type Refusal,
  readBase,
  readPublishedUrl,
} from '../../launch/template-url.ts'
import { h, say } from './dom.ts'

/**
 * Where the templates are, in the form: known from where this page was published, or asked for. It is never read from
 * the page's fragment: a link to the form must not be able to say whose template is launched.
 */
export type Address = {
  readonly id: string
  readonly element: HTMLElement
  /** Undefined where there is none, or none that CloudFormation takes. */
  readonly place: () => Place | undefined
  /** Why what is given is none; undefined where nothing is given, too. */
  readonly refusal: () => Refusal | undefined
  /** The template beside which this page is published. */
  readonly published: { readonly template: string; readonly version: string } | undefined
  /** Shows that it is missing, or what is wrong. */
  readonly show: (isRevealed: boolean) => void
}

export function addressOf(location: string, id: string, onChange: () => void): Address {
  const published = readPublishedUrl(location)
  return published === undefined
    ? asked(id, onChange)
    : {
        ...{ id, element: known(published.place), published, show: () => {} },
        ...{ place: () => published.place, refusal: () => undefined },
      }
}

function known(place: Place): HTMLElement {
  return h('p', { class: 'known' }, 'The template is read from ', describe(place), ', where this page is published.')
}

/** `the bucket x in eu-west-1 (https://…)` */
export function describe(place: Place): readonly (Node | string)[] {
  const address = h('code', {}, `${baseUrl(place)}/`)
  if ('baseUrl' in place) return [address]
  return ['the bucket ', h('strong', {}, place.bucket), ` in ${place.region} (`, address, ')']
}

function asked(id: string, onChange: () => void): Address {
  const remembered = memory()
  const input = h('input', {
    id,
    type: 'url',
    'aria-describedby': `${id}-hint ${id}-error`,
    placeholder: 'https://YOUR-BUCKET.s3.REGION.amazonaws.com/PREFIX',
    autocomplete: 'off',
    autocapitalize: 'none',
    spellcheck: 'false',
  })
  input.value = remembered.read()
  const error = h('p', { class: 'error', id: `${id}-error`, hidden: true })
  const forget = h('button', { type: 'button', class: 'quiet' }, 'Forget it')
  const memo = h('p', { class: 'hint', hidden: true }, 'This browser remembers the address for you. ', forget)
  const element = h(
    'div',
    { class: 'field' },
    h('label', { for: id }, h('span', { class: 'label' }, 'Address of the published templates')),
    h(
      'p',
      { class: 'hint', id: `${id}-hint` },
      'The bucket and folder of Amazon S3 into which your team publishes them. CloudFormation reads the template from there, so take an address only from somebody you trust. Without one there is no link, but the command for a downloaded file.',
    ),
    input,
    error,
    memo,
  )
  let isLeft = false
  const read = () => (input.value.trim() === '' ? undefined : readBase(input.value.trim()))
  const place = () => {
    const given = read()
    return given === undefined || 'message' in given ? undefined : given
  }
  const refusal = () => {
    const given = read()
    return given === undefined || !('message' in given) ? undefined : given
  }
  const show = (isRevealed: boolean) => {
    const bad = isLeft || isRevealed ? refusal() : undefined
    const isBad = bad !== undefined
    error.hidden = !isBad
    element.classList.toggle('bad', isBad)
    say(error, isBad ? `${bad.message}. ${bad.help}` : '')
    if (isBad) input.setAttribute('aria-invalid', 'true')
    else input.removeAttribute('aria-invalid')
    memo.hidden = remembered.read() === ''
  }
  input.addEventListener('input', () => {
    remembered.write(place() === undefined ? '' : input.value.trim())
    onChange()
  })
  input.addEventListener('change', () => {
    isLeft = true
    onChange()
  })
  forget.addEventListener('click', () => {
    remembered.write('')
    input.value = ''
    input.focus()
    onChange()
  })
  return { id, element, place, refusal, published: undefined, show }
}

/** Does everything at the page's origin come from one hand? The path-style address of a bucket it shares with all others. */
function isOwnOrigin(): boolean {
  return !/(^|\.)amazonaws\.(com|com\.cn|eu)$/.test(location.hostname)
}

/** What the browser keeps for us; nothing where it does not, or where others could write it. */
function memory() {
  const key = 'poolform.address'
  return {
    read: () => {
      try {
        const text = isOwnOrigin() ? (localStorage.getItem(key) ?? '') : ''
        const place = text === '' ? undefined : readBase(text)
        return place === undefined || 'message' in place || partitionOfPlace(place) === undefined ? '' : text
      } catch {
        return ''
      }
    },
    write: (text: string) => {
      try {
        if (!isOwnOrigin()) return
        if (text === '') localStorage.removeItem(key)
        else localStorage.setItem(key, text)
      } catch {
        // a browser that keeps nothing asks again next time
      }
    },
  }
}
