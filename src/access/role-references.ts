import { type Document, isObject, type Json } from '../document.ts'
import { shown, textOf } from './text.ts'

export type RoleReference = {
  /** The logical ID of one of the template's own; of any other its name, its parameter, or else its text. */
  readonly by: string
  readonly isOwn: boolean
  readonly text: string
}

/** Tells which role an ARN means: by reference, or by the name that the template gives it. */
export class RoleReferences {
  readonly #document: Document
  readonly #own: ReadonlyMap<string, string>

  constructor(document: Document) {
    this.#document = document
    this.#own = new Map(
      Object.entries(document.Resources).flatMap(([id, resource]) => {
        if (!isObject(resource) || resource['Type'] !== 'AWS::IAM::Role') return []
        const properties = resource['Properties']
        const name = isObject(properties) ? properties['RoleName'] : undefined
        // Ref gives the name
        const names = [`{${id}}`, ...(name === undefined ? [] : [textOf(name, document)])]
        return names.map(it => [it, id] as const)
      }),
    )
  }

  of(arn: Json): RoleReference {
    const text = textOf(arn, this.#document)
    // the path stands before the name: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
    const [, inArn] = /^arn:[^:]*:iam::[^:]*:role(?:\/|\{[^{}]*\})(?:.*\/)?([^/]+)$/.exec(text) ?? []
    const name = inArn ?? text.replace(/^\{([^{}.]+)\.Arn\}$/, '{$1}')
    const own = this.#own.get(name)
    if (own !== undefined) return { by: own, isOwn: true, text: shown(text) }
    const by = /^\{([^{}]+)\}$/.exec(name)?.[1] ?? name
    const isTaken = by === '' || Object.hasOwn(this.#document.Resources, by)
    return { by: shown(isTaken ? text : by) || 'that is not said', isOwn: false, text: shown(text) }
  }
}
