from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from components.foundation.jobkit import record
from components.foundation.jobkit.config import ExporterConfig
from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.exporter import Exporter, text
from components.foundation.jobkit.kubernetes import Kubernetes
from components.foundation.jobkit.record import Record, Snapshot
from tests.harness.told import told, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.harness.kubernetes_store import KubernetesStore

GOOD = Snapshot(
    store="qdrant",
    name="20260101T000000Z",
    finished=datetime(2026, 1, 1, tzinfo=UTC),
    duration_seconds=12.5,
    size_bytes=1000,
    complete=True,
    counts={"a": 3, "b": 4},
)
FAILED = replace(GOOD, name="2", finished=datetime(2026, 1, 2, tzinfo=UTC), complete=False, problem="full", counts={})
SAMPLE = re.compile(r'([a-z_]+)\{store="((?:[^"\\\n]|\\["\\n])*)"\} ([0-9.e+]+)')


def _parsed(body: str) -> dict[str, float]:
    """Read the text format strictly: every metric explained and typed before its samples."""
    found: dict[str, float] = {}
    announced = ""
    lines = body.split("\n")
    assert lines.pop() == ""
    for line in lines:
        if line.startswith("# HELP "):
            announced = line.split(" ")[2]
        elif line.startswith("# TYPE "):
            assert line == f"# TYPE {announced} gauge"
        else:
            sample = SAMPLE.fullmatch(line)
            assert sample, line
            assert sample[1] == announced
            assert sample[1] not in found
            found[sample[1].removeprefix("ballast_snapshot_")] = float(sample[3])
    return found


@contextmanager
def _serving(exporter: Exporter) -> Iterator[str]:
    server = exporter.server(port=0, host="127.0.0.1")
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - loopback
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_a_failed_attempt_does_not_hide_the_last_complete_snapshot(kubernetes: Kubernetes) -> None:
    assert record.read(kubernetes, "qdrant", "snapshots") is None
    record.write(kubernetes, "qdrant", "snapshots", GOOD)
    record.write(kubernetes, "qdrant", "snapshots", FAILED)
    assert record.read(kubernetes, "qdrant", "snapshots") == Record(FAILED, GOOD, (GOOD,))


def test_a_store_that_never_had_a_complete_one_says_so(kubernetes: Kubernetes) -> None:
    record.write(kubernetes, "qdrant", "snapshots", FAILED)
    assert record.read(kubernetes, "qdrant", "snapshots") == Record(FAILED, None, ())


def test_the_record_stays_small(kubernetes: Kubernetes, api: KubernetesStore) -> None:
    many = {f"{'collection' * 10}-{number}": number for number in range(2000)}
    for day in range(1, 10):
        one = replace(GOOD, name=str(day), counts=many, problem="x" * 10_000)
        record.write(kubernetes, "qdrant", "snapshots", one)
    found = record.read(kubernetes, "qdrant", "snapshots")
    assert found is not None
    assert [one.name for one in found.recent] == ["9", "8", "7", "6", "5"]
    assert len(found.recent[0].counts) == 500
    assert max(found.recent[0].counts.values()) == 1999
    assert sum(map(len, (api.record("qdrant", "snapshots") or {}).values())) < 700_000


def test_a_config_map_of_somebody_else_is_not_overwritten(kubernetes: Kubernetes, api: KubernetesStore) -> None:
    kubernetes.create_config_map("qdrant", "snapshots", {"attempt": "by hand"})
    with pytest.raises(JobError, match="ConfigMap qdrant/snapshots: is no record of snapshots"):
        record.write(kubernetes, "qdrant", "snapshots", GOOD)
    assert api.record("qdrant", "snapshots") == {"attempt": "by hand"}


def test_the_metrics_tell_the_attempt_from_the_complete_snapshot(kubernetes: Kubernetes) -> None:
    record.write(kubernetes, "qdrant", "snapshots", GOOD)
    record.write(kubernetes, "qdrant", "snapshots", FAILED)
    with _serving(Exporter(kubernetes, "qdrant", ["snapshots", "absent"])) as url:
        status, body = _get(f"{url}/metrics")
        assert status == 200
        assert _parsed(body) == {
            "last_complete_timestamp_seconds": GOOD.finished.timestamp(),
            "last_attempt_timestamp_seconds": FAILED.finished.timestamp(),
            "complete": 0,
            "duration_seconds": 12.5,
            "size_bytes": 1000,
            "objects": 7,
        }
        assert _get(f"{url}/healthz")[0] == 200
        assert _get(f"{url}/")[0] == 404


def test_the_name_of_a_store_can_not_break_the_format() -> None:
    strange = replace(GOOD, store='a"b\\c\nd')
    body = text([Record(strange, strange, ())])
    assert len(_parsed(body)) == 6
    assert 'store="a\\"b\\\\c\\nd"' in body


def test_an_api_that_can_not_be_asked_gives_no_figures(kubernetes: Kubernetes) -> None:
    unreachable = Kubernetes(replace(kubernetes.client, endpoint="http://127.0.0.1:9"))
    with _serving(Exporter(unreachable, "qdrant", ["snapshots"])) as url:
        status, body = _get(f"{url}/metrics")
        assert status == 503
        assert "ballast_snapshot" not in body
        assert _get(f"{url}/healthz")[0] == 200


def test_what_was_known_is_not_told_when_it_is_too_old(
    kubernetes: Kubernetes, api: KubernetesStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    record.write(kubernetes, "qdrant", "snapshots", GOOD)
    exporter = Exporter(kubernetes, "qdrant", ["snapshots"])
    first = exporter.metrics()
    record.write(kubernetes, "qdrant", "snapshots", FAILED)
    assert exporter.metrics() == first
    monkeypatch.setattr("components.foundation.jobkit.exporter.CACHED_SECONDS", 0.0)
    assert 'ballast_snapshot_complete{store="qdrant"} 0.0' in exporter.metrics()
    kubernetes.client.request("PATCH", "/api/v1/namespaces/qdrant/configmaps/snapshots", {"data": {"attempt": "{"}})
    with pytest.raises(JobError, match="is no record"):
        exporter.metrics()
    api.objects.clear()
    assert "store=" not in exporter.metrics()


def test_the_exporter_ends_when_its_pod_is_taken_away(tmp_path: Path) -> None:
    config = write(told(ExporterConfig, "qdrant-snapshot-metrics"), tmp_path / "config.json")
    program = (
        "import sys\n"
        "from components.foundation.jobkit import context, exporter\n"
        "exporter.PORT = 0\n"
        "exporter.Exporter.server.__defaults__ = (0, '127.0.0.1')\n"
        "context.Kubernetes.from_pod = classmethod(lambda *_: None)\n"
        "sys.exit(exporter.main())"
    )
    environment = {**os.environ, "BALLAST_CONFIG": str(config)}
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "serving    /metrics on port 0\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 143
