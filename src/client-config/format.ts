/** The forms that a configuration can have. */
export const formats = ['amplify', 'amplify-js', 'sdk-js', 'ios', 'android', 'env'] as const

export type Format = (typeof formats)[number]

/** What the names in a `.env` file may begin with. */
export const prefixPattern = /^(?:[A-Za-z_][A-Za-z0-9_]*)?$/
