"""One key explained, and the comparison for machines."""

from __future__ import annotations

import json

import pytest

from ops.errors import RefusedError
from ops.promotion import buildable, gates, proven
from ops.promotion.blocked import not_blocked
from ops.promotion.explain import explain
from ops.promotion.plain import SCHEMA, as_json
from ops.promotion.retention import retention
from ops.promotion.row import Verdict
from tests.harness.compared import DEV, PROD, STAGING, compared
from tests.harness.mixed import VIEW, mixed_rows


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    return mixed_rows(tmp_path_factory.mktemp("files"))


EXPLAINED = """\
ballast:opensearch.indexes.logs.shards
  class      promoted: becomes equal in one environment after the other
  meaning    Primary shards of each new index.
  dev        8 (3 d, since 2026-02-26 00:00 UTC)
  staging    1 (40 d, since 2026-01-20 00:00 UTC)
  prod       1 (400 d, since 2025-01-25 00:00 UTC)
  verdict    promote 1 -> 8
  promote    would write 8 into Pulumi.staging.yaml
  watched by chain, order, validity, retention, not blocked, proven, buildable
"""


def test_a_key_is_explained_with_its_rule_its_values_and_what_becomes_of_it(tmp_path):
    key = "opensearch.indexes.logs.shards"
    rows = list(compared(tmp_path, DEV, STAGING, {DEV: {key: 8}}).values())
    assert explain(f"ballast:{key}", rows, VIEW) == explain(key, rows, VIEW) == EXPLAINED


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("chroma.version", "never goes back; at most one minor version at a time"),
        ("chroma.version", "promote    is refused; the way back is a restored snapshot"),
        ("chroma.version", "dev        1.4.9 (not committed)"),
        ("opensearch.indexes.audit.shards", "promote    would remove it from Pulumi.staging.yaml"),
        ("opensearch.indexes.audit.shards", "prod       no such section or entry"),
        ("opensearch.indexes.events.deleteAfter", "dev        null (default: the file leaves it out)"),
        ("loki.s3.bucket", "no other may have the same value"),
        ("loki.s3.bucket", "watched by identity"),
        ("cluster.context", "belongs to one environment and is never copied"),
        ("console.memory", "never smaller downstream"),
        ("opensearchAdminPassword", "dev        present (3 d"),
        ("opensearchAdminPassword", "pulumi config set --secret ballast:opensearchAdminPassword --stack staging"),
        ("jobs.version", "goes back only on request"),
    ],
)
def test_what_is_said_of_a_key_fits_its_class(rows, key, sentence):
    said = explain(key, rows, VIEW)
    assert sentence in said
    assert "v1:" not in said


def test_every_gate_watches_keys_of_some_class(rows):
    lines = [explain(key, rows, VIEW).splitlines()[-1] for key in ("opensearch.version", "loki.s3.bucket")]
    watching = {gate for line in lines for gate in line.removeprefix("  watched by ").split(", ")}
    quick = {gate.__name__ for gate in gates.QUICK}
    assert watching == quick | {retention.__name__, not_blocked.__name__.replace("_", " "), proven.GATE, buildable.GATE}


def test_a_tag_that_goes_back_needs_to_be_allowed(tmp_path):
    rows = list(compared(tmp_path, DEV, STAGING, {DEV: {"jobs.version": "3.12-slim"}}).values())
    assert "is refused without --allow-downgrade" in explain("jobs.version", rows, VIEW)


def test_a_file_that_could_not_be_read_is_said_of_each_key(tmp_path):
    rows = list(compared(tmp_path, DEV, STAGING, without=PROD).values())
    assert "prod       its file could not be read" in explain("opensearch.version", rows, VIEW)


def test_a_section_lists_its_keys(rows):
    said = explain("qdrant.collections.documents", rows, VIEW).splitlines()
    assert said[0] == "ballast:qdrant.collections.documents is a section; explain one of its keys:"
    assert "  qdrant.collections.documents.vector.size" in said


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("opensearch.verson", "Did you mean `opensearch.version`?"),
        ("ballast:opensearchadminpasword", "Did you mean `opensearchAdminPassword`?"),
        ("xyzzy", "docs/settings.md lists all keys."),
        ("", "docs/settings.md lists all keys."),
    ],
)
def test_an_unknown_key_is_refused_with_the_one_that_was_meant(rows, key, hint):
    with pytest.raises(RefusedError) as refused:
        explain(key, rows, VIEW)
    assert str(refused.value) == f"no environment has the key `{key.removeprefix('ballast:')}`. {hint}"


def test_a_machine_reads_what_people_read(rows):
    said = json.loads(json.dumps(as_json(rows, VIEW)))
    assert (said["schema"], said["source"], said["target"]) == (SCHEMA, "dev", "staging")
    assert said["pending"] == sum(row.change is not None for row in rows)
    assert said["broken"] == sum(row.is_broken for row in rows)
    assert [row["words"] for row in said["rows"]] == [row.words for row in rows]
    assert said["unknownAges"] == []
    by_key = {row["key"]: row for row in said["rows"]}
    assert by_key["opensearch.version"] == {
        "key": "opensearch.version",
        "class": "promoted",
        "rule": "Promoted (one major at a time, irreversible)",
        "verdict": "promote",
        "words": "promote 3.8.0 -> 3.9.0",
        "change": {"write": "3.9.0"},
        "section": None,
        "environments": {
            "dev": {"standing": "written", "value": "3.9.0", "since": "2026-02-26T00:00:00+00:00"},
            "staging": {"standing": "written", "value": "3.8.0", "since": "2026-01-20T00:00:00+00:00"},
            "prod": {"standing": "written", "value": "3.8.0", "since": "2025-01-25T00:00:00+00:00"},
        },
    }
    assert by_key["opensearch.indexes.audit.shards"]["change"] == {"remove": True}
    assert by_key["qdrant.version"]["section"] == "qdrant"
    assert by_key["qdrant.version"]["environments"]["staging"] == {"standing": "absent", "value": None, "since": None}
    assert by_key["chroma.version"]["environments"]["dev"]["since"] is None


def test_a_machine_reads_a_whole_value_where_people_read_its_beginning(tmp_path):
    keys = [f"a-name-of-an-attribute-{number}" for number in range(9)]
    rows = list(compared(tmp_path, DEV, STAGING, {DEV: {"collector.masks.keys": keys}}).values())
    found = {row["key"]: row for row in as_json(rows, VIEW)["rows"]}["collector.masks.keys"]
    assert found["change"] == {"write": keys}
    assert found["words"].endswith("…")


def test_a_machine_learns_of_a_secret_that_it_is_there_and_nothing_else(rows):
    said = as_json(rows, VIEW)
    assert "v1:" not in json.dumps(said)
    secret = {row["key"]: row for row in said["rows"]}["opensearchAdminPassword"]
    assert secret["verdict"] == Verdict.MISSING_SECRET
    assert secret["environments"]["dev"]["standing"] == "written"
    assert {cell["value"] for cell in secret["environments"].values()} == {None}
