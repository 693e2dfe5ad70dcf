"""The comparison of stack files: what follows from each difference, by the key's marker."""

from __future__ import annotations

import itertools

import pytest

from components.settings.promotion import leaves, promotion_digest
from components.settings.secrets import SECRETS
from ops.promotion.change import REMOVED, Change
from ops.promotion.row import BROKEN, Standing, Verdict
from tests.harness.compared import DEV, GONE, PROD, STAGING, changed, compared, real, with_changes

PAIRS = [(DEV, STAGING), (STAGING, PROD)]
LOGS = "opensearch.indexes.logs"


def found(row):
    return row.verdict, row.words, row.change


def test_a_row_stands_for_every_key_of_any_environment_and_every_secret_once(tmp_path):
    rows = compared(tmp_path, DEV, STAGING)
    keys = {key for env in (DEV, STAGING, PROD) for key in leaves(real(env)[0])}
    assert [row.key for row in rows.values()][-len(SECRETS) :] == [(name,) for name in SECRETS]
    assert {row.key for row in rows.values()} == keys | {(name,) for name in SECRETS}


def test_rows_follow_the_models_and_entries_stay_together(tmp_path):
    rows = list(compared(tmp_path, DEV, STAGING, {DEV: {"qdrant": GONE}}))
    assert rows.index("metricsExporter.version") < rows.index("qdrant.version") < rows.index("chroma.version")
    pools = [key.split(".")[2] for key in rows if key.startswith("opensearch.pools.")]
    assert [name for name, _ in itertools.groupby(pools)] == ["all", "manager", "data"]


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_the_committed_files_break_no_rule_between_environments(tmp_path, source, target):
    rows = compared(tmp_path, source, target).values()
    assert [row.words for row in rows if row.verdict in BROKEN] == []


ALTERED = {
    "nothing": {},
    "versions and lists": {"opensearch.version": "3.9.0", "collector.masks.keys": ["iban"]},
    "a value less": {"qdrant.collections.documents.quantization": GONE},
    "an entry more and one renamed": {
        "opensearch.indexes.events": {"patterns": ["events-*"], "shards": 2, "deleteAfter": "36h"},
        "qdrant.collections": {"pages": {"vector": {"size": 8, "distance": "dot"}, "shards": 3}},
    },
}


@pytest.mark.parametrize("case", ALTERED)
def test_all_changes_together_make_the_promoted_values_of_both_equal(tmp_path, case):
    source, _ = changed(tmp_path, DEV, ALTERED[case])
    after = with_changes(tmp_path, STAGING, compared(tmp_path, DEV, STAGING, {DEV: ALTERED[case]}))
    assert promotion_digest(after) == promotion_digest(source)
    assert after.cluster == real(STAGING)[0].cluster


VERSIONS = {
    "newer": ("3.9.0", "3.8.0", Verdict.PROMOTE, "promote 3.8.0 -> 3.9.0"),
    "older": ("3.8.0", "3.10.0", Verdict.OLDER, "older than in staging (3.10.0 -> 3.8.0)"),
}


@pytest.mark.parametrize("case", VERSIONS)
def test_a_version_has_a_direction(tmp_path, case):
    ours, theirs, verdict, words = VERSIONS[case]
    changes = {DEV: {"opensearch.version": ours}, STAGING: {"opensearch.version": theirs}}
    row = compared(tmp_path, DEV, STAGING, changes)["opensearch.version"]
    assert found(row) == (verdict, words, Change(("opensearch", "version"), ours))
    assert row.is_broken is (verdict is Verdict.OLDER)


@pytest.mark.parametrize(
    ("key", "older"), [("metricsExporter.version", "v1.9.0"), ("jobs.version", "3.11-slim"), ("jobs.version", "3.12.1")]
)
def test_image_tags_have_a_direction_too(tmp_path, key, older):
    assert compared(tmp_path, DEV, STAGING, {DEV: {key: older}})[key].verdict is Verdict.OLDER


def test_the_same_time_in_another_spelling_is_the_same_value(tmp_path):
    row = compared(tmp_path, DEV, STAGING, {DEV: {f"{LOGS}.deleteAfter": "720h"}})[f"{LOGS}.deleteAfter"]
    assert found(row) == (Verdict.SAME, "same", None)


def test_a_change_keeps_the_spelling_of_the_source(tmp_path):
    row = compared(tmp_path, DEV, STAGING, {DEV: {f"{LOGS}.deleteAfter": "48h"}})[f"{LOGS}.deleteAfter"]
    assert row.words == "promote 30d -> 2d"
    assert row.change == Change(("opensearch", "indexes", "logs", "deleteAfter"), "48h")


