"""Temporary folders of runs: removed with the run, or by the next one, and never under a living process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.harness.declare import PROJECT
from toolchain import deploy
from toolchain.engine_scratch import scratch

if TYPE_CHECKING:
    from pathlib import Path

# A command with a child that inherits the lock, as the engine does; once it waits for it, it prints the child's pid.
RUN = """
import subprocess, sys
from pathlib import Path
from toolchain.engine_scratch import scratch
from toolchain.processes import finished, interrupt_on_signals

class Child(subprocess.Popen):
    def communicate(self, *given, **options):
        print(self.pid, flush=True)
        return super().communicate(*given, **options)

interrupt_on_signals()
with scratch(Path(sys.argv[1])) as place:
    (place.folder / "kubeconfig1").touch()
    finished(Child(["sleep", "60"], pass_fds=(place.lock,), text=True))
"""


def start(root: Path) -> tuple[subprocess.Popen[str], int]:
    run = subprocess.Popen([sys.executable, "-c", RUN, str(root)], cwd=PROJECT, stdout=subprocess.PIPE, text=True)
    assert run.stdout
    return run, int(run.stdout.readline())


def kubeconfigs(root: Path) -> list[Path]:
    return list(root.glob("*/kubeconfig1"))


def test_the_folder_goes_with_its_run_and_is_nobody_elses(tmp_path: Path) -> None:
    with scratch(tmp_path) as place:
        assert place.variables() == {"TMPDIR": str(place.folder)}
        assert place.folder.stat().st_mode & 0o077 == 0
        (place.folder / "deep").mkdir()
    assert not place.folder.exists()


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_the_folder_of_an_interrupted_run_is_removed(tmp_path: Path, sign: signal.Signals) -> None:
    run, child = start(tmp_path)
    assert kubeconfigs(tmp_path)
    if sign is signal.SIGINT:
        os.kill(child, sign)  # a terminal sends it to both
    run.send_signal(sign)
    run.wait(timeout=20)
    assert kubeconfigs(tmp_path) == []
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def test_the_folder_of_a_killed_run_stays_while_its_engine_lives_and_goes_with_the_next_run(tmp_path: Path) -> None:
    run, child = start(tmp_path)
    run.kill()
    run.wait()
    with scratch(tmp_path):
        assert kubeconfigs(tmp_path), "the engine still works there"
    os.kill(child, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while kubeconfigs(tmp_path):
        assert time.monotonic() < deadline
        with scratch(tmp_path):
            pass


def test_a_stack_with_a_cluster_of_its_own_leaves_no_kubeconfig_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    monkeypatch.setenv("TMPDIR", str(outside))
    pulumi = tmp_path / "pulumi"
    pulumi.write_text(f"#!/bin/sh\ntouch $TMPDIR/kubeconfig1\necho $TMPDIR > {tmp_path}/said\nexit 3\n")
    pulumi.chmod(0o700)
    monkeypatch.setattr(deploy, "LOCAL_HOME", tmp_path / "local")
    monkeypatch.setattr(deploy.toolbox, "provide", lambda _: None)
    monkeypatch.setattr(deploy.toolbox, "require", lambda _: pulumi)
    assert deploy._deploy_named("prod") == 3
    assert (tmp_path / "said").read_text().startswith(str(tmp_path / "local" / "tmp" / "run-"))
    assert list((tmp_path / "local").rglob("kubeconfig1")) == []
    assert list(outside.iterdir()) == []


def test_two_runs_leave_each_other_alone(tmp_path: Path) -> None:
    with scratch(tmp_path) as one, scratch(tmp_path) as two:
        assert one.folder != two.folder
        assert one.folder.exists()
