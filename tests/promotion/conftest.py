"""A folder of stack files with a pulumi that has stories to tell, and the command on it."""

from __future__ import annotations

import os
from dataclasses import dataclass

import pytest

from ops.__main__ import main
from ops.promotion import promote as promotion
from ops.promotion.gates import Answer, Mark
from tests.harness.promotion import FakePulumi, Stage


@dataclass
class Said:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def stage(tmp_path, monkeypatch):
    """The real stack files, all promoted values equal and committed."""
    pulumi = FakePulumi(tmp_path / "bin").create()
    monkeypatch.setenv("PATH", f"{pulumi.folder}{os.pathsep}{os.environ['PATH']}")
    return Stage(tmp_path / "project", pulumi).create()


@pytest.fixture
def ballast(stage, capsys):
    """Runs a command of `ballast` on the stage."""

    def run(*arguments):
        try:
            code = main([*arguments, "--project", str(stage.folder)])
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0
        printed = capsys.readouterr()
        assert "Traceback" not in printed.out + printed.err
        return Said(int(code or 0), printed.out, printed.err)

    return run


@pytest.fixture
def newer(stage):
    """Dev runs a newer node exporter than staging."""
    stage.change("dev", "version: 1.12.1", "version: 1.12.2")
    stage.deploy("dev")
    return stage


@pytest.fixture
def built(monkeypatch):
    """The program is taken for run, and what it declares for kept; one test below runs it."""
    monkeypatch.setattr(promotion, "buildable", lambda _: Answer("buildable", Mark.PASSED, ("taken for run",)))
