import type { Place, Samples } from '../../src/access/scenarios.ts'

/** Values by which mistakes show: other regions than the stack's, and texts that others begin like. */
export const samples: Samples = (parameter, place) => values(place)[parameter] ?? []

function values(place: Place): Readonly<Record<string, readonly string[]>> {
  const { partition, region } = place
  const elsewhere = others[region] ?? region
  const api = `arn:${partition}:execute-api:${region}:123456789012:abcdefgh12/prod/GET/items`
  return {
    UploadsBucketName: ['uploads-of-users'],
    UploadsKmsKeyArn: [`arn:${partition}:kms:${elsewhere}:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab`],
    UserPoolId: [`${elsewhere}_a1B2c3D4e`],
    ApiRegion: [elsewhere],
    ApiStage: ['prod', '$default'],
    AdditionalApiArns: [api, `${api},arn:${partition}:execute-api:${elsewhere}:210987654321:zyxwvuts98/*/POST/a*`],
    RolePath: ['/app/users/'],
  }
}

const others: Readonly<Record<string, string>> = {
  'us-east-1': 'eu-west-1',
  'us-gov-west-1': 'us-gov-east-1',
  'us-gov-east-1': 'us-gov-west-1',
  'cn-north-1': 'cn-northwest-1',
}
