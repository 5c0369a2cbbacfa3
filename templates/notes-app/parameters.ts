import { parameter, parameterGroup } from 'poolform'

import { whole } from '../shared/patterns.ts'

const NestedGroup = parameterGroup('Identity pool')
const AppGroup = parameterGroup('App')
const UsersGroup = parameterGroup('Users')

/**
 * The hosts under which CloudFormation takes a template from Amazon S3, virtual-hosted and path style, in the partitions
 * that have user pools; `versionId` pins one version of the object.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stack.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 */
const templateUrl = (() => {
  const bucket = '[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]'
  const endpoint = 's3([.-][a-z]{2,4}(-[a-z]+)+-[0-9]{1,2})?\\.amazonaws\\.com'
  const key = "([A-Za-z0-9!_.*'()~+=@:,-]|%[0-9A-Fa-f]{2})+"
  return `https://(${bucket}\\.${endpoint}|${endpoint}/${bucket})(/${key})+(\\?versionId=[A-Za-z0-9._-]+)?`
})()

/** What a browser sends as `Origin`. https://www.rfc-editor.org/rfc/rfc6454#section-6.2 */
const origin = '(https://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?|http://(localhost|127\\.0\\.0\\.1)(:[0-9]{1,5})?)'

export const IdentityPoolTemplateUrl = parameter({
  Type: 'String',
  // The registry's own limit of AWS::CloudFormation::Stack.TemplateURL.
  MaxLength: 1024,
  AllowedPattern: whole(templateUrl),
  ConstraintDescription:
    'must be the https URL of an object in Amazon S3, such as https://YOUR-BUCKET.s3.us-east-1.amazonaws.com/identity-pool/1.0.0/identity-pool.yaml, if need be with ?versionId= and its version',
  Description:
    'Where the template identity-pool is published. It decides who gets which permissions: give the URL of one version, in a bucket that you trust.',
  Label: 'URL of the template identity-pool',
  Group: NestedGroup,
})

export const AppOrigin = parameter({
  Type: 'String',
  MaxLength: 256,
  AllowedPattern: whole(origin),
  ConstraintDescription:
    'must be one origin with no path and no slash at its end, such as https://notes.example.com or http://localhost:5173',
  Description:
    'The origin of the web app: only its pages may use the bucket and the API from a browser (CORS). For another, such as the one of development, deploy a stack of its own.',
  Label: 'Origin of the web app',
  Group: AppGroup,
})

export const AllowSignUp = parameter({
  Type: 'String',
  Default: 'true',
  AllowedValues: ['true', 'false'],
  ConstraintDescription: 'must be true or false',
  Description:
    'Whether people may sign up by themselves. If not, an administrator creates the users. Whoever has signed in may put files of any size and number into the own folder.',
  Label: 'Allow sign-up',
  Group: UsersGroup,
})

export const UserPoolDeletionProtection = parameter({
  Type: 'String',
  Default: 'INACTIVE',
  AllowedValues: ['ACTIVE', 'INACTIVE'],
  ConstraintDescription: 'must be ACTIVE or INACTIVE',
  Description:
    'Whether Amazon Cognito refuses to delete the user pool, also to an administrator. Switch it on once the stack stands: a creation that fails could not be rolled back. Deleting the stack keeps the user pool either way.',
  Label: 'Deletion protection of the user pool',
  Group: UsersGroup,
})
