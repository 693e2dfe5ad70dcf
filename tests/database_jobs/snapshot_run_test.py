"""What goes wrong around every job: archives, locks, ends in the middle."""

from __future__ import annotations

import json
import signal
import threading
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from components.foundation.jobkit.client import Client
from components.foundation.jobkit.config import BucketArchive, FolderArchive, SnapshotJobConfig
from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.kubernetes import Kubernetes
from components.foundation.jobkit.snapshot_run import SnapshotRun
from components.stores.volumes.jobs.snapshot import export
from tests.harness.json_server import JsonServer
from tests.harness.s3_server import IDENTITY
from tests.harness.told import job

if TYPE_CHECKING:
    from pathlib import Path

    from components.stores.chroma.jobs.config import ChromaJobConfig
    from components.stores.volumes.jobs.config import VolumeJobConfig
    from tests.harness.bare_job import Shipped
    from tests.harness.json_server import Request
    from tests.harness.kubernetes_store import KubernetesStore

LEASE = "/apis/coordination.k8s.io/v1/namespaces/databases/leases/volume-knowledge-operations"
CHROMA_LEASE = LEASE.replace("volume-knowledge", "chroma")


class Stuck:
    """A Chroma server that answers until it is asked for records, and then not before it is told to.

    The first page comes, so that the job has begun a file.
    """

    def __init__(self) -> None:
        self.asked, self.go_on = threading.Event(), threading.Event()

    def answer(self, request: Request) -> tuple[int, object]:
        collection = {"id": "1", "name": "notes", "metadata": None, "configuration_json": {}, "dimension": 500_000}
        path = request.path
        if path.endswith("/get"):
            ids = request.body.get("ids")
            if ids == ["b"]:
                self.asked.set()
                self.go_on.wait(30)
            found = ids or ["a", "b"]
            return 200, {"ids": found, "embeddings": [[1.0]] * len(found)}
        answers = {
            "/api/v2/version": "1.0.0",
            "/api/v2/tenants/default_tenant": {"name": "default_tenant"},
            "/api/v2/tenants/default_tenant/databases?limit=100&offset=0": [{"name": "default_database"}],
            "/api/v2/tenants/default_tenant/databases/default_database/collections?limit=100&offset=0": [collection],
        }
        return 200, 2 if path.endswith("/count") else answers.get(path, [])


@pytest.fixture
def task(volume_config: VolumeJobConfig, volume: Path) -> VolumeJobConfig:
    (volume / "a.txt").write_text("kept")
    return replace(volume_config, engine="sqlite")


def _record(api: KubernetesStore, task: SnapshotJobConfig) -> dict[str, Any]:
    return {key: json.loads(text) for key, text in (api.record(task.namespace, task.snapshots.record) or {}).items()}


def _sets(archive: Path) -> dict[str, set[str]]:
    root = archive / "sets"
    return {one.name: {path.name for path in one.rglob("*") if path.is_file()} for one in root.glob("*")}


def _archived(task: VolumeJobConfig, archive: FolderArchive | BucketArchive) -> VolumeJobConfig:
    return replace(task, snapshots=replace(task.snapshots, archive=archive))


