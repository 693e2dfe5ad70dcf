"""A loss is allowed by an exact, reasoned and short-lived entry, and by nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.harness.previews import preview, step, urn

CLAIM = "kubernetes:core/v1:PersistentVolumeClaim"
DISK = urn(CLAIM, "disk")
LOSS = preview(step("delete", CLAIM, "disk"))


PLAIN = {
    "stack": "prod",
    "urn": DISK,
    "operation": "delete",
    "because": "copied to the bucket",
    "until": "2026-12-01",
}


def entry(**changes):
    lines = [f"{key}: {value}" for key, value in (PLAIN | changes).items() if value is not None]
    return "  - " + "\n    ".join(lines) + "\n"


def allow(*entries):
    Path("delivery/waivers.yaml").write_text("waivers:\n" + "".join(entries))


def test_the_exact_entry_allows_the_loss_which_is_still_shown_first(report):
    allow(entry())
    said = report(prod=LOSS)
    assert said.code == 0
    assert "## Preview: 1 loss of data, allowed by waivers" in said.out
    assert "allowed until 2026-12-01: `copied to the bucket`" in said.section("Data that would be lost")


@pytest.mark.parametrize(
    "changes",
    [
        {"operation": "replace"},
        {"urn": urn(CLAIM, "disk2")},
        {"stack": "staging", "urn": urn(CLAIM, "disk", "staging")},
        {"until": "2026-11-20"},
    ],
)
def test_an_entry_for_anything_else_allows_nothing(report, changes):
    allow(entry(**changes))
    assert report(prod=LOSS).code == 1


def test_the_last_day_counts(report):
    allow(entry(until="2026-11-21"))
    assert report(prod=LOSS).code == 0


def test_one_entry_does_not_allow_a_second_loss(report):
    allow(entry())
    assert report(prod=preview(step("delete", CLAIM, "disk"), step("delete", CLAIM, "other"))).code == 1


def test_a_waiver_does_not_make_a_failed_preview_good(report):
    allow(entry())
    assert report(prod=preview(step("delete", CLAIM, "disk"), errors=("stop",))).code == 1


def test_expired_and_idle_entries_are_listed_and_those_of_other_stacks_are_not(report):
    other = entry(stack="dev", urn=urn(CLAIM, "x", "dev"))
    allow(entry(until="2026-11-01"), entry(urn=urn(CLAIM, "done")), other)
    waivers = report(prod=LOSS).section("Waivers")
    assert f"Expired on 2026-11-01, doesn't count: delete of `{DISK}`" in waivers
    assert f"Matches nothing in this preview, remove it: delete of `{urn(CLAIM, 'done')}`" in waivers
    assert "dev" not in waivers


@pytest.mark.parametrize(
    ("changes", "line", "problem"),
    [
        ({"urn": "urn:pulumi:prod::ballast::*::disk"}, 3, "holds a wildcard"),
        ({"urn": "data/disk"}, 3, "is no URN"),
        ({"urn": urn(CLAIM, "disk", "dev")}, 3, "is about stack prod, but its URN belongs to another"),
        ({"operation": "update"}, 4, "input should be 'delete', 'replace' or 'shorten'"),
        ({"because": "ok"}, 5, "at least 10 characters"),
        ({"because": None}, 2, "is missing"),
        ({"until": None}, 2, "is missing"),
        ({"until": "2026-12-22"}, 6, "more than 30 days ahead"),
        ({"until": "soon"}, 6, "valid date"),
        ({"forever": "true"}, 7, "nothing reads it"),
    ],
)
def test_a_broken_entry_is_refused_with_its_line_and_nothing_is_reported(report, changes, line, problem):
    allow(entry(**changes))
    said = report(prod=LOSS)
    assert said.code == 1
    assert said.out == ""
    assert f"line {line}, waivers[0]" in said.err
    assert problem in said.err


def test_the_same_entry_twice_a_key_twice_and_a_missing_file_are_refused(report):
    allow(entry(), entry(until="2026-12-02"))
    assert "allows the same delete as an entry above" in report(prod=LOSS).err
    allow(entry() + "    operation: replace\n")
    assert "the key is written twice" in report(prod=LOSS).err
    Path("delivery/waivers.yaml").unlink()
    assert "there is no such file" in report(prod=LOSS).err


def test_the_committed_file_is_accepted(report, request):
    committed = request.config.rootpath / "delivery" / "waivers.yaml"
    assert report("--waivers", committed, prod=preview(step("create", CLAIM, "disk"))).code == 0
