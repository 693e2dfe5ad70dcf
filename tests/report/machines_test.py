"""JUnit XML and SARIF, read back by the rules of their formats."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree as ET

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from tests.harness.previews import preview, state, step, urn

CLAIM = "kubernetes:core/v1:PersistentVolumeClaim"


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=to_camel)


class Text(Part):
    text: str = Field(min_length=1)


class Rule(Part):
    id: str
    short_description: Text


class Driver(Part):
    name: str
    rules: list[Rule]


class Tool(Part):
    driver: Driver


class Artifact(Part):
    uri: str = Field(pattern=r"^[^ :/]+$")


class Region(Part):
    start_line: int = Field(ge=1)


class Physical(Part):
    artifact_location: Artifact
    region: Region


class Logical(Part):
    fully_qualified_name: str
    kind: str


class Location(Part):
    physical_location: Physical
    logical_locations: list[Logical] = []


class Suppression(Part):
    kind: Literal["inSource", "external"]
    justification: str


class Result(Part):
    rule_id: str
    level: Literal["none", "note", "warning", "error"]
    message: Text
    locations: list[Location]
    partial_fingerprints: dict[str, str] = {}
    suppressions: list[Suppression] = []


class Run(Part):
    tool: Tool
    results: list[Result]


class Sarif(Part):
    """What SARIF 2.1.0 (OASIS, sections 3.13 to 3.35) asks of the properties that are written here."""

    schema_: str = Field(alias="$schema")
    version: Literal["2.1.0"]
    runs: list[Run] = Field(min_length=1)


@pytest.fixture
def written(report):
    """Both files about a stack with an allowed and a refused loss, and about one whose preview failed."""
    allowed = {"stack": "prod", "urn": urn(CLAIM, "allowed"), "operation": "delete", "because": "it was copied"}
    # JSON is YAML.
    Path("delivery/waivers.yaml").write_text(json.dumps({"waivers": [allowed | {"until": "2026-12-01"}]}))
    loose = step("update", CLAIM, "loose", old=state(CLAIM, "loose", protect=True))
    prod = preview(step("delete", CLAIM, "allowed"), step("delete", CLAIM, "lost\x07<&"), loose)
    failed = preview(step("same", CLAIM, "x", stack="dev"), errors=("stop",))
    said = report("--junit", "it.xml", "--sarif", "it.sarif", "--output", "it.md", prod=prod, dev=failed)
    assert said.code == 1
    assert said.out == ""
    assert Path("it.md").read_text().startswith("<!-- ballast-preview -->\n")
    return Path("it.xml"), Path("it.sarif")


def test_junit_has_a_case_per_stack_and_a_failure_per_refused_loss(written):
    (suite,) = ET.fromstring(written[0].read_text())  # noqa: S314 - our own file
    assert {name: suite.get(name) for name in ("tests", "failures", "errors")} == {
        "tests": "2",
        "failures": "1",
        "errors": "1",
    }
    cases = {case.get("name"): case for case in suite}
    (failure,) = cases["prod"].findall("failure")
    assert failure.get("message") == "prod: delete of PersistentVolumeClaim data/lost?<&"
    assert cases["prod"].findall("error") == []
    assert len(cases["dev"].findall("error")) == 1


def test_sarif_has_a_result_per_loss_and_suppresses_the_allowed_one(written):
    sarif = Sarif.model_validate_json(written[1].read_text())
    (run,) = sarif.runs
    assert {result.rule_id for result in run.results} <= {rule.id for rule in run.tool.driver.rules}
    prod = [
        result
        for result in run.results
        if result.locations[0].physical_location.artifact_location.uri == "Pulumi.prod.yaml"
    ]
    assert sorted((result.rule_id, result.level, bool(result.suppressions)) for result in prod) == [
        ("data-loss", "error", False),
        ("data-loss", "error", True),
        ("guard-weakened", "warning", False),
    ]
    assert len({result.partial_fingerprints["operationOnResource/v1"] for result in prod}) == 3
    assert [result.rule_id for result in run.results if result not in prod] == ["preview-failed"]


def test_the_model_of_sarif_would_refuse_another_shape(written):
    document = json.loads(written[1].read_text())
    document["runs"][0]["results"][0]["level"] = "fatal"
    with pytest.raises(ValidationError):
        Sarif.model_validate_json(json.dumps(document))