def test_a_value_that_only_the_source_writes_is_added(tmp_path):
    key = "qdrant.collections.documents.quantization"
    row = compared(tmp_path, DEV, STAGING, {STAGING: {key: GONE}})[key]
    assert found(row) == (Verdict.ADD, "add scalar (default none)", Change(tuple(key.split(".")), "scalar"))
    assert row.cells[STAGING].standing is Standing.DEFAULT
    assert row.cells[STAGING].value == "none"


def test_a_value_that_only_the_target_writes_is_removed_where_the_default_differs(tmp_path):
    key = "qdrant.collections.documents.quantization"
    row = compared(tmp_path, DEV, STAGING, {DEV: {key: GONE}})[key]
    assert found(row) == (Verdict.REMOVE, "remove scalar (default none)", Change(tuple(key.split(".")), REMOVED))


def test_a_default_that_is_written_in_one_of_the_two_is_the_same_value(tmp_path):
    key = "qdrant.collections.documents.memory"
    for environment in (DEV, STAGING):
        row = compared(tmp_path, DEV, STAGING, {environment: {key: GONE}})[key]
        assert found(row) == (Verdict.SAME, "same", None)


def test_an_entry_of_promoted_values_alone_is_added_value_by_value(tmp_path):
    changes = {DEV: {"opensearch.indexes.events": {"patterns": ["events-*"], "shards": 2}}}
    rows = compared(tmp_path, DEV, STAGING, changes)
    place = ("opensearch", "indexes", "events")
    assert found(rows["opensearch.indexes.events.patterns"]) == (
        Verdict.ADD,
        "add [events-*]",
        Change((*place, "patterns"), ["events-*"]),
    )
    assert rows["opensearch.indexes.events.shards"].change == Change((*place, "shards"), 2)
    # Left to its default in the source, and so in the target.
    assert rows["opensearch.indexes.events.deleteAfter"].change is None


def test_an_entry_of_promoted_values_that_only_the_target_has_is_removed(tmp_path):
    changes = {STAGING: {"opensearch.indexes.events": {"patterns": ["events-*"], "shards": 2}}}
    rows = compared(tmp_path, DEV, STAGING, changes)
    below = [row for name, row in rows.items() if name.startswith("opensearch.indexes.events.")]
    assert [row.change.is_removal if row.change else None for row in below] == [True, True, None]


def test_a_section_that_holds_more_than_promoted_values_is_written_by_a_person(tmp_path):
    rows = compared(tmp_path, DEV, STAGING, {STAGING: {"qdrant": GONE}})
    pending = [row for row in rows.values() if row.verdict is Verdict.PENDING_SECTION]
    assert {row.name for row in pending} >= {"qdrant.version", "qdrant.collections.documents.vector.size"}
    assert {row.section for row in pending} == {("qdrant",)}
    assert {row.change for row in pending} == {None}
    assert pending[0].words == (
        "write qdrant into staging by hand, with its own nodes, cpu, memory, disk, replication, recovery, "
        "availability, quickAnswers, snapshots, openTo, and the secrets qdrantApiKey, qdrantAlternativeApiKey, "
        "qdrantReadOnlyApiKey"
    )
    assert rows["qdrant.nodes"].verdict is Verdict.SCALED
    assert rows["qdrantApiKey"].words == "not needed"


def test_of_named_entries_each_counts_alone(tmp_path):
    rows = compared(tmp_path, DEV, STAGING, {STAGING: {"volumes": {}}})
    assert rows["volumes.knowledge.engine"].section == ("volumes", "knowledge")
    assert rows["volumes.knowledge.engine"].verdict is Verdict.PENDING_SECTION


def test_such_a_section_of_the_target_alone_is_told_and_stays(tmp_path):
    row = compared(tmp_path, DEV, STAGING, {DEV: {"qdrant": GONE}})["qdrant.version"]
    assert found(row) == (Verdict.OWN_SECTION, "qdrant only in staging, not tried in dev", None)


def test_a_value_that_only_the_third_environment_has_asks_for_nothing(tmp_path):
    row = compared(tmp_path, DEV, STAGING)["dataPrepper.version"]
    assert (found(row), row.cells[PROD].is_written) == ((Verdict.SAME, "in neither", None), True)


def test_a_third_file_that_could_not_be_read_has_no_cells(tmp_path):
    rows = compared(tmp_path, DEV, STAGING, without=PROD)
    assert "dataPrepper.version" not in rows
    assert list(rows["opensearch.version"].cells) == [DEV, STAGING]
