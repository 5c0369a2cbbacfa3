"""Lints CloudFormation templates with cfn-lint, all in one process.

In, as JSON on standard input: {"ignored": [rule ID, ...], "templates": [text, ...]}.
Out, as JSON lines: first {"ready": true}, once cfn-lint is known to be whole; then for each template, in order,
  {"regions": [...], "day": "2026-11-23" or null, "findings": [
    {"rule", "title", "source", "message", "causes", "path", "line", "column"}, ...]}
where "regions" are lists of regions that are the same to cfn-lint and of which it was told the first, "day" is set
where the findings depend on the date, and "causes" are the messages that explain a finding.
An exit without the first line means that the virtual environment is damaged.
"""

import csv
import functools
import glob
import json
import os
import sys
import sysconfig
from datetime import datetime


def check_installation():
    """Exits unless every file is there in the size that its package recorded: cfn-lint takes a lost schema for a
    resource type that does not exist."""
    for folder in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}:
        for record in glob.glob(os.path.join(glob.escape(folder), "*.dist-info", "RECORD")):
            with open(record, encoding="utf-8", newline="") as lines:
                for path, _, size in csv.reader(lines):
                    file = os.path.join(folder, path)
                    if size and (not os.path.isfile(file) or os.path.getsize(file) != int(size)):
                        sys.exit(f"{path} is not as it was installed")


check_installation()

import cfnlint  # noqa: E402
from cfnlint.config import ConfigMixIn  # noqa: E402
from cfnlint.decode.decode import decode_str  # noqa: E402
from cfnlint.helpers import AVAILABILITY_ZONES, REGION_PRIMARY, REGIONS  # noqa: E402
from cfnlint.match import Match  # noqa: E402
from cfnlint.rules.errors import RuleError  # noqa: E402
from cfnlint.rules.jsonschema.CfnLintJsonSchemaRegional import CfnLintJsonSchemaRegional  # noqa: E402
from cfnlint.rules.jsonschema.CfnLintJsonSchemaRegional import CfnLintJsonSchemaRegional  # noqa: E402
from cfnlint.runner import Runner, run_template_by_data  # noqa: E402
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER  # noqa: E402
from cfnlint.template import Template  # noqa: E402

PROVIDERS = os.path.join(os.path.dirname(cfnlint.__file__), "data", "schemas", "providers")
# A region that cfn-lint names but has no schemas for would be linted as us-east-1.
KNOWN_REGIONS = [region for region in REGIONS if os.path.isfile(os.path.join(PROVIDERS, f"{region}.json"))]
# W2531, E2531 and E2533 compare the ends of life of Lambda's runtimes with today.
DATED_TYPES = {"AWS::Lambda::Function", "AWS::Serverless::Function"}
# cfn-lint works a Fn::Sub out for each combination of the regions, partitions and suffixes that it holds: with all
# regions at once a template of 50 kB takes hours, with these not much longer than with one.
REGIONS_AT_ONCE = 4


def own_configuration(template):
    """What the template itself says under Metadata.cfn-lint.config, cfn-lint's own way to configure it."""
    node = template
    for key in ("Metadata", "cfn-lint", "config"):
        node = node.get(key) if isinstance(node, dict) else None
    return node if isinstance(node, dict) else {}


@functools.cache
def types_of(region):
    return frozenset(PROVIDER_SCHEMA_MANAGER.get_resource_types(region))


def is_everywhere(resource_type):
    return resource_type.startswith("Custom::") or resource_type.endswith("::MODULE")


def examine(text):
    """The resource types of a template, and the regions where all of them exist.

    A resource counts where its condition can be true. A type that exists nowhere rules out no region, and types that
    share no region leave those with the most of them: cfn-lint's E3006 then says of each where it is missing.
    """
    # a copy, for transform changes it
    template, _ = decode_str(text)
    cfn = Template(None, template, KNOWN_REGIONS)
    cfn.transform()  # Fn::ForEach becomes resources
    conditions = {}
    for resource in cfn.get_resources().values():
        resource_type = resource.get("Type")
        if isinstance(resource_type, str):
            conditions.setdefault(str(resource_type), []).append(resource.get("Condition"))
    regional = [
        t for t in conditions if not is_everywhere(t) and any(t in types_of(region) for region in KNOWN_REGIONS)
    ]

    def can_be_made(resource_type, region):
        return any(
            not isinstance(condition, str) or True in cfn.conditions.build_scenerios_on_region(condition, region)
            for condition in conditions[resource_type]
        )

    missing = {
        region: sum(t not in types_of(region) and can_be_made(t, region) for t in regional)
        for region in KNOWN_REGIONS
    }
    fewest = min(missing.values())
    return set(conditions), [region for region in KNOWN_REGIONS if missing[region] == fewest]


