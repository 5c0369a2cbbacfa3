"""Prints what cfn-lint's provider schemas say of every resource type, as one JSON document.

Through `ProviderSchemaManager`, since the files behind it change shape from release to release. A newer copy in the
user's cache would win over the one in the wheel, and the output would not depend on the pinned version alone: hence
the two folders are named.
"""

import json
import sys
from importlib.metadata import version
from pathlib import Path

import cfnlint
from cfnlint.helpers import REGIONS
from cfnlint.schema.manager import ProviderSchemaManager

data = Path(cfnlint.__file__).parent / "data" / "schemas"
manager = ProviderSchemaManager(data / "providers", data / "resources")

# Types of a transform, not of CloudFormation: a template that names its transform may have them, ours may not.
serverless = set(json.loads((data / "providers" / "sam.json").read_text()))

# For a region without a file of its own the manager answers with us-east-1's, which says nothing of that region.
regions = sorted(region for region in REGIONS if (data / "providers" / f"{region}.json").exists())

types: dict[str, dict] = {}
for region in regions:
    for name in manager.get_resource_types(region):
        if name in serverless:
            continue
        schema = manager.get_resource_schema(region, name)
        known = types.setdefault(
            name,
            {
                "regions": [],
                "schema": schema.schema,
                "attributes": dict(schema.get_atts.data),
            },
        )
        known["regions"].append(region)
        if known["schema"] != schema.schema:
            sys.exit(f"{name} has another schema in {region} than in {known['regions'][0]}: unite them first")

json.dump(
    {
        "version": version("cfn-lint"),
        "date": json.loads((data / "version.json").read_text())["schema_date"][:10],
        "regions": regions,
        "types": types,
    },
    sys.stdout,
    sort_keys=True,
)
