"""Every gate refuses once and passes once, on copies of the real stack files."""

from __future__ import annotations

from datetime import date

import pytest

from components.settings.report import SettingsError
from ops.promotion.blocked import not_blocked, read_blocked
from ops.promotion.gates import Mark, chain, identity, order, validity
from ops.promotion.proposal import Exceptions, Proposal, UnknownKeyError

DEV, STAGING, PROD = "dev", "staging", "prod"
BUCKET = "bucket: acme-prod-opensearch-snapshots"


def proposed(stage, source=DEV, target=STAGING, *keys, **exceptions):
    return Proposal.read(stage.folder, source, target).of(keys, Exceptions(**exceptions))


def refused(answer):
    assert answer.mark is Mark.REFUSED
    return "\n".join(answer.sentences)


def test_copies_of_equal_files_have_nothing_to_promote(stage):
    for source, target in ((DEV, STAGING), (STAGING, PROD), (DEV, PROD)):
        assert proposed(stage, source, target).selected == []


@pytest.mark.parametrize(("source", "target"), [(DEV, STAGING), (STAGING, PROD)])
def test_values_travel_from_one_environment_to_the_next(stage, source, target):
    assert chain(proposed(stage, source, target)).mark is Mark.PASSED


def test_prod_takes_nothing_from_dev(stage):
    assert "promote dev staging first" in refused(chain(proposed(stage, DEV, PROD)))


def test_an_environment_is_skipped_with_a_reason(stage):
    answer = chain(proposed(stage, DEV, PROD, skipped=STAGING, because="staging is being rebuilt"))
    assert answer.mark is Mark.PASSED
    assert answer.sentences == ("staging is skipped: staging is being rebuilt",)


def test_only_an_environment_between_the_two_is_skipped(stage):
    assert "doesn't lie between" in refused(chain(proposed(stage, DEV, STAGING, skipped=PROD, because="why not")))


def test_nothing_travels_back(stage):
    assert "never back" in refused(chain(proposed(stage, PROD, STAGING)))


def test_a_newer_patch_passes(stage):
    stage.change("dev", "version: 1.12.1", "version: 1.12.2")
    proposal = proposed(stage)
    assert [row.name for row in proposal.selected] == ["nodeExporter.version"]
    assert order(proposal).mark is Mark.PASSED


def test_an_older_version_on_disk_never_passes_and_the_way_back_is_named(stage):
    stage.change("staging", "version: 1.19.0", "version: 1.20.0")
    proposal = proposed(stage, downgrades=frozenset({"qdrant.version"}), because="it crashes")
    told = refused(order(proposal))
    assert "ballast:qdrant.version 1.20.0 -> 1.19.0 goes back" in told
    assert "docs/operations.md" in told
    # The rules of deployed stores say the same; once is enough.
    assert len(order(proposal).sentences) == 1


def test_an_older_version_without_data_passes_only_on_request(stage):
    stage.change("dev", "version: 1.12.1", "version: 1.12.0")
    assert "--allow-downgrade nodeExporter.version" in refused(order(proposed(stage)))
    allowed = proposed(stage, downgrades=frozenset({"nodeExporter.version"}), because="1.12.1 leaks")
    assert order(allowed).mark is Mark.PASSED


def test_a_minor_version_of_a_vector_store_is_not_skipped(stage):
    stage.change("dev", "version: 1.19.0", "version: 1.21.0")
    assert "ballast:qdrant.version 1.19.0 -> 1.21.0" in refused(order(proposed(stage)))
    stage.change("dev", "version: 1.21.0", "version: 1.20.0")
    assert order(proposed(stage)).mark is Mark.PASSED


def test_a_step_that_stores_can_not_follow_is_refused_although_no_marker_knows_it(stage):
    stage.change("dev", "        shards: 6", "        shards: 4")
    assert "fixed when a collection is created" in refused(order(proposed(stage)))


def test_a_resource_of_another_environment_is_noticed(stage):
    assert identity(proposed(stage, STAGING, PROD)).mark is Mark.PASSED
    for name in (STAGING, PROD):
        stage.change(name, BUCKET.replace(PROD, name), "bucket: acme-shared")
    assert "opensearch.snapshots.s3.bucket" in refused(identity(proposed(stage, STAGING, PROD)))


def test_a_merged_file_that_breaks_a_rule_across_keys_is_refused(stage):
    # Dev's disk holds a week at this pace; staging's, with more series, doesn't.
    stage.change("dev", "scrapeInterval: 30s", "scrapeInterval: 5s")
    told = refused(validity(proposed(stage)))
    assert "Pulumi.staging.yaml would be invalid: ballast:prometheus" in told