def alike(regions, types, text, rules):
    """The regions in lists of those that cfn-lint can't tell apart by this template.

    What it knows of a region: its name, its partition, the schemas of the resource types, what instance types there
    are, how many availability zones, whether there is SnapStart.
    """
    schemas = [list(PROVIDER_SCHEMA_MANAGER.get_resource_schemas_by_regions(t, regions)) for t in sorted(types)]
    regional_rules = [
        rule
        for rule in rules.values()
        if isinstance(rule, CfnLintJsonSchemaRegional) and any(k.split("/")[1] in types for k in rule.keywords)
    ]

    def known(region):
        return json.dumps([
            region if region in text else None,
            [region.startswith(prefix) for prefix in ("cn-", "us-gov-")],
            [[region in having for having, _ in by_schema] for by_schema in schemas],
            [rule.schema.get(region) for rule in regional_rules],
            len(AVAILABILITY_ZONES[region]) if "GetAZs" in text else None,
            region in rules["E2530"].regions if "SnapStart" in text else None,
            # E3716 counts the letters of a layer's ARN, with those of the region and the partition
            [*region.split("-")[:2], len(region)] if "Layers" in text else None,
        ])

    classes = {}
    for region in sorted(regions, key=lambda region: region != REGION_PRIMARY):
        classes.setdefault(known(region), []).append(region)
    return list(classes.values())


def findings(matches):
    ids = {match.id for match in matches}

    def causes(match):
        for child in matches:
            if child.parent_id == match.id:
                yield child.message
                yield from causes(child)

    return [
        {
            "rule": match.rule.id,
            "title": match.rule.shortdesc,
            "source": match.rule.source_url,
            "message": match.message,
            "causes": sorted(set(causes(match))),
            "path": list(getattr(match, "path", None) or []),
            "line": match.linenumber,
            "column": match.columnnumber,
        }
        for match in matches
        if match.parent_id not in ids
    ]


def place(finding):
    return finding["line"], finding["column"], finding["rule"], list(map(str, finding["path"])), finding["message"]


def lint(text, ignored, rules):
    template, parse_errors = decode_str(text)
    if parse_errors:
        return {"regions": [], "day": None, "findings": findings(parse_errors)}
    day = datetime.today().strftime("%Y-%m-%d")
    types, regions = examine(text) if isinstance(template, dict) else (set(), KNOWN_REGIONS)
    own = own_configuration(template)
    own_regions = own.get("regions")
    if isinstance(own_regions, list) and own_regions and all(region in REGIONS for region in own_regions):
        regions = list(map(str, own_regions))
    own_ignored = own.get("ignore_checks")
    classes = alike(regions, types, text, rules)
    found = {}
    for start in range(0, len(classes), REGIONS_AT_ONCE):
        config = ConfigMixIn(
            [],
            regions=[first for first, *_ in classes[start : start + REGIONS_AT_ONCE]],
            ignore_checks=ignored + (own_ignored if isinstance(own_ignored, list) else []),
            include_checks=["I"],
            include_experimental=True,
        )
        # decoded anew, for transforms change it
        template, _ = decode_str(text)
        for finding in findings(list(run_template_by_data(template, config, rules))):
            found[json.dumps(finding)] = finding
    return {
        "regions": classes,
        "day": None if types.isdisjoint(DATED_TYPES) else day,
        "findings": sorted(found.values(), key=place),
    }


def main():
    def answer(value):
        sys.stdout.write(json.dumps(value) + "\n")
        sys.stdout.flush()

    answer({"ready": True})
    request = json.load(sys.stdin.buffer)
    ignored = request["ignored"]
    rules = Runner(ConfigMixIn([], include_checks=["I"], include_experimental=True)).rules
    for text in request["templates"]:
        try:
            answer(lint(text, ignored, rules))
        except (ImportError, MemoryError, OSError):
            raise
        except Exception as error:
            # cfn-lint's own rule for what it stumbles over within a rule, here for what it stumbles over before
            match = Match.create(message=f"{type(error).__name__}: {error}", filename="", rule=RuleError())
            answer({"regions": [], "day": None, "findings": findings([match])})


main()
