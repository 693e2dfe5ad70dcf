"""What environments must not share, must keep to, and must have each: bound, scaled and secret keys."""

from __future__ import annotations

import itertools

import pytest

from ops.promotion.row import Standing, Verdict
from tests.harness.compared import DEV, GONE, PROD, STAGING, compared, real

BUCKET = "loki.s3.bucket"
#: By its name nobody's: a file that names what by its name is another tier's is refused before it is compared.
SHARED = "acme-shared"


def test_bound_values_differ_without_a_word(tmp_path):
    row = compared(tmp_path, STAGING, PROD)["cluster.context"]
    assert (row.verdict, row.change, row.is_quiet) == (Verdict.BOUND, None, True)
    assert row.cells[STAGING].value != row.cells[PROD].value


def test_the_same_bucket_in_source_and_target_is_broken(tmp_path):
    row = compared(tmp_path, STAGING, PROD, {STAGING: {BUCKET: SHARED}, PROD: {BUCKET: SHARED}})[BUCKET]
    assert (row.verdict, row.words) == (Verdict.REPEATED, "bound: prod has the same bucket as staging")
    assert (row.is_broken, row.change) == (True, None)


def test_the_bucket_of_the_third_environment_is_found(tmp_path):
    row = compared(tmp_path, DEV, STAGING, {STAGING: {BUCKET: SHARED}, PROD: {BUCKET: SHARED}})[BUCKET]
    assert row.words == "bound: staging has the same bucket as prod"


def test_a_bucket_that_another_environment_uses_for_another_store_is_found(tmp_path):
    row = compared(tmp_path, STAGING, PROD, {STAGING: {BUCKET: SHARED}, PROD: {"tempo.s3.bucket": SHARED}})[BUCKET]
    assert row.words == "bound: staging has the same bucket as prod at tempo.s3.bucket"


@pytest.mark.parametrize("key", ["cluster.identity", "grafana.url", "tempo.s3.roleArn", "chroma.snapshots.s3.bucket"])
def test_what_names_one_thing_in_the_world_is_not_shared(tmp_path, key):
    value = str(compared(tmp_path, STAGING, PROD)[key].cells[PROD].value).replace("acme-prod", SHARED)
    row = compared(tmp_path, STAGING, PROD, {STAGING: {key: value}, PROD: {key: value}})[key]
    assert row.verdict is Verdict.REPEATED


def test_two_environments_may_both_leave_out_what_is_unique(tmp_path):
    rows = compared(tmp_path, DEV, STAGING, {STAGING: {"grafana.url": GONE, "grafana.oidc": GONE}})
    row = rows["grafana.url"]
    assert [row.cells[env].value for env in (DEV, STAGING)] == [None, None]
    assert row.verdict is Verdict.BOUND


def test_one_bucket_for_several_stores_of_one_environment_is_fine(tmp_path):
    rows = compared(tmp_path, STAGING, PROD)
    one, other = rows["chroma.snapshots.s3.bucket"], rows["volumes.knowledge.snapshots.s3.bucket"]
    assert one.cells[PROD].value == other.cells[PROD].value
    assert {one.verdict, other.verdict} == {Verdict.BOUND}


@pytest.mark.parametrize("pair", [(DEV, STAGING), (STAGING, PROD)])
def test_no_environment_of_the_committed_files_has_a_resource_of_another(tmp_path, pair):
    rows = compared(tmp_path, *pair).values()
    unique = [row for row in rows if row.marker.label == "Bound (unique)"]
    assert len(unique) > 10
    for row in unique:
        values = [cell.value for cell in row.cells.values() if cell.value is not None]
        assert all(one != other for one, other in itertools.combinations(values, 2)), row.name


SCALES = {
    "smaller in bytes": ("loki.memory", "500Mi", "scaled: smaller than in dev (512Mi -> 500Mi)"),
    "smaller in processors": ("console.cpu", "200m", "scaled: smaller than in dev (250m -> 200m)"),
    "a number": ("prometheus.series", 5000, "scaled: smaller than in dev (10000 -> 5000)"),
    "larger in time": ("qdrant.recovery.recoveryPoint", "2d", "scaled: larger than in dev (1d -> 2d)"),
}


