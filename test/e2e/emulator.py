"""MiniStack on a free loopback port, with the parts of AWS that its version 1.5.33 lacks and this template needs.

Prints its port as the first line of standard output; ends, and removes its temporary folder, when standard input
closes, so that it cannot outlive the tests whatever becomes of them.

Added, each as AWS documents it, and otherwise MiniStack's own evaluator decides:
- policy variables in Resource and Condition; without a value the statement matches nothing
  (IAM User Guide, reference_policies_variables)
- the keys cognito-identity.amazonaws.com:aud, amr and sub of identity pool sessions, also in the basic flow
  (IAM User Guide, reference_policies_iam-condition-keys, "web identity federation")
- dynamodb:LeadingKeys (DynamoDB Developer Guide, specifying-conditions)
- the identity pool asks the role's trust policy, refuses guests where they are off and the basic flow where that is
  off, and passes the claims of its principal tag map as session tags, which the trust must allow with sts:TagSession
  (Cognito Developer Guide, role-trust-and-permissions, authentication-flow, using-attributes-for-access-control-policy)
- conditions may use pseudo parameters and Fn::FindInMap (CloudFormation User Guide, conditions-section-structure)
- AWS::Partition and AWS::URLSuffix are those of the region (CloudFormation User Guide, pseudo-parameter-reference); the
  ARNs and hosts that MiniStack's services make up are of the partition aws everywhere
- drift detection covers every property of every type, so that what CloudFormation made of a template can be read
  (API reference, StackResourceDrift: ExpectedProperties)
- role mappings are keyed by their IdentityProvider, which must be a provider of the pool
  (CloudFormation reference, AWS::Cognito::IdentityPoolRoleAttachment RoleMapping)
- resource import of a role attachment, whose identifier is the pool's ID (registry schema: primaryIdentifier Id), and of
  principal tags (registry schema: primaryIdentifier IdentityPoolId, IdentityProviderName)
- an imported role that the template gives no name keeps its own when it is updated (registry schema: createOnly RoleName)
- the keys s3:if-match, s3:if-none-match and s3:ObjectCreationOperation of a write
  (S3 User Guide, conditional-writes-enforce)
- an object that is missing is forbidden to who may not list it, s3:prefix being its key
  (S3 API Reference, HeadObject, "Permissions")
- a template's URL may have its bucket as a host name (S3 User Guide, VirtualHosting)
- stage variables in the response headers of a mock integration (API Gateway Developer Guide,
  aws-api-gateway-stage-variables-reference)
- a role's policy without statements is refused (IAM User Guide, reference_policies_grammar), and its permissions
  boundary, which MiniStack's CloudFormation drops, is kept
"""

import asyncio
import contextvars
import dataclasses
import json
import logging
import os
import re
import shutil
import socket
import sys
import tempfile

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.bind(('127.0.0.1', 0))
listener.listen(128)
port = listener.getsockname()[1]
# MiniStack keeps its signing key in STATE_DIR and its process id in TMPDIR.
folder = tempfile.mkdtemp(prefix='poolform-e2e-')
os.environ.update(
    AUTH='true', BIND_HOST='127.0.0.1', GATEWAY_PORT=str(port), IOT_MTLS_ENABLED='0', SFTP_ENABLED='0',
    STATE_DIR=folder, TMPDIR=folder)

from hypercorn.asyncio import serve  # noqa: E402
from hypercorn.config import Config  # noqa: E402
from ministack.app import app  # noqa: E402
from ministack.core import iam_actions, iam_evaluator  # noqa: E402
from ministack.core.responses import error_response_json, get_account_id, get_region  # noqa: E402
from ministack.core.router import extract_access_key_id  # noqa: E402
from ministack.services import apigateway_v1, cognito, dynamodb, iam, s3, sts  # noqa: E402
from ministack.services.cloudformation import (  # noqa: E402
    changesets, drift, engine, handlers, helpers, provisioners, stacks)

HOST = 'cognito-identity.amazonaws.com'


# ---- policy variables -------------------------------------------------------------------------------------------

class NoValue(Exception):
    pass


def substitute(value, context):
    if isinstance(value, list):
        return [substitute(item, context) for item in value]
    if isinstance(value, dict):
        return {key: substitute(item, context) for key, item in value.items()}
    if not isinstance(value, str):
        return value

    def one(match):
        name, _, default = match.group(1).partition(',')
        name, default = name.strip(), default.strip()
        if name in ('*', '?', '$'):
            return name
        found = iam_evaluator._resolve_condition_key(name, context)
        if found is not None and not isinstance(found, (list, tuple)):
            return str(found)
        if default:
            return default.strip("'")
        raise NoValue(name)

    return re.sub(r'\$\{([^}]+)\}', one, value)


