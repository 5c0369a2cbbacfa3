"""Reads YAML as others read it: cfn-lint's decoder and the AWS CLI's, which `aws cloudformation deploy` uses.

In, on standard input: a JSON list of texts. Out: a JSON list, for each text {"cfn-lint": document, "aws": document},
where what could not be read is {"error": message}. The arguments are virtual environments with further packages.
"""

import glob
import json
import os
import sys

for folder in sys.argv[1:]:
    sys.path.extend(glob.glob(os.path.join(glob.escape(folder), "[Ll]ib*", "**", "site-packages"), recursive=True))

from awscli.customizations.cloudformation.yamlhelper import yaml_parse  # noqa: E402
from cfnlint.decode.cfn_yaml import loads  # noqa: E402


def read(reader, text):
    try:
        # JSON has no dates and no sets: a text that was taken for one is an error too
        return json.loads(json.dumps(reader(text)))
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


texts = json.load(sys.stdin)
json.dump([{"cfn-lint": read(loads, text), "aws": read(yaml_parse, text)} for text in texts], sys.stdout)
