import type { Artifact, ManifestResource } from '../../manifest.ts'
import { size, wrap } from '../../measure.ts'
import {
  type Drawn,
  group,
  ifWords,
  label,
  left,
  lineHeight,
  middle,
  pad,
  text,
  tip,
  type When,
  way,
  width,
} from './shapes.ts'

/** A template whose own policies grant nothing: what one gives, and what is made of it. */
export function partsDrawing({ name, parameters, resources }: Artifact): Drawn {
  const top = 40
  const most = 12
  const inner = left.width + 34 - 2 * pad
  const given = parameters.slice(0, most).map(({ name: id, label: said }) => (typeof said === 'string' ? said : id))
  const more = parameters.length > most ? [`and ${parameters.length - most} more`] : []
  const asked = [...given, ...more].flatMap(it => wrap(`• ${it}`, inner, false))
  const settings = asked.length === 0 ? ['No settings'] : asked
  const boxHeight = 2 * pad - 2 + settings.length * lineHeight
  const stack = wrap(name, middle.width - 60 - 2 * pad, true)
  const stackHeight = 2 * pad - 2 + (stack.length + 1) * lineHeight
  const x = left.x
  const boxWidth = left.width + 34
  const stackX = x + boxWidth + 40
  const stackWidth = middle.width - 60
  const made = columnOf(groupsOf(resources), stackX + stackWidth + 40, width - (stackX + stackWidth + 40) - 14, top)
  const bottom = Math.max(top + boxHeight, made.bottom, top + stackHeight)
  const stackY = Math.round((top + Math.min(bottom, top + boxHeight) - stackHeight) / 2)
  const at = Math.max(top, stackY)
  const mid = at + stackHeight / 2
  const trunk = stackX + stackWidth + 20
  const drawing = [
    label(x, 'From your settings'),
    label(stackX, 'one stack'),
    label(stackX + stackWidth + 40, 'makes'),
    `<rect class="pf-box" x="${x}" y="${top}" width="${boxWidth}" height="${boxHeight}" rx="7"/>${text(x + pad, top + pad + size - 1, settings, '')}`,
    `<g class="pf-in">${way(`M${x + boxWidth} ${mid}H${stackX}`, [])}${tip(stackX, mid)}<rect class="pf-box pf-own" x="${stackX}" y="${at}" width="${stackWidth}" height="${stackHeight}" rx="7"/>${text(stackX + pad, at + pad + size - 1, stack, 'pf-b')}${text(stackX + pad, at + pad + size - 1 + stack.length * lineHeight, ['stack'], 'pf-soft')}</g>`,
    ...made.boxes.map(({ drawing: box, y, when }) =>
      group(
        when,
        'pf-in',
        `${box}${way(`M${stackX + stackWidth} ${mid}H${trunk}V${y}H${stackX + stackWidth + 40}`, [])}${tip(stackX + stackWidth + 40, y)}`,
      ),
    ),
  ]
  const words = `From ${parameters.length} settings one stack makes: ${made.words}.`
  return { drawing: drawing.join('\n'), height: bottom + 14, words }
}

type Group = { readonly service: string; readonly when: When; readonly members: readonly ManifestResource[] }

/** Resources by service, and on the same condition. */
function groupsOf(resources: readonly ManifestResource[]): readonly Group[] {
  const groups = new Map<string, Group>()
  for (const resource of resources) {
    const { type, condition } = resource
    const service = type === 'AWS::CloudFormation::Stack' ? 'Nested stack' : serviceOf(type)
    const key = `${service} ${condition ?? ''}`
    const when = condition === undefined ? [] : [{ condition, is: true }]
    groups.set(key, { service, when, members: [...(groups.get(key)?.members ?? []), resource] })
  }
  return [...groups.values()]
}

function serviceOf(type: string): string {
  const [vendor = '', service = ''] = type.split('::')
  const names: Readonly<Record<string, string>> = {
    ApiGateway: 'Amazon API Gateway',
    Cognito: 'Amazon Cognito',
    DynamoDB: 'Amazon DynamoDB',
    IAM: 'AWS IAM',
    KMS: 'AWS KMS',
    Lambda: 'AWS Lambda',
    S3: 'Amazon S3',
  }
  if (vendor !== 'AWS') return type
  return Object.hasOwn(names, service) ? (names[service] ?? service) : service
}

/** `UserPool, UserPoolClient`: an ID, with its kind where that does not say it. */
function memberNames({ members }: Group): string {
  return members
    .map(({ id, type, template }) => {
      const kind = type.split('::').at(-1) ?? ''
      if (template !== undefined)
        return `${id}, from the template at ${template}, whose launch page tells who reaches what`
      return id.toLowerCase().includes(kind.toLowerCase()) || type === 'AWS::CloudFormation::Stack'
        ? id
        : `${id} (${kind})`
    })
    .join(', ')
}

function columnOf(groups: readonly Group[], x: number, boxWidth: number, top: number) {
  let y = top
  const boxes = groups.map(made => {
    const head = wrap(made.service, boxWidth - 2 * pad, true)
    const body = wrap(memberNames(made), boxWidth - 2 * pad, false)
    const height = 2 * pad - 2 + (head.length + body.length) * lineHeight
    const box = `<rect class="pf-box" x="${x}" y="${y}" width="${boxWidth}" height="${height}" rx="7"/>${text(x + pad, y + pad + size - 1, head, 'pf-b')}${text(x + pad, y + pad + size - 1 + head.length * lineHeight, body, '')}`
    const placed = { drawing: box, y: y + height / 2, when: made.when }
    y += height + 8
    return placed
  })
  const words = groups.map(made => `${made.service}: ${memberNames(made)}${ifWords(made.when)}`).join('; ')
  return { boxes, bottom: y - 8, words }
}

/** What else is made, below those who reach what. */
export function besidesDrawing(resources: readonly ManifestResource[], y: number): Drawn {
  if (resources.length === 0) return { drawing: '', height: 0, words: '' }
  const { boxes, bottom, words } = columnOf(groupsOf(resources), left.x, middle.x + middle.width - left.x, y + 20)
  const drawn = boxes.map(({ drawing, when }) => group(when, '', drawing))
  return {
    drawing: [label(left.x, 'Made besides', y + 10), ...drawn].join('\n'),
    height: bottom + 14,
    words: `Made besides: ${words}.`,
  }
}