first_match = iam_evaluator._first_match


def first_match_with_variables(context, statements, effect):
    known = []
    for statement in statements:
        try:
            known.append(dataclasses.replace(
                statement,
                resources=substitute(statement.resources, context),
                not_resources=substitute(statement.not_resources, context),
                conditions=substitute(statement.conditions, context)))
        except NoValue:
            continue
    return first_match(context, known, effect)


iam_evaluator._first_match = first_match_with_variables


# ---- the log, which a failing test shows ------------------------------------------------------------------------

enforce = iam_evaluator.enforce


def enforce_and_log(access_key_id, iam_action, service, region, resource_arn='*', service_context=None):
    denied = enforce(access_key_id, iam_action, service, region, resource_arn, service_context)
    if not iam_evaluator.is_root_access_key(access_key_id):
        answer = 'denied' if denied else 'allowed'
        logging.getLogger('iam').info('%s %s on %s %s', answer, iam_action, resource_arn, service_context or '')
    return denied


iam_evaluator.enforce = enforce_and_log


# ---- the condition keys of a session ----------------------------------------------------------------------------

def identity_keys(pool_id, identity_id, amr):
    return {f'{HOST}:aud': pool_id, f'{HOST}:sub': identity_id, f'{HOST}:amr': amr}


principal_keys = iam_evaluator._principal_keys


def principal_keys_with_identity(credential):
    keys = principal_keys(credential)
    session = sts._sessions.get(credential.access_key_id) or {}
    if session.get('_identity_id'):
        keys.update(identity_keys(session['_identity_pool_id'], session['_identity_id'], session['_cognito_amr']))
    return keys


iam_evaluator._principal_keys = principal_keys_with_identity

handle_sts = sts.handle_request


async def handle_sts_with_identity(method, path, headers, body, query_params):
    response = await handle_sts(method, path, headers, body, query_params)
    text = bytes(body or b'').decode('utf-8', 'replace')
    if 'AssumeRoleWithWebIdentity' in text and response[0] == 200:
        token = re.search(r'WebIdentityToken=([\w.%-]+)', text)
        made = re.search(r'<AccessKeyId>(\w+)</AccessKeyId>', bytes_or_text(response[2]))
        claims = cognito._token_claims(token.group(1)) if token else {}
        if made and claims.get('iss') == f'https://{HOST}':
            sts._sessions[made.group(1)].update(
                _identity_id=claims['sub'], _identity_pool_id=claims['aud'], _cognito_amr=claims['amr'])
    return response


def bytes_or_text(body):
    return body.decode() if isinstance(body, bytes) else str(body)


sts.handle_request = handle_sts_with_identity


# ---- dynamodb:LeadingKeys ---------------------------------------------------------------------------------------

dynamodb_context = iam_actions.dynamodb_service_context


def dynamodb_context_with_leading_keys(body):
    context = dynamodb_context(body)
    try:
        request = json.loads(body or b'{}')
    except ValueError:
        return context
    keys = [key for name, part in table_requests(request) for key in partition_keys(name, part)]
    if keys:
        context['dynamodb:LeadingKeys'] = keys
    return context


def table_requests(request):
    """(table name, the request's part about it), for single calls, batches and transactions."""
    if isinstance(request.get('TableName'), str):
        yield request['TableName'], request
    items = request.get('RequestItems')
    for name, part in items.items() if isinstance(items, dict) else []:
        if isinstance(part, dict):
            for key in part.get('Keys') or []:
                yield name, {'Key': key}
        else:
            for write in part:
                yield name, write.get('PutRequest') or write.get('DeleteRequest') or {}
    for item in request.get('TransactItems') or []:
        for part in item.values():
            yield part.get('TableName', ''), part


def partition_keys(table_name, part):
    table = dynamodb._tables.get(table_name.rsplit('/', 1)[-1])
    if table is None:
        return
    name = next(key['AttributeName'] for key in table['KeySchema'] if key['KeyType'] == 'HASH')
    for place in ('Key', 'Item'):
        if name in (part.get(place) or {}):
            yield str(next(iter(part[place][name].values())))
    # The partition key of a query can only be compared by equality.
    names = part.get('ExpressionAttributeNames') or {}
    for left, right in re.findall(r'(#?\w+)\s*=\s*(:\w+)', part.get('KeyConditionExpression') or ''):
        if names.get(left, left) == name:
            yield str(next(iter(part['ExpressionAttributeValues'][right].values())))


