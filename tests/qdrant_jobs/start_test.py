"""The start script of a node, run by a real bash with real sockets; `timeout` stands in for the cluster's DNS."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import socket
import subprocess
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.harness.declare import PROJECT
from toolchain import ports

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SCRIPT = PROJECT / "components" / "stores" / "qdrant" / "scripts" / "start.sh"
QDRANT = """#!/bin/bash
trap 'echo stopped by TERM; exit 0' TERM
echo "arguments $*"
echo "pid $$ in $PWD with $(ulimit -n) files"
[[ -n "${LINGER:-}" ]] && while :; do read -rt 0.05 <> <(:) || :; done
exit 0
"""
# Pod n of the set lives on the loopback address 127.0.0.(n + 1), as DNS would say.
RESOLVER = """#!/bin/bash
arguments=()
for argument in "$@"; do
  if [[ $argument =~ ^qdrant-([0-9]+)\\.nodes$ ]]; then argument=127.0.0.$((BASH_REMATCH[1] + 1)); fi
  arguments+=("$argument")
done
exec REAL "${arguments[@]}"
"""


@dataclass
class Pod:
    """A folder like the image's, and the environment that the pod template gives."""

    home: Path
    port: int

    @property
    def storage(self) -> Path:
        return self.home / "storage"

    def found(self) -> None:
        (self.home / "bootstrap").mkdir()
        (self.home / "bootstrap" / "first_peer").write_text("1001")

    def remember(self, peer: int) -> None:
        """Give the volume the state of a node that has been a peer."""
        self.storage.joinpath("raft_state.json").write_text(f'{{"state":{{"term":3}},"this_peer_id":{peer},"x":1}}')
        (self.storage / "collections").mkdir()
        (self.storage / "collections" / "points").write_text("valuable")

    def _size(self, nodes: int) -> Path:
        folder = self.home / "size"
        folder.mkdir(exist_ok=True)
        (folder / "nodes").write_text(str(nodes))
        return folder

    def environment(self, ordinal: int, nodes: int, **more: str) -> dict[str, str]:
        return {
            "PATH": f"{self.home}/bin:{os.environ['PATH']}",
            "POD_NAME": f"qdrant-{ordinal}",
            "BALLAST_SERVICE": "nodes",
            "BALLAST_SIZE": str(self._size(nodes)),
            "BALLAST_SCHEME": "https",
            "BALLAST_BOOTSTRAP": str(self.home / "bootstrap"),
            "BALLAST_REMOVED": str(self.home / "removed"),
            "BALLAST_P2P_PORT": str(self.port),
            "BALLAST_STORAGE": str(self.storage),
            "QDRANT_HOME": str(self.home),
            **more,
        }

    def begin(self, ordinal: int, nodes: int = 3, **more: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            ["bash", str(SCRIPT)],
            env=self.environment(ordinal, nodes, **more),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def start(self, ordinal: int, nodes: int = 3) -> tuple[int, str, str]:
        with self.begin(ordinal, nodes) as process:
            output, errors = process.communicate(timeout=20)
            return process.returncode, output, errors

    def uri(self, ordinal: int) -> str:
        return f"https://qdrant-{ordinal}.nodes:{self.port}"


@contextmanager
def listening(port: int, *ordinals: int) -> Iterator[None]:
    """Let the peers of these ordinals accept connections."""
    with ExitStack() as stack:
        for ordinal in ordinals:
            stack.enter_context(socket.create_server((f"127.0.0.{ordinal + 1}", port)))
        yield


@pytest.fixture
def pod(tmp_path: Path) -> Pod:
    (tmp_path / "bin").mkdir()
    (tmp_path / "storage").mkdir()
    (tmp_path / "removed").mkdir()
    for path, text in (
        (tmp_path / "qdrant", QDRANT),
        (tmp_path / "bin" / "timeout", RESOLVER.replace("REAL", shutil.which("timeout") or "")),
    ):
        path.write_text(text)
        path.chmod(0o755)
    return Pod(tmp_path, ports.pick(1)[0])


def test_ordinal_0_founds_where_nothing_was_founded(pod: Pod) -> None:
    code, output, _ = pod.start(0)
    assert code == 0
    assert f"arguments --bootstrap {pod.uri(0)} --uri {pod.uri(0)}\n" in output


def test_ordinal_0_with_an_empty_volume_joins_its_peers_once_the_cluster_was_founded(pod: Pod) -> None:
    pod.found()
    with listening(pod.port, 2):
        _, output, _ = pod.start(0)
    assert f"arguments --bootstrap {pod.uri(2)} --uri {pod.uri(0)}\n" in output


def test_the_others_prefer_ordinal_0_and_take_another_where_it_is_away(pod: Pod) -> None:
    with listening(pod.port, 0, 2):
        assert f"--bootstrap {pod.uri(0)} --uri {pod.uri(1)}\n" in pod.start(1)[1]
    with listening(pod.port, 2):
        assert f"--bootstrap {pod.uri(2)} --uri {pod.uri(1)}\n" in pod.start(1)[1]


def test_a_node_waits_for_a_peer_and_never_for_itself(pod: Pod) -> None:
    with listening(pod.port, 1), pod.begin(1) as process:
        assert process.stdout is not None
        assert "waiting for a peer" in process.stdout.readline()
        with listening(pod.port, 0):
            output, _ = process.communicate(timeout=20)
    assert f"--bootstrap {pod.uri(0)} " in output


def test_a_node_with_its_state_starts_without_asking_anybody(pod: Pod) -> None:
    pod.found()
    pod.remember(1001)
    assert f"--uri {pod.uri(0)}\n" in pod.start(0)[1]
    assert f"--bootstrap {pod.uri(0)} --uri {pod.uri(1)}\n" in pod.start(1)[1]
    assert f"--bootstrap {pod.uri(0)} --uri {pod.uri(0)}\n" in pod.start(0, nodes=1)[1]


def test_ordinal_0_with_what_a_refused_join_leaves_never_founds_a_second_cluster(pod: Pod) -> None:
    pod.found()
    # As the real server leaves it when it ends with 101: a term of 0 and no voter.
    state = {"state": {"hard_state": {"term": 0}, "conf_state": {"voters": []}}, "this_peer_id": 77}
    (pod.storage / "raft_state.json").write_text(json.dumps(state))
    for nodes in (2, 3):
        assert f"--bootstrap {pod.uri(1)} --uri {pod.uri(0)}\n" in pod.start(0, nodes)[1]


def test_a_founded_cluster_of_one_node_never_founds_again(pod: Pod) -> None:
    pod.found()
    code, output, errors = pod.start(0, nodes=1)
    assert code == 1
    assert "arguments" not in output
    assert "was founded before (first peer 1001) and the volume" in errors
    assert len(errors.splitlines()) == 1


def test_a_removed_peer_keeps_its_files_aside_and_joins_anew(pod: Pod) -> None:
    pod.found()
    pod.remember(1201)
    (pod.home / "removed" / "1201").write_text("qdrant-2")
    with listening(pod.port, 0):
        _, output, _ = pod.start(2)
    assert f"--bootstrap {pod.uri(0)} --uri {pod.uri(2)}\n" in output
    [aside] = pod.storage.iterdir()
    assert aside.name.startswith("removed-")
    assert (aside / "collections" / "points").read_text() == "valuable"
    assert (aside / "raft_state.json").exists()


def test_a_peer_that_was_not_removed_keeps_its_place(pod: Pod) -> None:
    pod.remember(1201)
    (pod.home / "removed" / "120").write_text("qdrant-2")
    (pod.home / "removed" / "12011").write_text("qdrant-2")
    (pod.home / "removed" / "1201").write_text("")
    pod.start(2)
    assert (pod.storage / "collections" / "points").read_text() == "valuable"


def test_qdrant_takes_the_place_of_the_shell_with_all_files_and_hears_the_signal_to_stop(pod: Pod) -> None:
    with pod.begin(0, LINGER="1") as process:
        assert process.stdout is not None
        process.stdout.readline()
        about = process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=20)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    assert about == f"pid {process.pid} in {pod.home} with {hard} files\n"
    assert output == "stopped by TERM\n"
