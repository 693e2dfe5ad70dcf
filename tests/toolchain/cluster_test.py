"""The local cluster: repairs itself, keeps to loopback, stands beside others."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from toolchain.cluster import Cluster
from toolchain.cluster_parts import PARTS
from toolchain.errors import ToolchainError
from toolchain.paths import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def cluster(local_cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A second cluster beside the session's: these tests kill parts, which would disturb others."""
    assert local_cluster.status().ready
    own = Cluster(tmp_path_factory.mktemp("killed"))
    own.start()
    yield own
    own.delete()


def zones(cluster: Cluster) -> list[str]:
    nodes = json.loads(cluster.kubectl("get", "nodes", "-o", "json").stdout)["items"]
    return sorted(node["metadata"]["labels"]["topology.kubernetes.io/zone"] for node in nodes)


def kill(cluster: Cluster, *parts: str) -> None:
    pids = cluster.status().pids
    for part in parts:
        pid = pids[part]
        assert pid
        os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while any(cluster.status().pids[part] for part in parts):
        assert time.monotonic() < deadline, "a killed process still runs"
        time.sleep(0.02)


def listening_addresses(pids: set[int]) -> set[str]:
    """Local addresses of the TCP sockets on which these processes listen (Linux)."""
    inodes = set()
    for pid in pids:
        for descriptor in os.scandir(f"/proc/{pid}/fd"):
            try:
                target = str(Path(descriptor.path).readlink())
            except FileNotFoundError:  # closed since the folder was read
                continue
            if target.startswith("socket:["):
                inodes.add(target[8:-1])
    found = set()
    for table in ("tcp", "tcp6"):
        with open(f"/proc/net/{table}") as lines:  # noqa: PTH123 - not a file of ours
            for line in list(lines)[1:]:
                fields = line.split()
                if fields[3] == "0A" and fields[9] in inodes:
                    found.add(fields[1].partition(":")[0])
    return found


def test_a_fresh_cluster_has_three_ready_nodes_in_three_zones(local_cluster: Cluster) -> None:
    nodes = json.loads(local_cluster.kubectl("get", "nodes", "-o", "json").stdout)["items"]
    conditions = [{c["type"]: c["status"] for c in node["status"]["conditions"]} for node in nodes]
    assert [condition["Ready"] for condition in conditions] == ["True"] * 3
    assert zones(local_cluster) == ["local-a", "local-b", "local-c"]


def test_storage_classes_keep_volumes_and_let_them_grow(local_cluster: Cluster) -> None:
    classes = json.loads(local_cluster.kubectl("get", "storageclass", "-o", "json").stdout)["items"]
    assert {item["metadata"]["name"] for item in classes} == {"local-retain", "gp3-retain"}
    assert {item["reclaimPolicy"] for item in classes} == {"Retain"}
    assert all(item["allowVolumeExpansion"] for item in classes)


@pytest.mark.parametrize("crd", ["certificates.cert-manager.io", "servicemonitors.monitoring.coreos.com"])
def test_the_custom_resources_of_the_operators_are_served(local_cluster: Cluster, crd: str) -> None:
    answer = local_cluster.kubectl("wait", f"crd/{crd}", "--for=condition=Established", "--timeout=1s")
    assert "condition met" in answer.stdout


def test_a_second_start_of_a_running_cluster_changes_nothing_and_is_instant(cluster: Cluster) -> None:
    before = cluster.status()
    started = time.monotonic()
    cluster.start()
    assert time.monotonic() - started < 1
    assert cluster.status() == before


@pytest.mark.parametrize("part", PARTS)
def test_a_killed_part_comes_back_and_nothing_is_lost(cluster: Cluster, part: str) -> None:
    cluster.kubectl("create", "configmap", f"before-{part}")
    kill(cluster, part)
    assert not cluster.status().ready
    cluster.start()
    assert cluster.status().ready
    assert cluster.kubectl("get", "configmap", f"before-{part}").returncode == 0
    cluster.kubectl("delete", "configmap", f"before-{part}")


def test_all_parts_killed_come_back_and_controllers_work(cluster: Cluster) -> None:
    kill(cluster, *PARTS)
    cluster.start()
    cluster.kubectl("create", "namespace", "after")
    deadline = time.monotonic() + 20
    while cluster.kubectl("-n", "after", "get", "serviceaccount", "default", check=False).returncode:
        assert time.monotonic() < deadline, "the controller manager made no service account"
        time.sleep(0.1)


def test_a_deleted_state_file_leaves_no_second_set_of_processes(cluster: Cluster) -> None:
    before = {pid for pid in cluster.status().pids.values() if pid}
    (cluster.home / "state.json").unlink()
    cluster.start()
    assert cluster.status().ready
    assert not [pid for pid in before if os.path.exists(f"/proc/{pid}/exe")]  # noqa: PTH110 - a zombie has no exe


