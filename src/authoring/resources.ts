/**
 * Every resource type that a module has brought in: `import type {} from 'poolform/aws/cognito'`
 * adds those of Amazon Cognito by declaration merging, so that nobody's editor reads all 1,854.
 */
// biome-ignore lint/suspicious/noEmptyInterface: the modules of aws/ fill it, which only an interface allows
export interface Resources {}
