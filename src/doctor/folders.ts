import type { JsonObject } from '../document.ts'
import type { Standing } from './standing.ts'
import type { Statement } from './statements.ts'

/** `private/${cognito-identity.amazonaws.com:sub}/` of the bucket `notes`. */
export type Folder = { readonly bucket: string; readonly folder: string }

/** Those of S3 that a statement names by whose they are. */
export function foldersOf({ resources }: Pick<Statement, 'resources'>): readonly Folder[] {
  return resources.flatMap(it => {
    const [, bucket, folder] = /^arn:[^:]*:s3:::([^/*?$]+)\/(.*\$\{[^*?$}]+\}[^*?]*?)\*$/.exec(it) ?? []
    return bucket === undefined || folder === undefined ? [] : [{ bucket, folder }]
  })
}

/** The folder that Amplify, and AWS's own examples, give each identity. */
export const ownFolder = ({ host }: Standing): string => `private/\${${host ?? 'cognito-identity.amazonaws.com'}:sub}/`

/** `s3:prefix` says of what. https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html */
export function listStatement(bucket: string, folders: readonly string[]): JsonObject {
  return {
    Sid: 'ListOwnFolder',
    ...{ Effect: 'Allow', Action: 's3:ListBucket', Resource: bucket },
    Condition: { StringLike: { 's3:prefix': folders.flatMap(it => [it, `${it}*`]) } },
  }
}

export function objectStatement(actions: readonly string[], bucket: string, folders: readonly string[]): JsonObject {
  return {
    Sid: 'OwnFolder',
    ...{ Effect: 'Allow', Action: actions, Resource: folders.map(it => `${bucket}/${it}*`) },
  }
}
