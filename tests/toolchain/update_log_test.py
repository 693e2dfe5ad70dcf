"""What `make up` says in a pipe: tens of lines, and each warning and error among them."""

from __future__ import annotations

import io
import os
import sys
import time
from typing import TYPE_CHECKING

import pytest

from toolchain.engine import Engine
from toolchain.errors import ToolchainError
from toolchain.update_log import condense, reader

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

# As Pulumi 3.250 writes when its output is no terminal.
BEGIN = [
    "Updating (dev):",
    "@ updating.....",
    "",
    " +  pulumi:pulumi:Stack tiny-dev creating (0s) a word of the program",
]
END = [
    "Diagnostics:",
    "  aws:s3:Bucket (c5-9):",
    "    warning: careful",
    "    second line",
    "",
    "Outputs:",
    '    arn: "x"',
    "",
    "Resources:",
    "    + 134 created",
    "",
    "Duration: 7s",
]


def rows(count: int) -> list[str]:
    return [
        row
        for number in range(count)
        for row in (
            f" +  aws:s3:Bucket c-{number} creating (0s) ",
            f" +  aws:s3:Bucket c-{number} created (0.01s) ",
            "@ updating....",
        )
    ]


def said(lines: list[str], capsys: pytest.CaptureFixture[str]) -> list[str]:
    condense(f"{line}\n" for line in lines)
    return capsys.readouterr().out.splitlines()


def test_two_lines_for_each_resource_become_one_for_fifty(capsys: pytest.CaptureFixture[str]) -> None:
    found = said([*BEGIN, *rows(134), *END], capsys)
    assert found == [
        "Updating (dev):",
        "  50 resources done in 0s",
        "  100 resources done in 0s",
        *END,
    ]


def test_a_resource_counts_once_however_often_it_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert said([*rows(49), *rows(49), " ++ aws:s3:Bucket c-0 created replacement (1s)"], capsys) == []
    assert said([*rows(49), "-   kubernetes:rbac.authorization.k8s.io/v1:Role old deleted (1s)"], capsys) == [
        "  50 resources done in 0s"
    ]


@pytest.mark.parametrize(
    "line",
    [
        " +  aws:s3:Bucket c10-9 created (0.12s) warning: careful",
        "    pulumi:pulumi:Stack tiny-dev  warning: of the stack",
        " +  kubernetes:apps/v1:StatefulSet qdrant **creating failed** error: no room",
        "error: the stack is locked",
        "a line of a kind that nobody thought of",
    ],
)
def test_warnings_errors_and_what_is_unknown_are_said_at_once_and_once(
    line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said([*rows(3), line, line, *rows(3)], capsys) == [line]


def test_a_row_without_a_word_is_a_row(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(["    pulumi:pulumi:Stack ballast-dev ", "    pulumi:pulumi:Stack ballast-dev"], capsys) == []


def test_a_message_of_a_resource_is_left_for_the_final_block(capsys: pytest.CaptureFixture[str]) -> None:
    assert said([" +  kubernetes:apps/v1:Deployment loki creating (3s) [1/2] Waiting for pods"], capsys) == []


def test_the_final_block_is_whole_even_where_it_repeats_itself(capsys: pytest.CaptureFixture[str]) -> None:
    assert said([*END, *END], capsys) == END * 2


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_pulumi_draws_by_itself() -> None:
    assert reader(Terminal()) is None
    assert reader(io.StringIO()) is condense


FAKE = """#!{python} -IS
import os, pathlib, sys, time
print("first", flush=True)
pathlib.Path({seen!r} + "-pid").write_text(str(os.getpid()))
print("second", flush=True)
while not pathlib.Path({seen!r}).exists():
    time.sleep(0.01)
print("last: " + " ".join(sys.argv[3:]))
sys.exit({code})
"""


@pytest.fixture
def fake_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """An engine whose Pulumi says one line, and the other only after a file `seen` is there."""
    program = tmp_path / "pulumi"
    monkeypatch.setattr("toolchain.engine.given", lambda _: program)
    monkeypatch.setattr("toolchain.engine.find_uv", lambda: program)
    monkeypatch.setattr(Engine, "prepare", lambda _: None)
    program.write_text(FAKE.format(python=sys.executable, seen=str(tmp_path / "seen"), code=0))
    program.chmod(0o755)
    return Engine(tmp_path / "home", tmp_path)


def test_lines_are_read_as_they_come(fake_engine: Engine, tmp_path: Path) -> None:
    lines: list[str] = []

    def look(read: Iterable[str]) -> None:
        for line in read:
            lines.append(line)
            (tmp_path / "seen").touch()

    assert fake_engine.run("up", "--yes", capture=False, reader=look).returncode == 0
    assert lines == ["first\n", "second\n", "last: up --yes\n"]


def test_an_update_that_fails_while_it_is_read_is_an_error(fake_engine: Engine, tmp_path: Path) -> None:
    program, seen = tmp_path / "pulumi", tmp_path / "seen"
    seen.touch()
    program.write_text(program.read_text().replace("sys.exit(0)", "sys.exit(7)"))
    with pytest.raises(ToolchainError, match=r"`pulumi up` failed; what went wrong stands above"):
        fake_engine.run("up", capture=False, reader=condense)


def runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_an_update_that_nobody_reads_any_more_is_ended(
    fake_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No terminal has sent Ctrl-C to the program as well, so it would be waited for in vain.
    monkeypatch.setattr("toolchain.processes._GRACE_SECONDS", 0.1)

    def interrupted(lines: Iterable[str]) -> None:
        for line in lines:
            if line == "second\n":
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fake_engine.run("up", capture=False, reader=interrupted)
    pid = int((tmp_path / "seen-pid").read_text())
    deadline = time.monotonic() + 5
    while runs(pid):
        assert time.monotonic() < deadline, "it runs on"
        time.sleep(0.05)
