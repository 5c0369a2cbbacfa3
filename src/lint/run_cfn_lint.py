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
# regions at once a template with a few such strings takes hours, with these a second.
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
    return [r for r in KNOWN_REGIONS if missing[r] == fewest], set(conditions)


def partition(region):
    """As far as cfn-lint tells partitions apart."""
    return next((prefix for prefix in ("cn-", "us-gov-") if region.startswith(prefix)), "")


def differing(text, regions, types, rules):
    """Of regions that a template cannot tell apart one: those of one partition that it does not name, and in which all
    its types have the same schemas. All of them where a rule knows more of a type by region than the schema says."""
    by_region = {"AWS::Lambda::Function"}  # E2530, on SnapStart
    for rule in rules.values():
        if isinstance(rule, CfnLintJsonSchemaRegional):
            by_region.update(keyword.split("/")[1] for keyword in rule.keywords if keyword.startswith("Resources/"))
    if types & by_region:
        return regions
    alike = {region: [partition(region), region if region in text else None] for region in regions}
    for resource_type in sorted(types):
        schemas = PROVIDER_SCHEMA_MANAGER.get_resource_schemas_by_regions(resource_type, regions)
        for number, (with_this_schema, _) in enumerate(schemas):
            for region in with_this_schema:
                alike[region].append((resource_type, number))
    first = {}
    for region in regions:
        first.setdefault(repr(alike[region]), region)
    return list(first.values())


def report(matches):
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
        "regions": [],
        "day": None,
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
    regions, types = examine(text) if isinstance(template, dict) else (KNOWN_REGIONS, set())
    own = own_configuration(template)
    own_regions = own.get("regions")
    if isinstance(own_regions, list) and own_regions and all(region in REGIONS for region in own_regions):
        regions = own_regions
    own_ignored = own.get("ignore_checks")
    told = differing(text, regions, types, rules)
    findings = []
    for start in range(0, len(told), REGIONS_AT_ONCE):
        config = ConfigMixIn(
            [],
            regions=told[start : start + REGIONS_AT_ONCE],
            ignore_checks=ignored + (own_ignored if isinstance(own_ignored, list) else []),
            include_checks=["I"],
            include_experimental=True,
        )
        # a copy each time, for a run changes it
        matches = list(run_template_by_data(decode_str(text)[0], config, rules))
        findings += [found for found in report(matches)["findings"] if not is_among(found, findings)]
    return {"regions": regions, "day": None if DATED_TYPES.isdisjoint(types) else day, "findings": findings}


def is_among(found, findings):
    """E3006, of a type that is missing, names the regions of one run."""
    return found in findings or any(
        found["rule"] == other["rule"] == "E3006" and found["path"] == other["path"] for other in findings
    )


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
