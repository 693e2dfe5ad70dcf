"""Building programs: whole or not at all, once, and with words when it fails."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.harness.fake_go import FakeGo
from toolchain.builder import build, folder_of
from toolchain.errors import ToolchainError
from toolchain.paths import CHECKOUT, programs_root
from toolchain.recipes import RECIPES

if TYPE_CHECKING:
    from collections.abc import Callable

    from toolchain.recipes import Recipe

ETCD = RECIPES["etcd"]


@pytest.fixture
def go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeGo:
    fake = FakeGo(tmp_path / "go")
    monkeypatch.setenv("PATH", f"{fake.bin}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("toolchain.builder.require_room", lambda *_: None)
    return fake


def leftovers() -> list[str]:
    return [path.name for path in programs_root().iterdir() if not path.name.startswith(".lock-")]


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "waited 20 s in vain"
        time.sleep(0.05)


def start_build() -> subprocess.Popen[str]:
    # The room check is not what is tested here, and a machine for tests may be small.
    code = (
        "import sys, toolchain.builder as b, toolchain.__main__ as m; b.require_room = lambda *_: None; "
        "sys.argv[1:] = ['build', '--only', 'etcd']; sys.exit(m.main())"
    )
    command = [sys.executable, "-c", code]
    return subprocess.Popen(
        command, cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=dict(os.environ)
    )


def test_a_program_is_built_once_and_then_found(go: FakeGo) -> None:
    build([ETCD])
    build([ETCD])
    assert go.builds() == ["./etcd"]
    assert (folder_of(ETCD) / "etcd").read_text() == "whole"


def test_progress_says_what_is_built_and_which_of_how_many(go: FakeGo, capsys: pytest.CaptureFixture[str]) -> None:
    build([ETCD, RECIPES["kubectl"]])
    output = capsys.readouterr().out
    assert "[1/2] etcd … built in" in output
    assert "[2/2] kubectl … built in" in output
    assert len(go.builds()) == 2


def test_a_log_that_does_not_grow_any_more_says_that_go_compiles(
    go: FakeGo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("toolchain.progress._HEARTBEAT_LOG", 0.0)
    monkeypatch.setattr("toolchain.builder._QUIET_SECONDS", 1.0)
    go.behave("download")
    build([ETCD])
    said = [line.partition(" (")[2] for line in capsys.readouterr().out.splitlines() if " (" in line]
    assert list(dict.fromkeys(said[said.index("downloading cel.dev/expr v0.25.1)") :])) == [
        "downloading cel.dev/expr v0.25.1)",
        "compiling)",
    ]


@pytest.mark.usefixtures("go")
def test_a_build_never_writes_into_the_checkout() -> None:
    before = {path: path.stat().st_mtime_ns for path in (CHECKOUT / "toolchain" / "modules").rglob("*")}
    build([ETCD])
    assert {path: path.stat().st_mtime_ns for path in (CHECKOUT / "toolchain" / "modules").rglob("*")} == before


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_build_leaves_nothing_and_the_next_run_goes_on(go: FakeGo, sign: signal.Signals) -> None:
    go.behave("slow")
    running = start_build()
    wait_until(go.builds)
    running.send_signal(sign)
    output, _ = running.communicate(timeout=20)
    assert running.returncode == 130
    assert "run the same command again" in output
    assert "Traceback" not in output
    assert leftovers() == []
    go.behave("well")
    build([ETCD])
    assert (folder_of(ETCD) / "etcd").read_text() == "whole"


def test_a_killed_build_leaves_a_folder_that_the_next_run_clears(go: FakeGo) -> None:
    go.behave("slow")
    running = start_build()
    wait_until(go.builds)
    running.kill()
    running.communicate(timeout=20)
    assert not folder_of(ETCD).exists()
    assert len(leftovers()) == 1
    go.behave("well")
    build([ETCD])
    assert leftovers() == [folder_of(ETCD).name]


def test_two_checkouts_do_not_build_the_same_program_at_once(go: FakeGo) -> None:
    go.behave("pause")
    both = [start_build(), start_build()]
    outputs = [process.communicate(timeout=30)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], outputs
    assert go.builds() == ["./etcd"]
    assert any("waiting for a build of etcd" in output for output in outputs)


def test_a_disk_that_becomes_full_is_one_clear_message(go: FakeGo) -> None:
    go.behave("disk full")
    with pytest.raises(ToolchainError, match=r"disk became full while building etcd.*\n.*run the command again"):
        build([ETCD])
    assert leftovers() == []


def test_a_failed_build_shows_what_go_said(go: FakeGo) -> None:
    go.behave("broken")
    with pytest.raises(ToolchainError, match="undefined: Foo"):
        build([ETCD])
    assert leftovers() == []


@pytest.mark.usefixtures("go")
def test_a_file_that_a_module_lacks_is_put_into_a_copy_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = tmp_path / "mod" / "alertmanager"
    (module / "ui").mkdir(parents=True)
    (module / "ui" / "web.go").write_text("package ui")
    # As the module cache has it: read-only, and read-only copies could neither be filled nor be deleted.
    for folder in (module / "ui", module):
        folder.chmod(0o555)
    monkeypatch.setattr("toolchain.golang.Go.module_folder", lambda *_: module)
    seen: dict[str, str] = {}

    def look(_go: object, recipe: Recipe, command: list[str], source: Path, _progress: object) -> None:
        copy = Path((source / "go.mod").read_text().rpartition(" => ")[2].strip())
        assert recipe.gap
        seen[str(copy)] = (copy / recipe.gap.file).read_text() + (copy / "ui" / "web.go").read_text()
        Path(command[command.index("-o") + 1]).touch()

    monkeypatch.setattr("toolchain.builder._run_go", look)
    build([RECIPES["alertmanager"]])
    ((copy, text),) = seen.items()
    assert copy != str(module)
    assert text.endswith("package ui")
    assert [path.name for path in (module / "ui").iterdir()] == ["web.go"]
    assert leftovers() == [folder_of(RECIPES["alertmanager"]).name]


@pytest.mark.usefixtures("go")
@pytest.mark.parametrize(("name", "tags"), [("etcd", ""), ("promtool", "remove_all_sd,enable_kubernetes_sd")])
def test_tags_reach_the_compiler(monkeypatch: pytest.MonkeyPatch, name: str, tags: str) -> None:
    seen: list[str] = []

    def look(_go: object, _recipe: Recipe, command: list[str], *_: object) -> None:
        seen.append(command[command.index("-tags") + 1])
        Path(command[command.index("-o") + 1]).touch()

    monkeypatch.setattr("toolchain.builder._run_go", look)
    build([RECIPES[name]])
    assert seen == [tags]


def test_too_little_room_stops_the_build_before_it_begins(go: FakeGo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("PATH", f"{go.bin}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("XDG_CACHE_HOME", str(go.bin.parent))

    def refuse(*_: object) -> None:
        raise ToolchainError("not enough disk space")

    monkeypatch.setattr("toolchain.builder.require_room", refuse)
    with pytest.raises(ToolchainError, match="not enough disk space"):
        build([ETCD])
    assert go.builds() == []


def test_an_old_go_without_a_package_index_names_both_ways_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = FakeGo(tmp_path / "old", version="1.21.3")
    monkeypatch.setenv("PATH", f"{old.bin}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def unreachable(*_: object) -> Path:
        raise ToolchainError("no index")

    monkeypatch.setattr("toolchain.golang.python_tool", unreachable)
    with pytest.raises(ToolchainError, match=r"(?s)`go` on PATH is 1\.21.*1\.26 or newer.*go\.dev/dl"):
        build([ETCD])