iam_actions.dynamodb_service_context = dynamodb_context_with_leading_keys


# ---- writes and missing objects in S3 ---------------------------------------------------------------------------

s3_context = iam_actions.s3_service_context


def s3_context_with_write(iam_action, query_params, path='', headers=None):
    context = s3_context(iam_action, query_params, path, headers)
    if iam_action == 's3:PutObject':
        for name in ('if-match', 'if-none-match'):
            if (headers or {}).get(name):
                context[f's3:{name}'] = headers[name]
        makes_nothing = {'uploads', 'partNumber'} & set(query_params or {})
        context['s3:ObjectCreationOperation'] = 'false' if makes_nothing else 'true'
    return context


iam_actions.s3_service_context = s3_context_with_write

handle_s3 = s3.handle_request


async def handle_s3_of_listed(method, path, headers, body, query_params, *more, **named):
    caller = get_account_id()
    response = await handle_s3(method, path, headers, body, query_params, *more, **named)
    bucket, key = s3._parse_bucket_key(path, headers)
    owner = s3._bucket_owner_account(bucket)
    if response[0] != 404 or method not in ('GET', 'HEAD') or not key or owner is None:
        return response
    access_key = extract_access_key_id(headers, query_params)
    if access_key and caller == owner:
        arn = f'arn:aws:s3:::{bucket}'
        listed = enforce(access_key, 's3:ListBucket', 's3', get_region(), arn, {'s3:prefix': key}) is None
    else:
        listed = s3._foreign_bucket_allows(
            owner, bucket, '', 'GET', {'prefix': key}, caller if access_key else '', headers)
    if listed:
        return response
    status, refused, text = s3._error('AccessDenied', 'Access Denied', 403, f'/{bucket}/{key}')
    return status, refused, b'' if method == 'HEAD' else text


s3.handle_request = handle_s3_of_listed


# ---- what the identity pool refuses -----------------------------------------------------------------------------

def pool_of(identity_id):
    return next((pool for pool in cognito._identity_pools.values() if identity_id in pool['_identities']), None)


def refuse_guest(pool, logins):
    if pool is not None and not logins and not truth(pool.get('AllowUnauthenticatedIdentities')):
        return error_response_json(
            'NotAuthorizedException', 'Unauthenticated access is not supported for this identity pool.', 400)
    return None


def truth(value):
    return str(value).lower() == 'true'


get_id = cognito._get_id


def get_id_of_allowed(data):
    return refuse_guest(cognito._identity_pools.get(data.get('IdentityPoolId')), data.get('Logins')) or get_id(data)


cognito._get_id = get_id_of_allowed

get_open_id_token = cognito._get_open_id_token


def get_open_id_token_of_allowed(data):
    pool = pool_of(data.get('IdentityId'))
    if pool is not None and not truth(pool.get('AllowClassicFlow')):
        return error_response_json(
            'InvalidParameterException', 'Basic (classic) flow is not enabled, please use enhanced flow.', 400)
    return refuse_guest(pool, data.get('Logins')) or get_open_id_token(data)


cognito._get_open_id_token = get_open_id_token_of_allowed

get_credentials = cognito._get_credentials_for_identity


def get_credentials_of_trusted(data):
    pool = pool_of(data.get('IdentityId'))
    logins = data.get('Logins') or {}
    refused = refuse_guest(pool, logins)
    if refused or pool is None:
        return refused or get_credentials(data)
    tags = session_tags(pool, logins)
    role_arn = (pool.get('_roles') or {}).get('authenticated' if logins else 'unauthenticated', '')
    role = iam._roles.get(role_arn.rsplit('/', 1)[-1])
    keys = identity_keys(pool['IdentityPoolId'], data['IdentityId'], cognito._identity_login_fields(logins)[0])
    trusted = role is not None and trusts(role, role_arn, keys, 'sts:AssumeRoleWithWebIdentity')
    if not trusted or (tags and not trusts(role, role_arn, keys, 'sts:TagSession')):
        return error_response_json(
            'InvalidIdentityPoolConfigurationException',
            'Invalid identity pool configuration. Check assigned IAM roles for this pool.', 400)
    response = get_credentials(data)
    if tags and response[0] == 200:
        made = json.loads(response[2])['Credentials']['AccessKeyId']
        sts._sessions[made]['SessionTags'] = tags
    return response


