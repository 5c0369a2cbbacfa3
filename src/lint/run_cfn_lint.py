"""Lints CloudFormation templates with cfn-lint, all in one process.

In, as JSON on standard input: {"ignored": [rule ID, ...], "templates": [text, ...]}.
Out, as JSON lines: first {"ready": true}, once cfn-lint is known to be whole; then for each template, in order,
  {"regions": [...], "day": "2026-11-23" or null, "findings": [
    {"rule", "title", "source", "message", "causes", "path", "line", "column"}, ...]}
where "regions" are those that the template was linted for, "day" is set where the findings depend on the date, and
"causes" are the messages that explain a finding.
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
from cfnlint.helpers import REGIONS  # noqa: E402
from cfnlint.match import Match  # noqa: E402
from cfnlint.rules.errors import RuleError  # noqa: E402
from cfnlint.runner import Runner, run_template_by_data  # noqa: E402
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER  # noqa: E402
from cfnlint.template import Template  # noqa: E402

PROVIDERS = os.path.join(os.path.dirname(cfnlint.__file__), "data", "schemas", "providers")
# A region that cfn-lint names but has no schemas for would be linted as us-east-1.
KNOWN_REGIONS = [region for region in REGIONS if os.path.isfile(os.path.join(PROVIDERS, f"{region}.json"))]
# W2531, E2531 and E2533 compare the ends of life of Lambda's runtimes with today.
DATED_TYPES = {"AWS::Lambda::Function", "AWS::Serverless::Function"}


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
    """The regions where all resource types of a template exist, and whether its findings depend on the date.

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
    return [r for r in KNOWN_REGIONS if missing[r] == fewest], not DATED_TYPES.isdisjoint(conditions)


def report(matches, regions=(), day=None):
    ids = {match.id for match in matches}

    def causes(match):
        for child in matches:
            if child.parent_id == match.id:
                yield child.message
                yield from causes(child)

    def place(match):
        path = [str(step) for step in getattr(match, "path", None) or []]
        return match.linenumber, match.columnnumber, match.rule.id, path, match.message

    return {
        "regions": list(regions),
        "day": day,
        "findings": [
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
            for match in sorted(matches, key=place)
            if match.parent_id not in ids
        ],
    }


def lint(text, ignored, rules):
    template, parse_errors = decode_str(text)
    if parse_errors:
        return report(parse_errors)
    day = datetime.today().strftime("%Y-%m-%d")
    regions, dated = examine(text) if isinstance(template, dict) else (KNOWN_REGIONS, False)
    own = own_configuration(template)
    own_regions = own.get("regions")
    if isinstance(own_regions, list) and own_regions and all(region in REGIONS for region in own_regions):
        regions = own_regions
    own_ignored = own.get("ignore_checks")
    config = ConfigMixIn(
        [],
        regions=regions,
        ignore_checks=ignored + (own_ignored if isinstance(own_ignored, list) else []),
        include_checks=["I"],
        include_experimental=True,
    )
    return report(list(run_template_by_data(template, config, rules)), regions, day if dated else None)


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
            answer(report([Match.create(message=f"{type(error).__name__}: {error}", filename="", rule=RuleError())]))


main()
