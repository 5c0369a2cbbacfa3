import { describe } from './address.ts'
import type { Assessment, Form } from './assess.ts'
import { h, refresh } from './dom.ts'
import { labelNamed } from './fields.ts'

/** What is set, to be looked through before launching. */
export function renderReview(review: Element, form: Form, assessment: Assessment): void {
  const { changed, secrets } = assessment
  const set = Object.entries(changed)
  refresh(
    review,
    set.length + secrets.length === 0
      ? h('p', {}, 'Everything is as the template has it by default.')
      : [
          h(
            'p',
            {},
            'This is what you set; all else is as the template has it by default. If the form came from somebody else, look through it.',
          ),
          h(
            'dl',
            { class: 'review' },
            set.map(([name, value]) =>
              h(
                'div',
                {},
                h('dt', {}, labelNamed(form.artifact, name)),
                h('dd', {}, value === '' ? h('em', {}, 'empty') : h('code', {}, value)),
              ),
            ),
            secrets.map(name =>
              h(
                'div',
                {},
                h('dt', {}, labelNamed(form.artifact, name)),
                h('dd', {}, h('em', {}, 'a secret: the console asks for it again')),
              ),
            ),
          ),
        ],
    form.place === undefined ? undefined : h('p', {}, 'The template is read from ', describe(form.place), '.'),
  )
}
