"""Of what is no whole preview nothing is claimed, one sentence says why, and the others are judged all the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.harness.previews import preview, state, step
from tests.report.conftest import SAMPLES

CLAIM = "kubernetes:core/v1:PersistentVolumeClaim"
LOSS = preview(step("delete", CLAIM, "disk", stack="dev"))
CALM = preview(step("create", CLAIM, "disk", stack="staging"))
WHOLE = (SAMPLES / "changes.json").read_text()


def odd(**changes):
    return json.dumps(preview({**step("delete", CLAIM, "disk"), **changes}))


def renamed(key):
    """An update in which one key of the engine has another name."""
    return json.dumps(preview(step("update", CLAIM, "disk", old=state(CLAIM, "disk", protect=True)))).replace(
        f'"{key}"', f'"{key}Before"'
    )


BARE = {key: value for key, value in state(CLAIM, "disk").items() if key != "inputs"}
WITHOUT_INPUTS = json.dumps(preview(step("update", CLAIM, "disk", old=BARE)))


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
        (odd(oldState={"type": CLAIM, "custom": "perhaps"}), "steps[0].oldState.custom: "),
        (json.dumps({"steps": "none"}), "steps: input should be a valid list"),
        (json.dumps({"changeSummary": {"same": 1}}), "write STACK=it.json"),
        (
            json.dumps(preview(step("create", CLAIM, "a", stack="dev"), step("create", CLAIM, "b", stack="prod"))),
            "speaks of the stacks dev and prod",
        ),
        (renamed("oldState"), "steps[0].oldStateBefore: extra inputs are not permitted"),
        (renamed("newState"), "steps[0].newStateBefore: extra inputs are not permitted"),
        (renamed("inputs"), "steps[0].oldState.inputsBefore: extra inputs are not permitted"),
        (WITHOUT_INPUTS, "steps[0]: an update has no oldState.inputs"),
        (renamed("detailedDiff"), "steps[0].detailedDiffBefore: extra inputs are not permitted"),
        (renamed("protect"), "steps[0].oldState.protectBefore: extra inputs are not permitted"),
        (renamed("custom"), "steps[0].oldState.custom: field required"),
        (renamed("type"), "steps[0].oldState.type: field required"),
        (renamed("op"), "steps[0].op: field required"),
        (renamed("steps"), "stepsBefore: extra inputs are not permitted"),
        (renamed("diagnostics"), "diagnosticsBefore: extra inputs are not permitted"),
        (renamed("changeSummary"), "changeSummaryBefore: extra inputs are not permitted"),
        (json.dumps(preview(errors=("no",))).replace('"error"', '"Error"'), "diagnostics[0].severity: input should be"),
        (odd(urn="urn:pulumi:prod::ballast::kubernetes:core/v1:ConfigMap::disk"), "stands under the URN of a"),
        (odd(oldState=None), "steps[0]: a step of delete has no oldState"),
        (odd(op="update", newState=None), "steps[0]: a step of update has no newState"),
        (odd(op="create-replacement", oldState=None), "steps[0]: a step of create-replacement has no oldState"),
        (odd().replace('"op"', '"op": "same", "op"'), "holds a key twice in one object"),
        (odd().replace('"metadata"', '"metadata": {}, "metadata"'), "holds a key twice in one object"),
        (json.dumps(preview(step("delete", CLAIM, "disk")) | {"changeSummary": {"shred": 1}}), "changeSummary.shred"),
        (json.dumps(preview(step("delete", CLAIM, "disk")) | {"changeSummary": {"same": -1}}), "changeSummary.same"),
        ('{"steps":' * 100_000, "is nested deeper than any preview"),
    ],
)
def test_what_is_no_whole_preview_is_named_and_takes_no_other_with_it(report, text, sentence):
    Path("it.json").write_text(text)
    said = report("it.json", "--sarif", "it.sarif", "--junit", "it.xml", dev=LOSS, staging=CALM)
    assert said.code == 1
    assert said.err.startswith("error: it.json: ")
    assert sentence in said.err
    assert said.err.count("\n") == 1
    assert (
        "## Preview: nothing is known of `it.json`; 1 loss of data, not allowed; no data is lost in `staging`"
        in said.out
    )
    assert "| `it.json` (failed, incomplete) | ? | ? | ? | ? | ? | ? | ? | ? |" in said.out
    assert said.err.strip().removeprefix("error: ") in said.out
    assert said.losses == ["dev: PersistentVolumeClaim data/disk would be deleted"]
    assert Path("it.sarif").read_text().count('"preview-failed"') == 2  # the rule, and what it found
    assert Path("it.xml").read_text().count("<error ") == 1


def test_a_preview_that_is_not_there_is_no_preview_without_losses(report):
    said = report("prod=none.json", staging=CALM)
    assert said.code == 1
    assert said.err.startswith("error: none.json: there is no such file")
    assert "## Preview: nothing is known of `prod`; no data is lost in `staging`" in said.out
    Path("it.json").write_bytes(b"{\xff")
    assert "is not UTF-8 at byte 1" in report("it.json").err
    assert "can't be read" in report("delivery").err


@pytest.mark.parametrize("op", ["same", "update", "delete", "replace", "create", "import"])
def test_what_is_counted_and_not_listed_is_missing_and_what_is_listed_is_judged(report, op):
    document = preview(step("delete", CLAIM, "disk"))
    document["changeSummary"][op] = document["changeSummary"].get(op, 0) + 2
    said = report(prod=document)
    assert said.code == 1
    assert "## Preview: steps are missing from `prod`; 1 loss of data, not allowed" in said.out
    assert (
        f"It counts {document['changeSummary'][op]} steps of {op}, but lists {document['changeSummary'][op] - 2}"
        in said.out
    )
    document["steps"] = [found for found in document["steps"] if found["op"] != "delete"]
    assert "no data is lost" not in report(prod=document).out


@pytest.mark.parametrize("op", ["same", "update", "create"])
def test_a_step_that_is_listed_twice_stands_for_no_other(report, op):
    document = preview(step(op, CLAIM, "disk"), step(op, CLAIM, "other"), same=0)
    document["steps"][1] = document["steps"][0]
    said = report(prod=document)
    assert said.code == 1
    assert f"It counts 2 steps of {op}, but lists 1" in said.out


def test_what_is_called_unchanged_is_believed_only_where_it_is(report):
    before, after = ({"spec": {"resources": {"requests": {"storage": size}}}} for size in ("2Gi", "1Gi"))
    old, new = (state(CLAIM, "disk", inputs=inputs) for inputs in (before, after))
    assert (
        "`spec.resources.requests.storage` shrinks"
        in report(prod=preview(step("same", CLAIM, "disk", old=old, new=new))).out
    )


def test_what_cannot_be_seen_is_not_called_safe(report):
    path = "spec.resources.requests.storage"
    shown = {"spec": {"resources": {"requests": {"storage": "2Gi"}}}}
    for before, after in (
        (shown, {"spec": "04da6b54-80e4-46f7-96ec-b56ff0331ba9"}),
        ({}, {}),
        ({"spec": "[secret]"}, {"spec": "[secret]"}),
    ):
        old, new = (state(CLAIM, "disk", inputs=inputs) for inputs in (before, after))
        said = report(prod=preview(step("update", CLAIM, "disk", old=old, new=new, changed={path: "update"})))
        assert "can't be judged" in said.out
        assert "no data is lost" not in said.out


def test_an_object_with_data_is_one_whatever_is_said_of_it(report):
    claim = state(CLAIM, "disk") | {"custom": False}
    assert len(report(prod=preview(step("delete", CLAIM, "disk", old=claim))).losses) == 1


@pytest.mark.parametrize("op", ["discard", "discard-replaced"])
def test_what_the_state_forgets_is_let_go_unless_it_was_only_read(report, op):
    assert len(report(prod=preview(step(op, CLAIM, "disk"))).losses) == 1
    read = state(CLAIM, "disk") | {"external": True}
    assert "no data is lost in `prod`" in report(prod=preview(step(op, CLAIM, "disk", old=read))).out


def test_a_preview_that_says_that_it_may_be_corrupt_failed(report):
    said = report(prod=preview(step("create", CLAIM, "disk")) | {"maybeCorrupt": True})
    assert said.code == 1
    assert "no data is lost" not in said.out


def test_what_is_only_read_is_counted_and_need_not_be_listed(report):
    document = preview(step("create", CLAIM, "disk"))
    document["changeSummary"]["read"] = 5
    assert report(prod=document).code == 0


def test_a_name_that_is_not_the_previews_stack_is_no_preview_of_it_and_a_stack_given_twice_is_refused(report):
    document = preview(step("create", CLAIM, "disk"))
    Path("it.json").write_text(json.dumps(document))
    assert "is a preview of prod, not of staging" in report("staging=it.json").err
    twice = report("it.json", prod=document)
    assert twice.code == 1
    assert "it.json: stack prod is given twice, first by prod.json" in twice.err
    assert report("prod=it.json").code == 0


def test_a_preview_without_steps_counts_for_the_stack_that_is_named(report):
    Path("it.json").write_text('{"changeSummary": {"same": 0}}')
    said = report("prod=it.json")
    assert said.code == 0
    assert "| `prod` | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 |" in said.out


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
