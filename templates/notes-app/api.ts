/** An API that asks for a signature, and answers by itself until it gets an integration of yours. */

import { AWS, comment, FindInMap, GetAtt, mapping, Ref, resource, Sub } from 'poolform'
import type {} from 'poolform/aws/apigateway'

import { AppOrigin } from './parameters.ts'

/** China has no user pools, and for aws-eusc and the iso partitions identity-pool knows no identity host. */
export const ApiEndpoints = comment(
  'Partitions that have user pools, and identity hosts that are known: in any other CloudFormation refuses the template before it makes anything.',
  mapping({ aws: { Type: 'REGIONAL' }, 'aws-us-gov': { Type: 'REGIONAL' } }),
)

export const Api = resource({
  Type: 'AWS::ApiGateway::RestApi',
  Properties: {
    Name: Sub`${AWS.StackName}`,
    EndpointConfiguration: { Types: [FindInMap(ApiEndpoints, Ref(AWS.Partition), 'Type')] },
  },
})

export const NotesResource = resource({
  Type: 'AWS::ApiGateway::Resource',
  Properties: { RestApiId: Ref(Api), ParentId: GetAtt(Api, 'RootResourceId'), PathPart: 'notes' },
})

/**
 * A deployment is a snapshot of the methods, and the stage's variables are not in it: by a variable a change of
 * `AppOrigin` reaches the methods without another deployment.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/aws-api-gateway-stage-variables-reference.html
 */
const appOrigin = 'stageVariables.AppOrigin'

export const NotesGet = comment(
  'Only for callers whose role allows execute-api:Invoke. Put an integration of yours in place of the MOCK one.',
  resource({
    Type: 'AWS::ApiGateway::Method',
    Properties: {
      RestApiId: Ref(Api),
      ResourceId: Ref(NotesResource),
      HttpMethod: 'GET',
      AuthorizationType: 'AWS_IAM',
      Integration: {
        Type: 'MOCK',
        PassthroughBehavior: 'NEVER',
        RequestTemplates: { 'application/json': '{"statusCode": 200}' },
        IntegrationResponses: [
          {
            StatusCode: '200',
            ResponseParameters: { 'method.response.header.Access-Control-Allow-Origin': appOrigin },
            ResponseTemplates: {
              'application/json': '{"identityId": "$context.identity.cognitoIdentityId", "notes": []}',
            },
          },
        ],
      },
      MethodResponses: [
        { StatusCode: '200', ResponseParameters: { 'method.response.header.Access-Control-Allow-Origin': false } },
      ],
    },
  }),
)

export const NotesOptions = comment(
  'What a browser asks before it sends a signed request. It carries no signature itself.',
  resource({
    Type: 'AWS::ApiGateway::Method',
    Properties: {
      RestApiId: Ref(Api),
      ResourceId: Ref(NotesResource),
      HttpMethod: 'OPTIONS',
      AuthorizationType: 'NONE',
      Integration: {
        Type: 'MOCK',
        PassthroughBehavior: 'NEVER',
        RequestTemplates: { 'application/json': '{"statusCode": 204}' },
        IntegrationResponses: [
          {
            StatusCode: '204',
            ResponseParameters: {
              'method.response.header.Access-Control-Allow-Headers':
                "'Authorization,Content-Type,X-Amz-Content-Sha256,X-Amz-Date,X-Amz-Security-Token,X-Amz-User-Agent'",
              'method.response.header.Access-Control-Allow-Methods': "'GET,OPTIONS'",
              'method.response.header.Access-Control-Allow-Origin': appOrigin,
              'method.response.header.Access-Control-Max-Age': "'3600'",
            },
          },
        ],
      },
      MethodResponses: [
        {
          StatusCode: '204',
          ResponseParameters: {
            'method.response.header.Access-Control-Allow-Headers': false,
            'method.response.header.Access-Control-Allow-Methods': false,
            'method.response.header.Access-Control-Allow-Origin': false,
            'method.response.header.Access-Control-Max-Age': false,
          },
        },
      ],
    },
  }),
)

/**
 * Without the header a browser shows the app a refusal as a failure of the network. Of what their headers can be mapped
 * from, AWS documents parameters of the request and literals, not variables of the stage.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html
 */
function errors(ResponseType: 'DEFAULT_4XX' | 'DEFAULT_5XX') {
  return resource({
    Type: 'AWS::ApiGateway::GatewayResponse',
    Properties: {
      RestApiId: Ref(Api),
      ResponseType,
      ResponseParameters: { 'gatewayresponse.header.Access-Control-Allow-Origin': Sub`'${AppOrigin}'` },
    },
  })
}

export const ClientErrors = errors('DEFAULT_4XX')
export const ServerErrors = errors('DEFAULT_5XX')

export const Deployment1 = comment(
  'A snapshot of the above: whoever changes a method gives the deployment another logical ID, or the change is not deployed.',
  resource({
    Type: 'AWS::ApiGateway::Deployment',
    DependsOn: [NotesGet, NotesOptions, ClientErrors, ServerErrors],
    Properties: { RestApiId: Ref(Api) },
  }),
)

export const ApiStage = resource({
  Type: 'AWS::ApiGateway::Stage',
  Properties: {
    RestApiId: Ref(Api),
    DeploymentId: Ref(Deployment1),
    StageName: 'prod',
    Variables: { AppOrigin: Ref(AppOrigin) },
  },
})
