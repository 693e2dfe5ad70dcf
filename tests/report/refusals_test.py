"""What is no preview is refused with one sentence, and nothing is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.harness.previews import preview, step
from tests.report.conftest import SAMPLES

CLAIM = "kubernetes:core/v1:PersistentVolumeClaim"
WHOLE = (SAMPLES / "changes.json").read_text()


def odd(**changes):
    return json.dumps(preview({**step("delete", CLAIM, "disk"), **changes}))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is empty"),
        (" \n", "is empty"),
        (WHOLE[:9000], "is not JSON at byte 9000 of 9000"),
        ('{"é": ', "is not JSON at byte 7 of 7"),
        (WHOLE + WHOLE, f"is not JSON at byte {len(WHOLE)} of {2 * len(WHOLE)} (Extra data)"),
        ("[]", "holds no preview, which is a JSON object"),
        ('{"resources": []}', "has neither steps nor changeSummary nor diagnostics"),
        ('{"sequence":0,"timestamp":1,"preludeEvent":{}}\n{"sequence":1', "debug events hold secret outputs in plain"),
        (odd(op="shred"), "steps[0].op: input should be 'same'"),
        (odd(urn="urn:of:others"), "steps[0].urn: string should match"),
        (odd(oldState={"custom": "perhaps"}), "steps[0].oldState.custom: "),
        (json.dumps({"steps": "none"}), "steps: input should be a valid list"),
        (json.dumps({"changeSummary": {"same": 1}}), "write STACK=it.json"),
        (
            json.dumps(preview(step("create", CLAIM, "a", stack="dev"), step("create", CLAIM, "b", stack="prod"))),
            "speaks of the stacks dev and prod",
        ),
        (
            json.dumps(preview(step("delete", CLAIM, "disk")) | {"changeSummary": {"delete": 2}}),
            "counts 2 steps of delete, but lists 1",
        ),
        ('{"steps":' * 100_000, "is nested deeper than any preview"),
    ],
)
def test_what_is_no_whole_preview_is_refused_by_its_name(report, text, sentence):
    Path("it.json").write_text(text)
    said = report("it.json", "--output", "report.md", "--junit", "report.xml", "--sarif", "report.sarif")
    assert said.code == 1
    assert said.err.startswith("error: it.json: ")
    assert sentence in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""
    assert list(Path().glob("report.*")) == []


def test_a_file_that_is_not_there_or_not_text_is_refused(report):
    assert report("none.json").err.startswith("error: none.json: there is no such file")
    Path("it.json").write_bytes(b"{\xff")
    assert "is not UTF-8 at byte 1" in report("it.json").err
    assert "can't be read" in report("delivery").err


def test_a_name_that_is_not_the_previews_stack_and_a_stack_given_twice_are_refused(report):
    document = preview(step("create", CLAIM, "disk"))
    Path("it.json").write_text(json.dumps(document))
    assert "is a preview of prod, not of staging" in report("staging=it.json").err
    twice = report("it.json", prod=document)
    assert twice.code == 1
    assert "it.json: stack prod is given twice, first by prod.json" in twice.err
    assert report("prod=it.json").code == 0


def test_a_preview_without_steps_counts_for_the_stack_that_is_named(report):
    Path("it.json").write_text('{"changeSummary": {"same": 7}}')
    said = report("prod=it.json")
    assert said.code == 0
    assert "| `prod` | 0 | 0 | 0 | 0 | 0 | 0 | 7 |" in said.out


def test_a_preview_that_never_counted_its_changes_failed(report):
    Path("it.json").write_text('{"steps": []}')
    said = report("prod=it.json")
    assert said.code == 1
    assert "It never came to count the changes." in said.out


def test_nothing_is_written_when_one_of_the_files_cannot_be(report):
    said = report("--junit", "report.xml", "--output", "nowhere/report.md", prod=preview(step("create", CLAIM, "disk")))
    assert said.code == 1
    assert "nowhere/report.md: can't be written" in said.err
    assert sorted(path.name for path in Path().iterdir()) == ["delivery", "prod.json"]


def test_two_outputs_in_one_file_are_a_usage_error(report):
    assert report("--output", "report", "--junit", "./report", prod=preview(step("create", CLAIM, "disk"))).code == 2
    assert report().code == 2