def trusts(role, role_arn, keys, action):
    """Whether the role's trust policy lets the identity pool do the action. MiniStack's evaluator knows a Federated
    principal for sts:AssumeRoleWithWebIdentity only, so the statements about another action are put to it as that."""
    document = json.loads(role['AssumeRolePolicyDocument'])
    statements = document['Statement'] if isinstance(document['Statement'], list) else [document['Statement']]
    asked = [
        {**statement, 'Action': 'sts:AssumeRoleWithWebIdentity'} for statement in statements
        if any(iam_evaluator.fnmatch_iam(action, pattern) for pattern in listed(statement.get('Action')))]
    return iam_evaluator.evaluate_trust_policy({'Statement': asked}, HOST, iam_evaluator.EvalContext(
        principal_arn=HOST, principal_type='WebIdentityUser', principal_account=get_account_id(),
        action='sts:AssumeRoleWithWebIdentity', resource_arn=role_arn, region=get_region(),
        service_context={key.lower(): value for key, value in keys.items()}))


def listed(value):
    return value if isinstance(value, list) else [value] if isinstance(value, str) else []


def session_tags(pool, logins):
    tags = {}
    for provider, token in logins.items():
        mapping = (pool.get('_principal_tags') or {}).get(provider) or {}
        claims = cognito._token_claims(token)
        # The default map of a user pool: the tags username and client from the claims sub and aud.
        defaults = {'username': 'sub', 'client': 'aud'} if truth(mapping.get('UseDefaults')) else {}
        for tag, claim in {**defaults, **(mapping.get('PrincipalTags') or {})}.items():
            if claim in claims:
                tags[tag] = str(claims[claim])
    return [{'Key': key, 'Value': value} for key, value in tags.items()]


cognito._get_credentials_for_identity = get_credentials_of_trusted


# ---- pseudo parameters ------------------------------------------------------------------------------------------

PARTITIONS = {
    'us-gov-': ('aws-us-gov', 'amazonaws.com'), 'cn-': ('aws-cn', 'amazonaws.com.cn'),
    'eusc-': ('aws-eusc', 'amazonaws.eu'), 'us-iso-': ('aws-iso', 'c2s.ic.gov')}


def pseudo_parameters():
    region = get_region()
    found = (of for prefix, of in PARTITIONS.items() if region.startswith(prefix))
    partition, suffix = next(found, ('aws', 'amazonaws.com'))
    return {
        'AWS::Region': region, 'AWS::AccountId': get_account_id(),
        'AWS::Partition': partition, 'AWS::URLSuffix': suffix}


evaluate_conditions = engine._evaluate_conditions


def evaluate_conditions_of_region(template, params):
    pseudo = pseudo_parameters()

    def resolve(value):
        if isinstance(value, list):
            return [resolve(item) for item in value]
        if not isinstance(value, dict):
            return value
        if 'Fn::FindInMap' in value:
            return engine.find_in_map(value['Fn::FindInMap'], template.get('Mappings') or {}, resolve)
        if value.get('Ref') in pseudo:
            return pseudo[value['Ref']]
        return {key: resolve(item) for key, item in value.items()}

    return evaluate_conditions({**template, 'Conditions': resolve(template.get('Conditions') or {})}, params)


resolve_refs = engine._resolve_refs


def resolve_refs_of_region(value, *more):
    if isinstance(value, dict) and value.keys() & {'Ref', 'Fn::Sub'}:
        pseudo = pseudo_parameters()
        if value.get('Ref') in pseudo:
            return pseudo[value['Ref']]
        if 'Fn::Sub' in value:
            text, *variables = value['Fn::Sub'] if isinstance(value['Fn::Sub'], list) else [value['Fn::Sub']]
            for name, known in pseudo.items():
                text = text.replace('${' + name + '}', known)
            value = {'Fn::Sub': [text, *variables] if variables else text}
    return resolve_refs(value, *more)


for module in (engine, stacks, handlers, changesets, provisioners):
    for name, mended in (
            ('_evaluate_conditions', evaluate_conditions_of_region), ('_resolve_refs', resolve_refs_of_region)):
        if hasattr(module, name):
            setattr(module, name, mended)


# ---- what a template was made into ------------------------------------------------------------------------------

class Everything:
    def __contains__(self, _):
        return True


def read_everything(read):
    def read_with_expected(physical_id, properties):
        standing = read(physical_id, properties)
        return None if standing is None else {**properties, **standing}
    return read_with_expected


for resource_type in provisioners._RESOURCE_HANDLERS:
    read, _ = drift._DRIFT_READERS.get(resource_type, (lambda physical_id, properties: {}, ()))
    drift._DRIFT_READERS[resource_type] = (read_everything(read), Everything())


# ---- role mappings ----------------------------------------------------------------------------------------------

set_roles = cognito._set_identity_pool_roles


