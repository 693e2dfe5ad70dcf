"""The report fits into a comment, says what it leaves out, and never leaves out a loss silently."""

from __future__ import annotations

from ops.report.markdown import LIMIT, MARKER
from tests.harness.previews import preview, step

CLAIM = "kubernetes:core/v1:PersistentVolumeClaim"
CONFIGMAP = "kubernetes:core/v1:ConfigMap"
COMMENT = 65_536


def test_a_long_preview_is_cut_at_the_end_and_says_how_much_is_missing(report):
    losses = [step("delete", CLAIM, f"disk-{number}") for number in range(20)]
    updates = [
        step("update", CONFIGMAP, f"map-ä{number}", changed={f"data.key{key}": "update" for key in range(40)})
        for number in range(1000)
    ]
    creates = [step("create", CONFIGMAP, f"new-{number}") for number in range(1000)]
    said = report(prod=preview(*creates, *updates, *losses))
    assert said.out.startswith(f"{MARKER}\n")
    assert len(said.out) <= LIMIT < COMMENT
    assert len(said.losses) == 20
    shown = said.out.count("ConfigMap `data/map-")
    assert 100 < shown < 1000
    assert f"{1000 - shown:,} of 1,000 left out here" in said.out
    assert "and 28 more" in said.out
    assert "<summary>1,000 updated in place</summary>" in said.out
    assert "<summary>1,000 created</summary>" in said.out
    assert "1,000 of 1,000 left out here" in said.out
    assert said.out.count("<details>") == said.out.count("</details>")


def test_hundreds_of_losses_are_shortened_to_names_and_all_are_there(report):
    said = report(prod=preview(*(step("delete", CLAIM, f"disk-{number}") for number in range(800))))
    assert len(said.out) <= LIMIT
    assert "Names only, because there are so many" in said.out
    assert [number for number in range(800) if f"`data/disk-{number}`" not in said.out] == []


def test_more_names_than_a_comment_holds_are_counted_and_the_machines_hold_them_all(report, tmp_path):
    steps = [step("delete", CLAIM, f"{number}-{'x' * 200}") for number in range(400)]
    said = report("--sarif", "all.sarif", prod=preview(*steps))
    assert said.code == 1
    assert len(said.out) <= LIMIT
    assert "## Preview: 400 losses of data, not allowed" in said.out
    assert "more are left out: a comment holds no more names" in said.out
    assert said.out.count("xxx`") > 100
    assert (tmp_path / "all.sarif").read_text().count('"data-loss"') == 400 + 1


def test_errors_are_cut_to_their_ends(report):
    errors = tuple(f"{'x' * 5000} end of {number}" for number in range(10))
    said = report(prod=preview(step("delete", CLAIM, "disk"), errors=errors))
    assert len(said.out) < 20_000
    assert "end of 0" in said.out
    assert "more errors left out here" in said.out
    assert said.losses == ["prod: PersistentVolumeClaim data/disk would be deleted"]


def test_a_short_list_stays_open_and_a_long_one_is_folded(report):
    assert "<details>" not in report(prod=preview(*(step("create", CONFIGMAP, str(n)) for n in range(10)))).out
    assert "<details>" in report(prod=preview(*(step("create", CONFIGMAP, str(n)) for n in range(11)))).out
