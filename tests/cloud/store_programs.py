"""The programs of each store's archive, as functions that run here: each on what the declared job is told."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

from components.foundation.jobkit.client import Client
from components.foundation.jobkit.config import BucketArchive, decoded
from components.foundation.jobkit.snapshot_run import SnapshotRun
from components.stores.chroma.jobs import restore as chroma_restore
from components.stores.chroma.jobs import snapshot as chroma_snapshot
from components.stores.chroma.jobs.config import ChromaJobConfig
from components.stores.qdrant.jobs.api import Node
from components.stores.qdrant.jobs.cluster import Cluster
from components.stores.qdrant.jobs.config import SnapshotConfig
from components.stores.qdrant.jobs.restore import restore
from components.stores.qdrant.jobs.snapshot import snapshot
from components.stores.volumes.jobs.config import VolumeJobConfig
from components.stores.volumes.jobs.restore import bring_back
from components.stores.volumes.jobs.snapshot import export
from tests.harness import chroma
from tests.harness.qdrant_stub import KEY, QdrantServers
from tests.harness.told import changed, job, rendered
from tests.qdrant_jobs.conftest import documents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from components.foundation.jobkit.kubernetes import Kubernetes
    from tests.harness.recorded import Recording

    Programs = dict[str, Callable[[], object]]


@dataclass(frozen=True)
class Archived:
    """A store with something in it.

    Attributes:
        told: what its jobs are told, with the archive that is declared.
        programs: snapshot and restore, beside a Kubernetes API and with an archive at another address.
    """

    told: Any
    programs: Callable[[BucketArchive, Kubernetes], Programs]


def _elsewhere(told: Any, archive: BucketArchive, **changes: Any) -> Any:
    return changed(told, snapshots=replace(told.snapshots, archive=archive), **changes)


@contextlib.contextmanager
def volume(stack: Recording, folder: Path) -> Iterator[Archived]:
    told = decoded(VolumeJobConfig, rendered(stack, "volume-knowledge-snapshots"), "volume")
    full = folder / "volume"
    full.mkdir()
    (full / "a.txt").write_text("kept")

    def programs(archive: BucketArchive, kubernetes: Kubernetes) -> Programs:
        task = _elsewhere(told, archive, engine="sqlite", path=str(full))
        empty = replace(task, path=mkdtemp(dir=folder))
        return {
            "snapshot": lambda: SnapshotRun(job(task, kubernetes)).snapshot(export),
            "restore": lambda: SnapshotRun(job(empty, kubernetes)).restore(bring_back),
        }

    yield Archived(told, programs)


@contextlib.contextmanager
def qdrant(stack: Recording, folder: Path) -> Iterator[Archived]:
    told = decoded(SnapshotConfig, rendered(stack, "qdrant-snapshots"), "qdrant")
    (folder / "secrets").mkdir()
    (folder / "secrets" / "api-key").write_text(f"{KEY}\n")

    def peers(servers: QdrantServers) -> Cluster:
        headers = {"api-key": KEY}
        nodes = [Node(Client(endpoint=url, headers=headers, pause=0.01, attempts=2)) for url in servers.urls]
        return Cluster(nodes[0], nodes)

    with QdrantServers.of(3) as full, contextlib.ExitStack() as opened:
        full.cluster.create("documents", documents())
        full.cluster.fill("documents", 12)

        def programs(archive: BucketArchive, kubernetes: Kubernetes) -> Programs:
            fresh = opened.enter_context(QdrantServers.of(3))

            def run(program: Callable[..., None], servers: QdrantServers) -> None:
                here = {"endpoint": servers.urls[0], "peers": tuple(servers.urls), "certificates": ()}
                task = _elsewhere(told, archive, deadline_seconds=5, stall_seconds=0.5, **here)
                about = {"secrets": folder / "secrets", "holder": "this-job", "pause": 0.005}
                program(job(task, kubernetes, **about), peers(servers))

            return {"snapshot": lambda: run(snapshot, full), "restore": lambda: run(restore, fresh)}

        yield Archived(told, programs)


@contextlib.contextmanager
def chroma_server(stack: Recording, folder: Path) -> Iterator[Archived]:
    told = decoded(ChromaJobConfig, rendered(stack, "chroma-snapshots"), "chroma")
    with chroma.serving(folder / "full") as full, chroma.serving(folder / "empty") as empty:
        full.connect().create_collection("notes").add(ids=["a"], embeddings=[[1.0, 2.0]], documents=["kept"])
        target = empty.connect()

        def programs(archive: BucketArchive, kubernetes: Kubernetes) -> Programs:
            for collection in target.list_collections():
                target.delete_collection(collection.name)
            task = _elsewhere(told, archive, endpoint=full.url, data=str(full.data))
            back = replace(task, endpoint=empty.url, data=str(empty.data))
            return {
                "snapshot": lambda: SnapshotRun(job(task, kubernetes)).snapshot(chroma_snapshot.export),
                "restore": lambda: SnapshotRun(job(back, kubernetes)).restore(chroma_restore.bring_back),
            }

        yield Archived(told, programs)


STORES = {
    "volume-knowledge-snapshots": volume,
    "qdrant-snapshots": qdrant,
    "chroma-snapshots": chroma_server,
}
"""By the name of the resource."""
