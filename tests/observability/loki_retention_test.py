"""Retention deletes: a chunk past its time leaves the disk, and one that a stream keeps for longer stays.

Only waiting is shortened: how often the compactor looks, and how long a marked chunk is left alone. Loki sweeps marked
chunks once a minute and that can't be set, so this test takes over a minute.
"""

from __future__ import annotations

import time

import pytest

from components.settings.quantities import Duration
from components.settings.telemetry import LogStreamSettings
from tests.harness.loki import impatient, loki_settings, record, running

pytestmark = pytest.mark.programs

DAY = 86400
LONGEST_WAIT = 180


def hurried(configuration):
    impatient(configuration)
    configuration["compactor"] |= {"compaction_interval": "2s", "retention_delete_delay": "1s"}


def chunks(folder):
    """Chunks by name; the index lies beside them."""
    return {path.name for path in (folder / "data" / "chunks" / "fake").rglob("*") if path.is_file()}


def test_what_is_past_its_time_leaves_the_disk_and_what_a_stream_keeps_stays(tmp_path):
    streams = {"search": LogStreamSettings(namespace="search", retention=Duration(7 * DAY))}
    settings = loki_settings("dev", s3=None, retention=Duration(DAY), streams=streams)
    now = time.time()
    written = {}
    for namespace, age in {"search": 2 * DAY, "apps": 2 * DAY, "fresh": 5}.items():
        # What is in memory is written to the disk when Loki ends.
        with running(settings, tmp_path, impatient_and_idle) as loki:
            resource = {"service.name": namespace, "k8s.namespace.name": namespace}
            assert loki.push(resource, record(f"a log of {namespace}", at=now - age))[0] == 204
        written[namespace] = chunks(tmp_path) - set().union(*written.values())
    assert [len(names) for names in written.values()] == [1, 1, 1]
    with running(settings, tmp_path, hurried) as loki:
        deadline = time.monotonic() + LONGEST_WAIT
        while written["apps"] & chunks(tmp_path):
            assert time.monotonic() < deadline, "the old chunk is still there"
            time.sleep(0.5)
        assert chunks(tmp_path) >= written["search"] | written["fresh"]
        found = {stream["stream"]["service_name"] for stream in loki.query('{service_name=~".+"}', since=now - 3 * DAY)}
        assert {"search", "fresh"} <= found


def impatient_and_idle(configuration):
    """Nothing is deleted while the logs are still being written."""
    impatient(configuration)
    configuration["compactor"]["compaction_interval"] = "1h"