@pytest.mark.parametrize("case", SCALES)
def test_a_size_that_breaks_its_rule_is_told(tmp_path, case):
    key, value, words = SCALES[case]
    row = compared(tmp_path, DEV, STAGING, {STAGING: {key: value}})[key]
    assert (row.verdict, row.words, row.change) == (Verdict.OUT_OF_SCALE, words, None)
    assert row.is_broken


@pytest.mark.parametrize(("key", "value"), [("console.cpu", "250m"), ("console.cpu", "1"), ("console.replicas", 3)])
def test_a_size_that_is_as_large_or_larger_downstream_is_fine(tmp_path, key, value):
    row = compared(tmp_path, DEV, STAGING, {STAGING: {key: value}})[key]
    assert (row.verdict, row.words) == (Verdict.SCALED, "scaled ok")


def test_a_size_without_rule_may_be_anything(tmp_path):
    row = compared(tmp_path, DEV, STAGING, {STAGING: {"tempo.dailyVolume": "10Mi"}})["tempo.dailyVolume"]
    assert (row.verdict, row.words) == (Verdict.SCALED, "scaled ok")


def test_sizes_are_judged_downstream_whichever_way_two_files_are_compared(tmp_path):
    changes = {PROD: {"prometheus.memory": "3Gi", "prometheus.series": 300000}}
    rows = [compared(tmp_path, *pair, changes)["prometheus.memory"] for pair in ((STAGING, PROD), (PROD, STAGING))]
    assert [row.words for row in rows] == ["scaled: smaller than in staging (4Gi -> 3Gi)"] * 2


def test_a_heap_that_is_left_to_be_computed_is_not_judged(tmp_path):
    row = compared(tmp_path, DEV, STAGING, {STAGING: {"opensearch.pools.all.heap": GONE}})["opensearch.pools.all.heap"]
    assert (row.verdict, row.words) == (Verdict.SCALED, "scaled, one side only")


def test_of_secrets_only_the_presence_is_told(tmp_path):
    rows = compared(tmp_path, DEV, STAGING)
    row = rows["opensearchAdminPassword"]
    assert (row.verdict, row.words, row.change) == (Verdict.MISSING_SECRET, "missing secret", None)
    assert [row.cells[env].standing for env in (DEV, STAGING)] == [Standing.WRITTEN, Standing.ABSENT]
    assert "v1:" not in repr([row for row in rows.values() if row.travels == "secret"])


def test_a_secret_that_the_target_holds_is_present(tmp_path):
    ciphertext = real(DEV)[1].data["config"]["ballast:opensearchAdminPassword"]
    changes = {STAGING: {"opensearchAdminPassword": ciphertext}}
    row = compared(tmp_path, DEV, STAGING, changes)["opensearchAdminPassword"]
    assert (row.verdict, row.words, row.is_quiet) == (Verdict.PRESENT_SECRET, "present", True)


def test_a_secret_of_a_section_that_the_target_has_not_is_not_needed(tmp_path):
    row = compared(tmp_path, DEV, STAGING)["alertmanagerPagerdutyKey"]
    assert (row.verdict, row.words) == (Verdict.PRESENT_SECRET, "not needed")
    assert compared(tmp_path, STAGING, PROD)["alertmanagerPagerdutyKey"].verdict is Verdict.MISSING_SECRET


def application(convention):
    """A section of one application, as a stack file of two environments may have it."""
    signals = {"calls": {"web": {"convention": convention, "errors": {"warning": "5% for 5m"}}}}
    return {"applications": {"life": {"namespace": "life", "signals": signals}}}


def test_an_application_is_written_by_hand_once_and_what_it_tells_is_promoted_from_then_on(tmp_path):
    first = compared(tmp_path, DEV, STAGING, {DEV: application("http")})[
        "applications.life.signals.calls.web.convention"
    ]
    assert first.words == "write applications.life into staging by hand, with its own namespace, signals"
    changes = {DEV: application("http"), STAGING: application("rpc")}
    rows = compared(tmp_path, DEV, STAGING, changes)
    assert rows["applications.life.signals.calls.web.convention"].words == "promote rpc -> http"
    assert rows["applications.life.namespace"].verdict is Verdict.BOUND
    assert rows["applications.life.signals.calls.web.errors.warning"].words == "scaled, one side only"
