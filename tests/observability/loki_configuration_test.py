"""Loki's configuration holds to the documented keys, whatever the settings. Loki itself is not run."""

from __future__ import annotations

import copy
import re

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st
from pydantic import ValidationError

from components.observability.loki.configuration import LABELS, loki_configuration
from components.observability.loki.settings import FIRST_DAY, FOLDER, LogStreamSettings, LokiPeriodSettings
from components.settings.matching import NO_NAMES
from components.settings.quantities import Bytes, Duration
from tests.harness.declare import STACKS, loki_settings
from tests.harness.effort import examples
from tests.harness.loki_model import LokiConfiguration, seconds

DAYS = st.integers(1, 3650).map(lambda days: Duration(days * 86400))
NAMES = st.from_regex(r"[a-z]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True).filter(lambda name: name not in NO_NAMES)
STREAMS = st.dictionaries(
    NAMES,
    st.builds(LogStreamSettings, namespace=NAMES, service=st.none() | NAMES, retention=DAYS),
    max_size=4,
)
MEGABYTE = 2**20
INDEXED = {label.replace(".", "_") for label in LABELS}


def judged(settings):
    """Return the model of what is rendered, after what must hold between its values."""
    found = LokiConfiguration.model_validate(loki_configuration(settings))
    limits, compactor = found.limits_config, found.compactor
    kept = [limits.retention_period, *(rule.period for rule in limits.retention_stream)]
    asked = min(seconds(limits.max_query_length), seconds(limits.max_query_lookback))
    assert asked >= max(map(seconds, kept)), "not all that is kept can be asked for"
    assert compactor.retention_enabled
    assert compactor.delete_request_store == found.schema_config.configs[0].object_store
    assert seconds(found.server.http_server_write_timeout) > seconds(limits.query_timeout)
    for rule in limits.retention_stream:
        assert set(re.findall(r'(\w+)="', rule.selector)) <= INDEXED, "a stream is chosen by an index label alone"
    assert len(LABELS) <= limits.max_label_names_per_series
    ceiling = int(found.ingester.wal.replay_memory_ceiling.removesuffix("MB"))
    caches = (found.chunk_store_config.chunk_cache_config, found.query_range.results_cache["cache"])
    taken = ceiling + sum(cache.embedded_cache.max_size_mb for cache in caches)
    assert taken * MEGABYTE <= settings.memory, "reading the log anew with full caches fits the memory"
    return found


@pytest.mark.parametrize("name", STACKS)
def test_every_key_of_each_stack_file_is_one_that_loki_documents(name):
    found = judged(loki_settings(name))
    assert seconds(found.limits_config.retention_period) == loki_settings(name).retention


@effort(max_examples=examples(50), deadline=None)
@given(
    stack=st.sampled_from(STACKS),
    retention=DAYS,
    memory=st.integers(256, 65536).map(lambda size: Bytes(size * MEGABYTE)),
    streams=STREAMS,
)
def test_whatever_the_settings_are_the_keys_hold(stack, retention, memory, streams):
    judged(loki_settings(stack, retention=retention, memory=memory, streams=streams))


@pytest.mark.parametrize("name", STACKS)
def test_logs_go_to_the_bucket_without_a_stored_key_or_to_the_volume(name):
    settings = loki_settings(name)
    place = judged(settings).storage_config.object_store
    if settings.s3 is None:
        assert (place.filesystem is not None, place.storage_prefix) == (True, FOLDER)
        return
    assert place.s3 is not None
    assert (place.s3.bucket_name, place.storage_prefix) == (settings.s3.bucket, settings.s3.base_path)
    assert place.s3.endpoint == f"s3.{settings.s3.region}.amazonaws.com"
    assert not re.search("access_key|secret|session_token", str(loki_configuration(settings)))


def test_the_stack_files_show_both_places():
    assert {loki_settings(name).s3 is None for name in STACKS} == {True, False}


WRONG = [
    (("limits_config", "no_such_limit"), 1, "no_such_limit"),
    (("table_manager",), {}, "table_manager"),  # of Loki 2
    (("compactor", "shared_store"), "s3", "shared_store"),  # of Loki 2
    (("storage_config", "object_store", "s3", "access_key_id"), "AKIA", "access_key_id"),
    (("storage_config", "object_store", "s3", "secret_access_key"), "secret", "secret_access_key"),
    (("limits_config", "retention_period"), "90d", "retention_period"),
    (("limits_config", "retention_period"), "12h", "below a day"),
    (("limits_config", "query_timeout"), 300, "query_timeout"),
    (("limits_config", "max_line_size"), "256Ki", "max_line_size"),
    (("ingester", "wal", "replay_memory_ceiling"), "3Gi", "replay_memory_ceiling"),
    (("limits_config", "deletion_mode"), "filter", "deletion_mode"),
    (("limits_config", "ingestion_rate_strategy"), "cluster", "ingestion_rate_strategy"),
    (("server", "log_level"), "warning", "log_level"),
    (("auth_enabled",), "false", "auth_enabled"),
    (("compactor", "delete_request_store"), None, "retention without delete_request_store"),
    (("compactor", "delete_request_store"), "filesystem", "delete_request_store is not of"),
    (("storage_config", "object_store", "storage_prefix"), "a/b", "storage_prefix"),
    (("storage_config", "object_store", "filesystem"), {"dir": "/var/loki/chunks"}, "periods lie in"),
    (("schema_config", "configs", 0, "index", "period"), "168h", "period"),
    (("schema_config", "configs", 0, "schema"), "v14", "schema"),
    (("schema_config", "configs", 0, "from"), "2024-13-01", "month"),
    (("schema_config", "configs", 0, "object_store"), "filesystem", "periods lie in"),
    (("limits_config", "retention_stream", 0, "selector"), "{a=", "selector"),
    (("limits_config", "otlp_config", "resource_attributes", "attributes_config", 0, "action"), "label", "action"),
]


@pytest.mark.parametrize(("path", "value", "complaint"), WRONG, ids=[f"{path[-1]}={value}" for path, value, _ in WRONG])
def test_the_model_refuses_a_wrong_key_a_wrong_unit_a_wrong_word_and_what_does_not_fit_together(path, value, complaint):
    wrong = copy.deepcopy(loki_configuration(loki_settings("prod")))
    place = wrong
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(ValidationError, match=complaint):
        LokiConfiguration.model_validate(wrong)


def test_the_model_refuses_periods_of_the_schema_that_are_not_in_order():
    wrong = loki_configuration(loki_settings("prod"))
    (period,) = wrong["schema_config"]["configs"]
    wrong["schema_config"]["configs"] = [period, {**period, "from": "2023-01-01"}]
    with pytest.raises(ValidationError, match="not in order"):
        LokiConfiguration.model_validate(wrong)


def moved(name, *places):
    """A Loki whose logs were moved, each time to the bucket of a name or to the disk."""
    like = loki_settings("prod").s3
    assert like is not None
    periods = {
        f"move-{number}": LokiPeriodSettings.model_validate(
            {"from": f"2026-0{number}-01", "s3": bucket and like.model_copy(update={"bucket": bucket})}
        )
        for number, bucket in enumerate(places, 1)
    }
    return loki_settings(name, periods=periods)


@pytest.mark.parametrize(
    ("settings", "stores", "requests"),
    [
        (moved("dev", "acme-a"), ["filesystem", "s3:acme-a"], "filesystem"),
        (moved("prod", None), ["s3:acme-prod-logs", "filesystem"], "s3"),
        (moved("prod", "acme-a", "acme-b"), ["s3:acme-prod-logs", "s3-1:acme-a", "s3-2:acme-b"], "s3"),
        (moved("prod", "acme-a", "acme-prod-logs"), ["s3:acme-prod-logs", "s3-1:acme-a", "s3:acme-prod-logs"], "s3"),
    ],
    ids=["disk to a bucket", "bucket to disk", "two more buckets", "there and back"],
)
def test_logs_of_each_period_are_looked_for_where_they_were_written(settings, stores, requests):
    found = judged(settings)
    block = found.storage_config.object_store
    further = block.named_stores.s3 if block.named_stores else {}
    clients = further | ({"s3": block.s3} if block.s3 else {})
    asked = [period.object_store for period in found.schema_config.configs]
    assert [name if name == "filesystem" else f"{name}:{clients[name].bucket_name}" for name in asked] == stores
    days = [FIRST_DAY, *(f"2026-0{number}-01" for number in range(1, len(stores)))]
    assert [period.since for period in found.schema_config.configs] == days
    # Loki puts one prefix before the objects of all its stores, those of the disk too: it never changes by a move.
    assert block.storage_prefix == FOLDER
    assert found.compactor.delete_request_store == requests


def test_the_model_refuses_a_named_store_that_no_period_has_or_that_is_asked_for_deletions():
    wrong = loki_configuration(moved("prod", "acme-a"))
    with pytest.raises(ValidationError, match="periods lie in"):
        LokiConfiguration.model_validate(wrong | {"schema_config": loki_configuration(moved("prod"))["schema_config"]})
    wrong["compactor"]["delete_request_store"] = "s3-1"
    with pytest.raises(ValidationError, match="delete_request_store is not of"):
        LokiConfiguration.model_validate(wrong)
