"""The engine: nothing ambient reaches it, providers are registered, abandoned locks are cleared."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from tests.harness.cluster import link_packages
from toolchain.deploy import select
from toolchain.engine import DEV_PASSPHRASE, Engine
from toolchain.errors import ToolchainError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from toolchain.cluster import Cluster

pytestmark = pytest.mark.engine
PROJECT = "name: tiny\nruntime: {name: python, options: {toolchain: uv, virtualenv: .venv}}\n"
ON_CLUSTER = """
import pulumi, pulumi_kubernetes as k8s
provider = k8s.Provider("cluster", kubeconfig="%s")
k8s.core.v1.ConfigMap("map", data={"a": "b"}, opts=pulumi.ResourceOptions(provider=provider))
"""


@pytest.fixture
def tiny(tmp_path: Path, engine_factory: Callable[[Path], Engine]) -> Callable[[str], Engine]:
    """Makes an engine on a project of one file."""

    def make(program: str) -> Engine:
        project = tmp_path / "tiny"
        project.mkdir(exist_ok=True)
        (project / "Pulumi.yaml").write_text(PROJECT)
        (project / "__main__.py").write_text(program)
        if not (project / ".venv").exists():
            link_packages(project)
        engine = engine_factory(project)
        engine.run("stack", "select", "--create", "dev")
        return engine

    return make


def test_a_program_comes_up_on_the_cluster_without_a_warning(
    tiny: Callable[[str], Engine], local_cluster: Cluster
) -> None:
    engine = tiny(ON_CLUSTER % local_cluster.kubeconfig)
    said = engine.run("up", "--yes").stdout
    assert "warning" not in said
    assert engine.run("preview", "--expect-no-changes").returncode == 0
    engine.run("destroy", "--yes")


def test_a_run_leaves_neither_a_kubeconfig_nor_a_log(
    tiny: Callable[[str], Engine], local_cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    monkeypatch.setenv("TMPDIR", str(outside))
    engine = tiny(ON_CLUSTER % local_cluster.kubeconfig)
    shutil.rmtree(engine.scratch)
    logs = engine.home / "pulumi" / "logs"
    logs.unlink()
    logs.mkdir()  # as an engine before this rule left it
    engine.run("preview")
    assert list(outside.iterdir()) == []
    assert list(engine.scratch.glob("run-*")) == []
    assert logs.read_bytes() == b""
    # The same without the toolchain: there is something to keep away.
    logs.unlink()
    command = [str(engine.home / "bin" / "pulumi"), "preview", "--cwd", str(engine.project)]
    subprocess.run(command, env=engine.environment(), capture_output=True, check=True)
    assert list(outside.glob("kubeconfig*"))
    assert list(logs.iterdir())


def test_nothing_ambient_reaches_the_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KUBECONFIG", "KUBERNETES_SERVICE_HOST", "AWS_PROFILE", "AWS_ACCESS_KEY_ID", "PULUMI_ACCESS_TOKEN"):
        monkeypatch.setenv(name, "ambient")
    environment = Engine(tmp_path / "home", tmp_path).environment()
    assert "ambient" not in environment.values()
    assert not os.path.exists(environment["KUBECONFIG"])  # noqa: PTH110 - a string out of an environment
    assert environment["PULUMI_BACKEND_URL"] == (tmp_path / "home" / "state").as_uri()


def test_the_documented_passphrase_holds_unless_another_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = Engine(tmp_path, tmp_path)
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE", raising=False)
    assert engine.environment()["PULUMI_CONFIG_PASSPHRASE"] == DEV_PASSPHRASE
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "another")
    assert engine.environment()["PULUMI_CONFIG_PASSPHRASE"] == "another"  # noqa: S105 - no secret


def test_a_wrong_passphrase_is_one_clear_message(
    tiny: Callable[[str], Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = tiny("")
    engine.run("config", "set", "--secret", "word", "hidden")
    select(engine, "dev")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "wrong")
    with pytest.raises(ToolchainError, match=r"passphrase does not fit Pulumi\.dev\.yaml.*unset it"):
        select(engine, "dev")


def test_a_failing_command_is_told_with_what_pulumi_said(tiny: Callable[[str], Engine]) -> None:
    with pytest.raises(ToolchainError, match=r"(?s)`pulumi preview` failed.*the program's own words"):
        tiny('raise RuntimeError("the program\'s own words")').run("preview")


@pytest.mark.parametrize("left", ["", '{"user.cache_con'], ids=["nothing", "half of it"])
def test_an_engine_that_was_killed_while_it_noted_something_does_not_block_the_next_one(
    tiny: Callable[[str], Engine], left: str
) -> None:
    engine = tiny("")
    engine.run("up", "--yes")
    notes = list((engine.backend / ".pulumi" / "stacks").rglob("*.json.attrs"))
    assert notes
    for note in notes:
        note.write_text(left)
    assert "1 unchanged" in engine.run("up", "--yes").stdout


def test_an_engine_that_was_killed_does_not_block_the_next_one(tiny: Callable[[str], Engine]) -> None:
    engine = tiny("import time; time.sleep(60)")
    running = subprocess.Popen(
        [str(engine.home / "bin" / "pulumi"), "up", "--yes", "--skip-preview", "--cwd", str(engine.project)],
        env=engine.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + 30
    while not list((engine.backend / ".pulumi" / "locks").rglob("*.json")):
        assert time.monotonic() < deadline, "no lock was taken"
        time.sleep(0.1)
    # The lock's owner is alive: nobody else gets in.
    (engine.project / "__main__.py").write_text("")
    assert "locked" in engine.run("up", "--yes", check=False).stderr
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    assert "1 created" in engine.run("up", "--yes").stdout