def _hold(api: KubernetesStore, holder: str) -> None:
    now = datetime.now(tz=UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    spec = {"holderIdentity": holder, "leaseDurationSeconds": 60, "renewTime": now}
    api.objects[LEASE] = {"metadata": {"name": "volume-knowledge-operations", "resourceVersion": "1"}, "spec": spec}


def test_an_archive_that_is_not_there_is_a_failed_attempt_beside_the_last_good_one(
    jobs: Shipped, task: VolumeJobConfig, api: KubernetesStore
) -> None:
    assert jobs.run("volumes.jobs.snapshot", task)[0] == 0
    code, _, err = jobs.run("volumes.jobs.snapshot", _archived(task, FolderArchive(folder="/absent")))
    assert (code, len(err.splitlines())) == (1, 1)
    assert err.startswith("failed     snapshot of a volume: the archive can't be reached: /absent is no folder.")
    found = _record(api, task)
    assert (found["attempt"]["complete"], found["complete"]["complete"]) == (False, True)
    assert "the archive can't be reached" in found["attempt"]["problem"]


def test_a_full_archive_is_told_and_keeps_the_sets_it_has(
    jobs: Shipped, task: VolumeJobConfig, volume: Path, api: KubernetesStore, archive: Path
) -> None:
    assert jobs.run("volumes.jobs.snapshot", task)[0] == 0
    before = _sets(archive)
    (volume / "large").write_bytes(b"x" * 600_000)
    # A set of another second: names have seconds.
    for name in before:
        (archive / "sets" / name).rename(archive / "sets" / "first")
    code, _, err = jobs.limited(500).run("volumes.jobs.snapshot", task)
    assert (code, len(err.splitlines())) == (1, 1)
    assert "the archive is full: " in err
    assert "the snapshots that are complete stay as they are" in err
    assert _sets(archive) == {"first": {"begun.json", "manifest.json", "a.txt"}}
    assert "the archive is full" in _record(api, task)["attempt"]["problem"]


def test_refused_credentials_are_a_failed_attempt(
    task: VolumeJobConfig, jobs: Shipped, api: KubernetesStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Refusing:
        def answer(self, request: Request) -> tuple[int, object]:
            return 403, f"<Error><Code>AccessDenied</Code><Message>{request.method}</Message></Error>"

    for name, value in IDENTITY.items():
        monkeypatch.setenv(name, value)
    with JsonServer(Refusing()) as server:
        bucket = BucketArchive(bucket="snapshots", prefix="notes", region="eu-central-1", endpoint=server.url)
        kubernetes = Kubernetes(Client(endpoint=jobs.api, authorization=f"Bearer {jobs.token}"))
        with pytest.raises(JobError, match=r"the bucket snapshots at .* refused the credentials"):
            SnapshotRun(job(_archived(task, bucket), kubernetes)).snapshot(export)
    assert "refused the credentials" in _record(api, task)["attempt"]["problem"]


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_a_job_that_ends_in_the_middle_leaves_nothing_to_restore_and_runs_again(
    jobs: Shipped, chroma_config: ChromaJobConfig, api: KubernetesStore, end: signal.Signals, archive: Path
) -> None:
    stuck = Stuck()
    with JsonServer(stuck) as server:
        task = replace(chroma_config, endpoint=server.url)
        process = jobs.start("chroma.jobs.snapshot", task, {}, "pod")
        assert stuck.asked.wait(20)
        process.send_signal(end)
        process.communicate(timeout=20)
        stuck.go_on.set()
        if end == signal.SIGTERM:
            # Through its finally blocks: no half of a set, a note of it, and the lock free for the next.
            assert process.returncode == 143
            assert _sets(archive) == {}
            assert _record(api, task)["attempt"]["problem"] == "its pod was ended before it was complete"
            assert api.objects[CHROMA_LEASE]["spec"]["holderIdentity"] == ""
        else:
            ((_, left),) = _sets(archive).items()
            assert "manifest.json" not in left
            code, _, err = jobs.run("chroma.jobs.restore", task, holder="pod")
            assert code == 1
            assert "the archive holds no complete snapshot" in err
            half = next(iter(_sets(archive)))
            code, _, err = jobs.run("chroma.jobs.restore", task, {"snapshot": half}, holder="pod")
            assert f"snapshot {half} is half-written" in err
            (archive / "sets" / half).rename(archive / "sets" / "half")
        code, out, err = jobs.run("chroma.jobs.snapshot", task, holder="pod")
        assert (code, err) == (0, "")
        assert "notes: 2 records" in out
        assert _record(api, task)["attempt"]["complete"] is True


def test_of_two_jobs_the_second_waits(
    jobs: Shipped, task: VolumeJobConfig, api: KubernetesStore, archive: Path
) -> None:
    _hold(api, "the-first")
    process = jobs.start("volumes.jobs.snapshot", task, {}, "the-second")
    assert process.stdout is not None
    assert (
        process.stdout.readline() == "waiting    the lock databases/volume-knowledge-operations: the-first holds it\n"
    )
    assert _sets(archive) == {}
    _hold(api, "")
    _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (0, "")
    assert len(_sets(archive)) == 1


def test_a_job_that_may_not_wait_longer_names_who_holds_the_lock(
    jobs: Shipped, task: VolumeJobConfig, api: KubernetesStore, archive: Path
) -> None:
    _hold(api, "the-first")
    code, _, err = jobs.run("volumes.jobs.snapshot", replace(task, deadline_seconds=0.1))
    assert (code, len(err.splitlines())) == (1, 1)
    assert "the-first holds it" in err
    assert _sets(archive) == {}
    assert "the-first holds it" in _record(api, task)["attempt"]["problem"]


def test_a_damaged_snapshot_is_refused_before_anything_is_touched(
    jobs: Shipped, task: VolumeJobConfig, volume: Path, archive: Path
) -> None:
    assert jobs.run("volumes.jobs.snapshot", task)[0] == 0
    (copy,) = archive.rglob("a.txt")
    copy.write_text("KEPT")
    (volume / "a.txt").unlink()
    code, _, err = jobs.run("volumes.jobs.restore", task)
    assert (code, len(err.splitlines())) == (1, 1)
    assert "is damaged: volume/a.txt is not as it was written. Nothing was changed. Choose another one." in err
    assert list(volume.iterdir()) == []


def test_a_snapshot_of_another_engine_is_refused(
    jobs: Shipped, task: VolumeJobConfig, chroma_config: ChromaJobConfig, volume: Path
) -> None:
    assert jobs.run("volumes.jobs.snapshot", task)[0] == 0
    (volume / "a.txt").unlink()
    code, _, err = jobs.run("chroma.jobs.restore", replace(chroma_config, snapshots=task.snapshots))
    assert code == 1
    assert "is none of Chroma but of sqlite." in err
    code, _, err = jobs.run("volumes.jobs.restore", replace(task, engine="lancedb"))
    assert code == 1
    assert "is of sqlite, the volume of lancedb." in err
    code, _, err = jobs.run("volumes.jobs.restore", replace(task, engine="duckdb"))
    assert "engine is 'duckdb'; it must be one of lancedb, sqlite." in err