def test_a_spot_that_can_not_be_edited_safely_is_refused_by_line(stage):
    stage.change("staging", "    version: 1.12.1 ", "    version: !!str 1.12.1 ")
    stage.change("dev", "version: 1.12.1", "version: 1.12.2")
    assert "Pulumi.staging.yaml" in refused(validity(proposed(stage)))


BLOCKED = """blocked:
  - key: nodeExporter.version
    value: 1.12.2
    because: its collector of filesystems hangs
    until: 2026-12-31
"""


def test_a_blocked_value_is_refused_with_its_reason_until_its_day(stage):
    stage.change("dev", "version: 1.12.1", "version: 1.12.2")
    stage.block(BLOCKED)
    proposal, blocked = proposed(stage), read_blocked(stage.folder)
    assert "its collector of filesystems hangs" in refused(not_blocked(proposal, blocked, date(2026, 12, 31)))
    expired = not_blocked(proposal, blocked, date(2027, 1, 1))
    assert expired.mark is Mark.PASSED
    assert "expired in delivery/blocked.yaml: nodeExporter.version 1.12.2 (2026-12-31)" in expired.sentences[0]


def test_another_value_of_a_blocked_key_travels(stage):
    stage.change("dev", "version: 1.12.1", "version: 1.12.3")
    stage.block(BLOCKED)
    assert not_blocked(proposed(stage), read_blocked(stage.folder), date(2026, 12, 1)).mark is Mark.PASSED


ENTRY = "blocked:\n  - {{key: {}, value: {}, because: measured, until: 2026-12-31}}\n"


@pytest.mark.parametrize(
    ("key", "value", "change"),
    [
        ("prometheus.scrapeInterval", "60s", ("scrapeInterval: 30s", "scrapeInterval: 1m")),
        ("nodeExporter.version", "1.12.*", ("version: 1.12.1", "version: 1.12.2")),
        ('"opensearch.indexes.*.deleteAfter"', "720h", ("deleteAfter: null", "deleteAfter: 30d ")),
    ],
)
def test_a_blocked_value_stays_blocked_however_it_is_spelled(stage, key, value, change):
    stage.change("dev", *change)
    stage.block(ENTRY.format(key, value))
    assert "measured" in refused(not_blocked(proposed(stage), read_blocked(stage.folder), date(2026, 12, 1)))


def test_without_the_file_nobody_knows_what_is_blocked(stage):
    (stage.folder / "delivery" / "blocked.yaml").unlink()
    with pytest.raises(SettingsError, match=r"there is no such file\n    -> write `blocked: \[\]`"):
        read_blocked(stage.folder)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("value: 1.12.2", "value: 3.20", "3.2 is read as a number\n    -> write it in quotes"),
        ("nodeExporter.version\n    value: 1.12.2", "prometheus.scrapeInterval\n    value: soon", "for example 30d"),
        ("nodeExporter.version", "nodeExporter.verison", "did you mean `nodeExporter.version`?"),
        ("nodeExporter.version", "nodeExporter.cpu", "is not promoted"),
        ("    until: 2026-12-31\n", "", "blocked[0].until"),
        ("2026-12-31", "soon", "line 5, blocked[0].until"),
        ("    because:", "    reason:", "blocked[0].reason"),
        ("blocked:", "blocks:", "did you mean `blocked`?"),
    ],
)
def test_a_mistake_in_the_file_of_blocked_values_is_reported_by_line(stage, old, new, told):
    assert old in BLOCKED
    stage.block(BLOCKED.replace(old, new))
    with pytest.raises(SettingsError) as error:
        read_blocked(stage.folder)
    assert told in str(error.value)


def test_a_key_is_named_whole_or_by_its_beginning(stage):
    stage.change("dev", "version: 1.12.1", "version: 1.12.2")
    stage.change("dev", "version: 2.20.0", "version: 2.20.1")
    assert [row.name for row in proposed(stage, DEV, STAGING, "ballast:nodeExporter").selected] == [
        "nodeExporter.version"
    ]
    assert len(proposed(stage).selected) == 2


@pytest.mark.parametrize(
    ("key", "told"),
    [("nodeExporter.verison", "did you mean `nodeExporter.version`?"), ("qdrant.nodes", "never travels"),
     ("cluster", "is bound"), ("node", "no environment has the key `node`")],
)  # fmt: skip
def test_an_unknown_key_is_no_promotion_of_nothing(stage, key, told):
    with pytest.raises(UnknownKeyError) as error:
        proposed(stage, DEV, STAGING, key)
    assert told in str(error.value)
