"""Ports, processes and abandoned locks."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from toolchain import ports, processes
from toolchain.engine_leftovers import abandoned_stacks

if TYPE_CHECKING:
    from collections.abc import Iterator

SLEEP = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(SLEEP, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "up\n"
    yield process
    process.kill()
    process.wait()


def test_picked_ports_are_free_and_different() -> None:
    picked = ports.pick(5)
    assert len(set(picked)) == 5
    assert all(ports.is_free(port) for port in picked)


def test_a_port_with_a_listener_is_not_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert not ports.is_free(server.getsockname()[1])


def test_a_process_is_known_by_more_than_its_pid(sleeper: subprocess.Popen[str]) -> None:
    who = processes.identity(sleeper.pid)
    assert who
    processes.stop(sleeper.pid, "another process of this pid", 1)
    assert processes.identity(sleeper.pid) == who
    processes.stop(sleeper.pid, who, 5)
    assert processes.identity(sleeper.pid) is None


@pytest.mark.parametrize(
    ("options", "variables"), [(["--config={home}/a.yaml"], {}), ([], {"KUBECONFIG": "{home}/a.kubeconfig"})]
)
def test_what_a_lost_state_file_left_behind_is_found_by_option_or_environment(
    tmp_path: Path, options: list[str], variables: dict[str, str]
) -> None:
    home, other, program = tmp_path / "home", tmp_path / "other", Path(sys.executable).name

    def start(folder: Path) -> subprocess.Popen[str]:
        line = [*SLEEP, *(option.format(home=folder) for option in options)]
        environment = {name: value.format(home=folder) for name, value in variables.items()}
        process = subprocess.Popen(line, env=environment, stdout=subprocess.PIPE, text=True)
        assert process.stdout
        assert process.stdout.readline() == "up\n"
        return process

    both = [start(home), start(other)]
    try:
        assert processes.left_behind([program], home) == [both[0].pid]
        assert processes.left_behind(["etcd"], home) == []
    finally:
        for process in both:
            process.kill()
            process.communicate()


def test_a_zombie_counts_as_dead(sleeper: subprocess.Popen[str]) -> None:
    sleeper.kill()
    while processes.identity(sleeper.pid) is not None:
        pass
    assert os.path.exists(f"/proc/{sleeper.pid}") or sys.platform != "linux"  # noqa: PTH110 - not reaped yet


def lock(backend: Path, name: str, **content: object) -> None:
    folder = backend / ".pulumi" / "locks" / "organization" / "ballast" / "dev"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(content))


def dead_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_lock_of_a_dead_process_of_this_machine_is_abandoned(tmp_path: Path) -> None:
    lock(tmp_path, "a", pid=dead_pid(), hostname=socket.gethostname())
    assert abandoned_stacks(tmp_path) == ["organization/ballast/dev"]


def test_a_lock_of_a_living_process_is_not(tmp_path: Path) -> None:
    lock(tmp_path, "a", pid=dead_pid(), hostname=socket.gethostname())
    lock(tmp_path, "b", pid=os.getpid(), hostname=socket.gethostname())
    assert abandoned_stacks(tmp_path) == []


def test_a_lock_of_another_machine_or_of_nobody_known_is_not(tmp_path: Path) -> None:
    lock(tmp_path, "a", pid=dead_pid(), hostname="elsewhere")
    assert abandoned_stacks(tmp_path) == []
    lock(tmp_path, "a", pid="?", hostname=socket.gethostname())
    assert abandoned_stacks(tmp_path) == []


def test_a_program_that_waits_in_vain_is_ended(sleeper: subprocess.Popen[str]) -> None:
    asked = []

    def watch() -> bool:
        asked.append(sleeper.poll())
        return len(asked) > 1

    assert processes.finished(sleeper, watch=watch).returncode == -signal.SIGTERM
    assert asked == [None, None]
