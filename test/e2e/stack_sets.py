"""moto's CloudFormation, S3 and the like on a free loopback port, since MiniStack has no stack sets.

Prints its port as the first line of standard output; ends when standard input closes, so that it cannot outlive the
tests whatever becomes of them.
"""

import logging
import os
import sys
import threading
import types

# moto reads API Gateway bodies with it, which no test here has: not worth fifteen more packages.
stub = types.ModuleType('openapi_spec_validator')
stub.validate = None
exceptions = types.ModuleType('openapi_spec_validator.validation.exceptions')
exceptions.OpenAPIValidationError = type('OpenAPIValidationError', (Exception,), {})
sys.modules['openapi_spec_validator'] = stub
sys.modules['openapi_spec_validator.validation'] = types.ModuleType('openapi_spec_validator.validation')
sys.modules['openapi_spec_validator.validation.exceptions'] = exceptions

from moto.cloudformation import parsing  # noqa: E402
from moto.core.common_models import CloudFormationModel  # noqa: E402
from moto.moto_api._internal import mock_random  # noqa: E402
from moto.server import DomainDispatcherApplication, create_backend_app  # noqa: E402
from werkzeug.serving import make_server  # noqa: E402

logging.getLogger('werkzeug').setLevel(logging.WARNING)


clean = parsing.clean_json


def without_nothing(value, resources):
    """A list without the items that are AWS::NoValue, which moto leaves in as None."""
    if not isinstance(value, list):
        return clean(value, resources)
    return [item for item in (parsing.clean_json(item, resources) for item in value) if item is not None]


parsing.clean_json = without_nothing


def remembered(resource_type):
    """A resource that moto does not know: it is made with an ID, and that is all."""

    class Remembered(CloudFormationModel):
        # moto sorts its models by this
        __module__ = 'moto.cognitoidentity.models'

        def __init__(self, physical_resource_id):
            self.physical_resource_id = physical_resource_id

        @staticmethod
        def cloudformation_name_type():
            return None

        @staticmethod
        def cloudformation_type():
            return resource_type

        @classmethod
        def has_cfn_attr(cls, attr):
            return True

        def is_created(self):
            return True

        def get_cfn_attribute(self, name):
            return f'{self.physical_resource_id}.{name}'

        @classmethod
        def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **_):
            return cls(f'{region_name}:{mock_random.uuid4()}')

    return Remembered


# held here, or Python would let go of them
models = [remembered('AWS::Cognito::IdentityPool'), remembered('AWS::Cognito::IdentityPoolRoleAttachment')]


def end_with_input():
    sys.stdin.buffer.read()
    os._exit(0)


threading.Thread(target=end_with_input, daemon=True).start()
server = make_server('127.0.0.1', 0, DomainDispatcherApplication(create_backend_app), threaded=True)
print(server.server_port, flush=True)
server.serve_forever()
