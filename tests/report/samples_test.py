"""Previews that the real engine wrote about a real API server, cut down, with their counts, to what decides."""

from __future__ import annotations

from tests.report.conftest import SAMPLES


def test_deletes_and_replaces_of_claims_come_first_with_their_reasons(report):
    said = report(SAMPLES / "changes.json")
    assert said.code == 1
    assert said.losses == [
        "sample: PersistentVolumeClaim data/auto-bedce638 would be replaced",
        "sample: PersistentVolumeClaim data/autokept-accb7bc9 would be replaced",
        "sample: PersistentVolumeClaim data/let-go would be deleted",
        "sample: PersistentVolumeClaim data/lost would be deleted",
    ]
    lost = said.section("Data that would be lost")
    assert lost.count("why: `spec.accessModes[0]` can't change in place") == 2
    assert lost.count("let go: `retainOnDelete` leaves the object in the cluster") == 2
    assert lost.count("nothing keeps it") == 2
    # The engine marks what it is about to replace as it marks what an interrupted update left behind.
    assert "left over" not in lost


def test_everything_else_of_the_preview_is_ranked_below(report):
    said = report(SAMPLES / "changes.json")
    assert "| `sample` | 4 | 0 | 0 | 1 | 3 | 1 | 1 | 1 | 6 |" in said.out
    order = ["Data that would", "Guards of data", "3 replaced", "1 deleted", "1 updated", "1 created"]
    places = [said.out.index(f"### {heading}") for heading in order]
    assert places == sorted(places)
    assert "`data.a`" in said.section("3 replaced, without data")
    assert "`spec.replicas`" in said.section("1 updated in place")


def test_retention_that_is_taken_off_an_unchanged_class_is_seen(report):
    weakened = report(SAMPLES / "changes.json").section("Guards of data that would be weakened, and data that is gone")
    assert "StorageClass `sample-disks`" in weakened
    assert "`retainOnDelete` is taken off" in weakened


def test_the_three_steps_of_one_replacement_are_one_finding(report):
    said = report(SAMPLES / "replacement-steps.json")
    assert said.out.count("PersistentVolumeClaim `data/auto-") == 1
    assert "| `sample` | 4 | 0 | 0 | 0 | 3 | 1 | 1 | 1 | 1 |" in said.out


def test_the_deletion_of_a_protected_namespace_fails_with_the_engines_own_words(report):
    said = report(SAMPLES / "protected.json")
    assert said.code == 1
    assert "The preview of `sample` failed" in said.out
    assert "cannot be deleted\nbecause it is protected" in said.out
    namespace = said.section("Data that would be lost").split("\n- ")[1]
    assert "Namespace `data` would be deleted" in namespace
    assert "`protect` is set: the engine refuses" in namespace


def test_protection_taken_off_is_no_loss_and_stands_in_the_first_ranks(report):
    said = report(SAMPLES / "unprotected.json")
    assert said.code == 0
    assert "Namespace `data` would be updated**\n  - `protect` is taken off" in said.out


def test_a_claim_that_the_refresh_did_not_find_is_named_before_an_empty_one_is_made(report):
    said = report(SAMPLES / "gone.json")
    gone = said.section("Guards of data that would be weakened, and data that is gone")
    assert "PersistentVolumeClaim `data/lost` would be created**\n  - is gone from the cluster already" in gone
    assert "ConfigMap `data/settings`" in said.section("1 created")
    assert said.code == 0


def test_a_preview_that_failed_is_never_taken_for_one_without_changes(report):
    said = report(SAMPLES / "failing.json")
    assert said.code == 1
    assert "## Preview: it failed for `sample`" in said.out
    assert "Program failed with an unhandled exception" in said.out
    assert "deletions last, so this list of changes is incomplete" in said.out
