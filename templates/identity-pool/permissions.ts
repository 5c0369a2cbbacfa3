/** What the roles allow: one policy per option, each there only when the option is on. */

import {
  AWS,
  comment,
  If,
  type Intrinsic,
  type PolicyDocument,
  type PolicyText,
  type PolicyValue,
  type PolicyVariable,
  policyVariable,
  Ref,
  Select,
  Split,
  type Statement,
  Sub,
  type Value,
} from 'poolform'

import { byHost } from '../shared/identity-host.ts'
import { onlyIf } from '../shared/predicates.ts'
import {
  FolderIsUserSub,
  GuestsDecrypt,
  HasAdditionalApis,
  HasApi,
  HasApiRegion,
  HasKmsKey,
  HasProtectedFolder,
  HasPublicFolder,
  HasUploads,
  HasUserTable,
} from './conditions.ts'
import {
  AdditionalApiArns,
  ApiId,
  ApiRegion,
  ApiStage,
  UploadsBucketName,
  UploadsKmsKeyArn,
  UserTableName,
} from './parameters.ts'

type Policy = { PolicyName: string; PolicyDocument: PolicyDocument }

/** The principal tag that a user's `sub` becomes, where folders are named by it. */
export const userSubTag = 'userSub'

const userSub = policyVariable(`aws:PrincipalTag/${userSubTag}`)

const bucketArn = Sub`arn:${AWS.Partition}:s3:::${UploadsBucketName}`
const publicObjects = Sub`arn:${AWS.Partition}:s3:::${UploadsBucketName}/public/*`

/** Text with the variable in it that stands for the identity; which one that is depends on the region. */
function ofIdentity<T>(text: (identity: PolicyVariable) => Value<T>): Intrinsic<T> {
  return byHost(host => text(policyVariable(`${host}:sub`)))
}

/** Text with the variable in it that names the user's folder. */
function ofFolder<T>(text: (user: PolicyVariable) => Value<T>): Intrinsic<T> {
  return If<T>(FolderIsUserSub, text(userSub), ofIdentity(text))
}

type Level = {
  readonly sid: string
  readonly objects: Intrinsic<PolicyText>
  /** The folder itself, and what is under it; the slash keeps out the folders whose names merely start alike. */
  readonly prefixes: Intrinsic<readonly PolicyValue[]>
}

const privateLevel: Level = {
  sid: 'Private',
  objects: ofFolder(user => Sub`arn:${AWS.Partition}:s3:::${UploadsBucketName}/private/${user}/*`),
  prefixes: ofFolder(user => [Sub`private/${user}/`, Sub`private/${user}/*`]),
}

const protectedLevel: Level = {
  sid: 'Protected',
  objects: ofFolder(user => Sub`arn:${AWS.Partition}:s3:::${UploadsBucketName}/protected/${user}/*`),
  prefixes: ofFolder(user => [Sub`protected/${user}/`, Sub`protected/${user}/*`]),
}

/** What the owner of a folder may do with it. */
function ownFolder({ sid, objects, prefixes }: Level): readonly [Statement, Statement] {
  return [
    comment(
      "Objects in the user's own folder, and the parts of large uploads to it. No version, ACL, tag or lock of them.",
      {
        Sid: `${sid}Objects`,
        Effect: 'Allow' as const,
        Action: [
          's3:GetObject',
          's3:PutObject',
          's3:DeleteObject',
          's3:AbortMultipartUpload',
          's3:ListMultipartUploadParts',
        ] as const,
        Resource: objects,
      },
    ),
    comment("Listing is an action on the bucket: allowed only where the prefix is in the user's own folder.", {
      Sid: `${sid}List`,
      Effect: 'Allow' as const,
      Action: 's3:ListBucket' as const,
      Resource: bucketArn,
      Condition: { StringLike: { 's3:prefix': prefixes } },
    }),
  ]
}

const uploads: Policy = document('own-folder', ownFolder(privateLevel))

const protectedFolders: Policy = document('protected-folders', [
  ...ownFolder(protectedLevel),
  comment('Others get an object of a protected folder by its whole name: nobody lists the folder of another.', {
    Sid: 'ProtectedGet',
    Effect: 'Allow' as const,
    Action: 's3:GetObject' as const,
    Resource: Sub`arn:${AWS.Partition}:s3:::${UploadsBucketName}/protected/*`,
  }),
])

