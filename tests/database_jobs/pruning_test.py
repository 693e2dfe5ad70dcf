"""What goes once a newer set is complete, and that a deletion that fails is no failure of the snapshot."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from components.foundation.jobkit.client import Client
from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.folder import Folder
from components.foundation.jobkit.kubernetes import Kubernetes
from components.foundation.jobkit.lock import Lock
from components.foundation.jobkit.snapshot_run import SnapshotRun
from components.stores.volumes.jobs.snapshot import export
from tests.harness.told import job

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from components.stores.volumes.jobs.config import VolumeJobConfig
    from tests.harness.bare_job import Shipped
    from tests.harness.kubernetes_store import KubernetesStore


@pytest.fixture
def task(volume_config: VolumeJobConfig, volume: Path) -> VolumeJobConfig:
    (volume / "a.txt").write_text("kept")
    return replace(volume_config, engine="sqlite")


def _attempt(api: KubernetesStore, task: VolumeJobConfig) -> dict[str, Any]:
    return json.loads((api.record(task.namespace, task.snapshots.record) or {})["attempt"])


def _sets(archive: Path) -> list[str]:
    return [one.name for one in (archive / "sets").iterdir()]


def _past(archive: Path, *ages: int) -> None:
    """Put complete sets there that are so many days old."""
    for days in ages:
        then = (datetime.now(tz=UTC) - timedelta(days=days)).isoformat()
        folder = archive / "sets" / str(days)
        folder.mkdir(parents=True)
        manifest = {"begun": then, "finished": then, "files": {}, "details": {"counts": {}}}
        (folder / "begun.json").write_text(json.dumps({"begun": then}))
        (folder / "manifest.json").write_text(json.dumps(manifest))


def test_what_is_past_its_time_goes_once_a_newer_one_is_complete(
    jobs: Shipped, task: VolumeJobConfig, archive: Path
) -> None:
    _past(archive, 50, 40, 30)
    broken = replace(task, path="/absent")
    assert jobs.run("volumes.jobs.snapshot", broken)[0] == 1
    assert sorted(_sets(archive)) == ["30", "40", "50"]
    code, out, _ = jobs.run("volumes.jobs.snapshot", task)
    assert code == 0
    assert out.splitlines()[1:] == [f"deleted    snapshot {days}: past its time" for days in (40, 50)]
    assert len(_sets(archive)) == 2


def test_a_deletion_that_fails_is_no_failure_of_the_snapshot(
    jobs: Shipped,
    task: VolumeJobConfig,
    api: KubernetesStore,
    archive: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def refused(*_: object) -> None:
        raise JobError("the archive refused to delete.")

    _past(archive, 50, 40)
    monkeypatch.setattr(Folder, "delete", refused)
    kubernetes = Kubernetes(Client(endpoint=jobs.api, authorization=f"Bearer {jobs.token}"))
    SnapshotRun(job(replace(task, snapshots=replace(task.snapshots, count=1)), kubernetes)).snapshot(export)
    found = _attempt(api, task)
    assert (found["complete"], found["problem"]) == (True, "")
    err = capsys.readouterr().err
    assert (
        "failed     deletion of what is past its time: the archive refused to delete. The snapshot is complete" in err
    )
    assert len(_sets(archive)) == 3


def test_a_lock_that_is_not_given_back_is_no_failure_of_the_snapshot(
    jobs: Shipped, task: VolumeJobConfig, api: KubernetesStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def held(self: Lock, _: object) -> Iterator[Lock]:
        yield self
        raise JobError("the lock can't be given back.")

    monkeypatch.setattr(Lock, "held", held)
    kubernetes = Kubernetes(Client(endpoint=jobs.api, authorization=f"Bearer {jobs.token}"))
    with pytest.raises(JobError, match="can't be given back"):
        SnapshotRun(job(task, kubernetes)).snapshot(export)
    assert _attempt(api, task)["complete"] is True