def taken(port: int) -> socket.socket | None:
    """A listener at this port; none where another process keeps it for seconds, and not merely tries it."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            return socket.create_server(("127.0.0.1", port))
        time.sleep(0.05)
    return None


def test_a_port_that_someone_else_took_meanwhile_is_exchanged(cluster: Cluster) -> None:
    server = cluster.status().server
    assert server
    cluster.stop()
    with taken(int(server.rpartition(":")[2])) or contextlib.nullcontext():
        cluster.start()
        assert cluster.status().server != server
        assert cluster.kubectl("get", "nodes").returncode == 0


def test_an_asked_for_port_that_is_taken_is_one_clear_message(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(ToolchainError, match=rf"port {port} .* is taken.*--port"):
            Cluster(tmp_path).start(port=port)
    assert not any(Cluster(tmp_path).status().pids.values())


def test_two_clusters_side_by_side_do_not_see_each_other(local_cluster: Cluster, cluster: Cluster) -> None:
    cluster.kubectl("create", "namespace", "only-here")
    assert local_cluster.status().server != cluster.status().server
    assert local_cluster.kubectl("get", "namespace", "only-here", check=False).returncode == 1
    assert local_cluster.status().ready


def test_the_token_of_one_cluster_opens_no_other(local_cluster: Cluster, cluster: Cluster) -> None:
    foreign = json.loads(local_cluster.kubeconfig.read_text())["users"][0]["user"]["token"]
    answer = cluster.kubectl("get", "nodes", f"--token={foreign}", check=False)
    assert answer.returncode
    assert "must be logged in" in answer.stderr or "Unauthorized" in answer.stderr


def test_every_socket_is_on_loopback(cluster: Cluster) -> None:
    parts = cluster.status().pids
    pids = {pid for pid in parts.values() if pid}
    assert len(pids) == len(PARTS)
    deadline = time.monotonic() + 30
    for part in ("kube-apiserver", "prometheus-operator"):
        while not listening_addresses({parts[part] or 0}):
            assert time.monotonic() < deadline, f"{part} does not listen"
            time.sleep(0.05)
    # 127.0.0.1 as the kernel writes it.
    assert listening_addresses(pids) == {"0100007F"}


def test_secrets_of_the_cluster_are_readable_by_their_owner_only(cluster: Cluster) -> None:
    assert cluster.home.stat().st_mode & 0o077 == 0
    for path in (cluster.kubeconfig, cluster.home / "tokens.csv"):
        assert path.stat().st_mode & 0o077 == 0


def test_an_ambient_kubeconfig_is_never_used(
    local_cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoy = tmp_path / "decoy"
    decoy.write_text("not a kubeconfig: whoever reads this fails\n  -: [")
    monkeypatch.setenv("KUBECONFIG", str(decoy))
    assert local_cluster.kubectl("get", "nodes").returncode == 0
    local_cluster.start()
    assert decoy.read_text().startswith("not a kubeconfig")


def test_zones_can_be_named_anew(cluster: Cluster) -> None:
    cluster.label_zones(["x", "y", "z"])
    assert zones(cluster) == ["x", "y", "z"]
    cluster.start(zones=["a", "b"])
    assert zones(cluster) == ["a", "a", "b"]
    with pytest.raises(ToolchainError, match="1 to 3 zones"):
        cluster.start(zones=["a", "b", "c", "d"])
    cluster.start()


def test_a_deleted_cluster_leaves_neither_process_nor_file(tmp_path: Path, local_cluster: Cluster) -> None:
    assert local_cluster.status().ready
    cluster = Cluster(tmp_path / "short")
    cluster.start()
    pids = [pid for pid in cluster.status().pids.values() if pid]
    cluster.delete()
    assert not cluster.home.exists()
    assert not [pid for pid in pids if os.path.exists(f"/proc/{pid}/exe")]  # noqa: PTH110 - a zombie has no exe


def test_commands_report_a_running_and_a_stopped_cluster(tmp_path: Path, local_cluster: Cluster) -> None:
    assert local_cluster.status().ready
    python = shutil.which("python3")
    assert python

    def command(*args: str) -> subprocess.CompletedProcess[str]:
        line = [python, "-m", "toolchain", *args, "--home", str(tmp_path / "own")]
        return subprocess.run(line, cwd=CHECKOUT, capture_output=True, text=True, check=False)

    try:
        assert command("status").returncode == 3
        up = command("up")
        assert f"export KUBECONFIG={tmp_path / 'own' / 'kubeconfig'}" in up.stdout
        assert "ready" in command("status").stdout
        assert "its data stays" in command("down").stdout
        assert command("status").returncode == 3
    finally:
        Cluster(tmp_path / "own").delete()
