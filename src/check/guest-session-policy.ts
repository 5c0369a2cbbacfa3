/**
 * What Cognito lets guests do in the enhanced flow, whatever their role allows: it puts two session policies on their
 * credentials, and a request takes a permission of the role and of either one. On both the resource is `*`.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/iam-roles.html#access-policies-scope-down-services
 */
export const guestActions: readonly string[] = [
  // The inline session policy, as of 2026; AWS's page lists its services, public copies the policy itself.
  'appsync:*',
  'cloudwatch:*',
  'codewhisperer:*',
  'cognito-identity:*',
  'cognito-idp:*',
  'cognito-sync:*',
  'comprehend:*',
  'dynamodb:*',
  'execute-api:*',
  'firehose:*',
  'gamelift:*',
  'iot:*',
  'kinesis:*',
  'lambda:*',
  'lex:*',
  'logs:*',
  'machinelearning:*',
  'mobileanalytics:*',
  'mobiletargeting:*',
  'personalize:*',
  'polly:*',
  'rekognition:*',
  's3:*',
  'sagemaker:InvokeEndpoint',
  'sdb:*',
  'ses:*',
  'sns:*',
  'sqs:*',
  'textract:AnalyzeDocument',
  'textract:DetectDocumentText',
  'transcribe:*',
  'translate:*',

  // What the managed policy AmazonCognitoUnAuthedIdentitiesSessionPolicy adds: version 3 of November 2024, and
  // geo:ListMaps of version 4 of May 2026.
  // https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonCognitoUnAuthedIdentitiesSessionPolicy.html
  'geo:*DevicePosition*',
  'geo:*Geofence',
  'geo:*Geofences',
  'geo:CalculateRoute*',
  'geo:GetMap*',
  'geo:GetPlace',
  'geo:ListMaps',
  'geo:SearchPlaceIndex*',
  'kms:Decrypt',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyPair',
  'kms:GenerateDataKeyPairWithoutPlaintext',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
  'rum:PutRumEvents',

  // What Amazon Location tells of guests, and no copy of either policy has.
  // https://docs.aws.amazon.com/location/latest/developerguide/authenticating-using-cognito.html
  'geo-maps:GetStaticMap',
  'geo-maps:GetTile',
  'geo-places:Autocomplete',
  'geo-places:Geocode',
  'geo-places:GetPlace',
  'geo-places:ReverseGeocode',
  'geo-places:SearchNearby',
  'geo-places:SearchText',
  'geo-places:Suggest',
  'geo-routes:CalculateIsolines',
  'geo-routes:CalculateRouteMatrix',
  'geo-routes:CalculateRoutes',
  'geo-routes:OptimizeWaypoints',
  'geo-routes:SnapToRoads',
]