def set_roles_by_provider(data):
    pool = cognito._identity_pools.get(data.get('IdentityPoolId')) or {}
    providers = {f"{one['ProviderName']}:{one['ClientId']}" for one in pool.get('CognitoIdentityProviders') or []}
    providers |= set(pool.get('SupportedLoginProviders') or {}) | set(pool.get('SamlProviderARNs') or [])
    providers |= {arn.split('oidc-provider/', 1)[-1] for arn in pool.get('OpenIdConnectProviderARNs') or []}
    mappings = {}
    for key, mapping in (data.get('RoleMappings') or {}).items():
        provider = mapping.get('IdentityProvider') or key
        if provider not in providers:
            return error_response_json(
                'InvalidParameterException',
                f'{provider} is not a valid RoleMapping ProviderName or is not a configured provider.', 400)
        mappings[provider] = {name: value for name, value in mapping.items() if name != 'IdentityProvider'}
    return set_roles({**data, 'RoleMappings': mappings})


cognito._set_identity_pool_roles = set_roles_by_provider


provisioners._RESOURCE_HANDLERS['AWS::Cognito::IdentityPoolRoleAttachment']['import'] = (
    lambda identifier: (identifier['Id'], {'Id': identifier['Id']}))
provisioners._RESOURCE_HANDLERS['AWS::Cognito::IdentityPoolPrincipalTag']['import'] = (
    lambda identifier: ('|'.join([identifier['IdentityPoolId'], identifier['IdentityProviderName']]), {}))


# ---- roles ------------------------------------------------------------------------------------------------------

def as_iam_does(create_or_update):
    def checked(*arguments, **named):
        properties = next(part for part in arguments[::-1] if isinstance(part, dict))
        documents = [policy['PolicyDocument'] for policy in properties.get('Policies') or []]
        for document in [properties.get('AssumeRolePolicyDocument'), *documents]:
            if isinstance(document, dict) and not document.get('Statement'):
                raise ValueError('Syntax errors in policy. (Service: Iam, Status Code: 400, MalformedPolicyDocument)')
        made = create_or_update(*arguments, **named)
        iam._roles[made[0]]['PermissionsBoundary'] = properties.get('PermissionsBoundary', '')
        return made
    return checked


def update_under_own_name(update):
    def updated(name, old, new, *arguments, **named):
        if name in iam._roles and 'RoleName' not in old and 'RoleName' not in new:
            new = {**new, 'RoleName': name}
        return update(name, old, new, *arguments, **named)
    return updated


role_handlers = provisioners._RESOURCE_HANDLERS['AWS::IAM::Role']
role_handlers['update'] = update_under_own_name(role_handlers['update'])
for step in ('create', 'update'):
    role_handlers[step] = as_iam_does(role_handlers[step])


# ---- URLs of templates ------------------------------------------------------------------------------------------

resolve_document = helpers._resolve_document


def resolve_document_of_any_host(params, body_key, url_key, label):
    url = helpers._p(params, url_key)
    hosted = re.fullmatch(r'https://(.+)\.(s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com)/(.+)', url)
    if hosted:
        params = {**params, url_key: [f'https://{hosted[2]}/{hosted[1]}/{hosted[3]}']}
    return resolve_document(params, body_key, url_key, label)


helpers._resolve_document = resolve_document_of_any_host


# ---- stage variables --------------------------------------------------------------------------------------------

execute_in_scope = apigateway_v1._execute_in_scope
invoke_mock = apigateway_v1._invoke_mock_v1
request_now = contextvars.ContextVar('request')


def execute_remembered(request, *arguments, **named):
    request_now.set(request)
    return execute_in_scope(request, *arguments, **named)


def invoke_mock_of_stage(integration):
    status, headers, body = invoke_mock(integration)
    variables = request_now.get()['stage'].get('variables') or {}
    return status, {
        name: variables.get(value.partition('.')[2], '') if value.startswith('stageVariables.') else value
        for name, value in headers.items()}, body


apigateway_v1._execute_in_scope = execute_remembered
apigateway_v1._invoke_mock_v1 = invoke_mock_of_stage


# ---- the server -------------------------------------------------------------------------------------------------

async def standard_input_closed():
    while await asyncio.to_thread(sys.stdin.buffer.read, 1):
        pass
    # Open keep-alive connections and worker threads must not hold up the end.
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


config = Config()
config.bind = [f'fd://{listener.detach()}']
config.keep_alive_timeout = 75
print(port, flush=True)
print(folder, flush=True)
asyncio.run(serve(app, config, shutdown_trigger=standard_input_closed))
