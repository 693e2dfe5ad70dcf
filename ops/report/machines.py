"""The losses for programs: JUnit XML for a test report, SARIF 2.1.0 for code scanning."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from ops.report.findings import Rank

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ops.report.findings import Finding, Judgement

_LOSS, _TWICE, _SHORTER = "data-loss", "object-taken-away", "kept-for-a-shorter-time"
_WEAKENED, _FAILED = "guard-weakened", "preview-failed"
_RULES = {
    _LOSS: "Data would be deleted or replaced, or let go of",
    _TWICE: "An object would be deleted that another resource of the program still declares",
    _SHORTER: "Data would be kept for a shorter time, and its older part deleted",
    _WEAKENED: "A guard of data would be weakened, or data is gone already",
    _FAILED: "The preview failed, so changes may be missing from it",
}
_RULE = {Rank.LOSS: _LOSS, Rank.TWICE: _TWICE, Rank.SHORTER: _SHORTER, Rank.WEAKENED: _WEAKENED}
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def junit_xml(judgements: Sequence[Judgement]) -> str:
    """A test case per stack, with a failure per loss that is not allowed and an error per failed preview."""
    suites = ET.Element("testsuites")
    suite = ET.SubElement(
        suites,
        "testsuite",
        name="preview",
        tests=str(len(judgements)),
        failures=str(sum(bool(judgement.refused) for judgement in judgements)),
        errors=str(sum(judgement.preview.failed for judgement in judgements)),
    )
    for judgement in judgements:
        case = ET.SubElement(suite, "testcase", classname="preview", name=judgement.preview.stack)
        for finding in judgement.refused:
            failure = ET.SubElement(
                case, "failure", type=_RULE[finding.rank], message=_NOT_XML.sub("?", _headline(finding))
            )
            failure.text = _NOT_XML.sub("?", _detail(finding))
        if judgement.preview.failed:
            ET.SubElement(case, "error", type=_FAILED, message=_RULES[_FAILED])
    ET.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(suites, encoding="unicode") + "\n"


def sarif_json(judgements: Sequence[Judgement]) -> str:
    """A result per loss, weakened guard and failed preview; an allowed loss is a suppressed one."""
    results = []
    for judgement in judgements:
        stack = judgement.preview.stack
        if judgement.preview.failed:
            results.append(_result(_FAILED, "error", f"{_RULES[_FAILED]}.", stack))
        for finding in judgement.findings:
            if finding.rank not in _RULE:
                continue
            rule = _RULE[finding.rank]
            level = "warning" if finding.rank is Rank.WEAKENED else "error"
            results.append(_result(rule, level, _detail(finding), stack, finding))
    driver = {
        "name": "ballast preview-report",
        "rules": [{"id": name, "shortDescription": {"text": text}} for name, text in _RULES.items()],
    }
    run = {"tool": {"driver": driver}, "results": results}
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _result(rule: str, level: str, text: str, stack: str, finding: Finding | None = None) -> dict[str, Any]:
    # Code scanning shows a result only at a place in a file; the stack's is the nearest one.
    location: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": {"uri": f"Pulumi.{stack}.yaml"}, "region": {"startLine": 1}}
    }
    result: dict[str, Any] = {"ruleId": rule, "level": level, "message": {"text": text}, "locations": [location]}
    if finding:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.urn, "kind": "resource"}]
        result["partialFingerprints"] = {"operationOnResource/v1": f"{finding.operation} {finding.urn}"}
        if finding.waiver:
            result["suppressions"] = [{"kind": "external", "justification": finding.waiver.because}]
    return result


def _headline(finding: Finding) -> str:
    return f"{finding.stack}: {finding.operation} of {finding.kind.name} {finding.name}"


def _detail(finding: Finding) -> str:
    lines = [_headline(finding)]
    lines += [f"at stake: {finding.kind.lost}"] if finding.rank is Rank.LOSS else []
    lines += [f"because of: {', '.join(finding.reasons)}"] if finding.reasons else []
    return "\n".join([*lines, *finding.notes, finding.urn])