const publicFolder: Policy = document('public-folder', [
  comment(
    'Signed-in users get and put objects of the public folder, also over those of others; nobody deletes or lists.',
    {
      Sid: 'PublicObjects',
      Effect: 'Allow' as const,
      Action: ['s3:GetObject', 's3:PutObject'] as const,
      Resource: publicObjects,
    },
  ),
])

const publicFolderOfGuests: Policy = document('public-folder', [
  comment('Guests get objects of the public folder.', {
    Sid: 'PublicGet',
    Effect: 'Allow' as const,
    Action: 's3:GetObject' as const,
    Resource: publicObjects,
  }),
])

/** The key answers only to Amazon S3 in its own region, so that the permission is of no use outside the bucket. */
const viaS3 = {
  StringEquals: {
    'kms:ViaService': Sub`s3.${{ KeyRegion: Select(3, Split(':', Sub`${UploadsKmsKeyArn}::::`)) }}.${AWS.URLSuffix}`,
  },
}

const kmsKey: Policy = document('bucket-key', [
  comment('Encrypts uploads, decrypts downloads (and the parts of large uploads) under the key of the bucket.', {
    Sid: 'BucketKey',
    Effect: 'Allow' as const,
    Action: ['kms:GenerateDataKey', 'kms:Decrypt'] as const,
    Resource: Ref(UploadsKmsKeyArn),
    Condition: viaS3,
  }),
])

const kmsKeyOfGuests: Policy = document('bucket-key', [
  comment('Decrypts what guests get from the public folder.', {
    Sid: 'BucketKey',
    Effect: 'Allow' as const,
    Action: 'kms:Decrypt' as const,
    Resource: Ref(UploadsKmsKeyArn),
    Condition: viaS3,
  }),
])

const api: Policy = document('api', [
  comment('One API of this account. Everything after the stage: methods and paths, or the routes of a WebSocket API.', {
    Sid: 'InvokeApi',
    Effect: 'Allow' as const,
    Action: 'execute-api:Invoke' as const,
    Resource: Sub`arn:${AWS.Partition}:execute-api:${{ Region: If(HasApiRegion, Ref(ApiRegion), Ref(AWS.Region)) }}:${AWS.AccountId}:${ApiId}/${ApiStage}/*`,
  }),
])

const additionalApis: Policy = document('additional-apis', [
  comment('The further APIs that the deployer named, by whole ARNs.', {
    Sid: 'InvokeAdditionalApis',
    Effect: 'Allow' as const,
    Action: 'execute-api:Invoke' as const,
    Resource: Split(',', Ref(AdditionalApiArns)),
  }),
])

const userTable: Policy = document('own-rows', [
  comment(
    "Rows whose partition key is the user's identity ID. The key must be in the request (Null), or the empty set of keys would pass; there is no Scan, no index and no PartiQL.",
    {
      Sid: 'OwnRows',
      Effect: 'Allow' as const,
      Action: [
        'dynamodb:GetItem',
        'dynamodb:BatchGetItem',
        'dynamodb:Query',
        'dynamodb:PutItem',
        'dynamodb:UpdateItem',
        'dynamodb:DeleteItem',
        'dynamodb:BatchWriteItem',
      ] as const,
      Resource: Sub`arn:${AWS.Partition}:dynamodb:${AWS.Region}:${AWS.AccountId}:table/${UserTableName}`,
      Condition: {
        'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ofIdentity(identity => Sub`${identity}`) },
        Null: { 'dynamodb:LeadingKeys': 'false' },
      },
    },
  ),
])

/** A policy stands or goes as a whole: IAM refuses a document that has no statement left. */
export const policiesOfUsers = [
  onlyIf<Policy>(HasUploads, uploads),
  onlyIf<Policy>(HasProtectedFolder, protectedFolders),
  onlyIf<Policy>(HasPublicFolder, publicFolder),
  onlyIf<Policy>(HasKmsKey, kmsKey),
  onlyIf<Policy>(HasApi, api),
  onlyIf<Policy>(HasAdditionalApis, additionalApis),
  onlyIf<Policy>(HasUserTable, userTable),
]

export const policiesOfGuests = [
  onlyIf<Policy>(HasPublicFolder, publicFolderOfGuests),
  onlyIf<Policy>(GuestsDecrypt, kmsKeyOfGuests),
]

function document(PolicyName: string, statements: readonly Statement[]): Policy {
  return { PolicyName, PolicyDocument: { Version: '2012-10-17', Statement: statements } }
}
