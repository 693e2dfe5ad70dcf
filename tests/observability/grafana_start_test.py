"""What happens before Grafana starts: its key is made once, and the password of `admin` holds."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest

from components.observability.grafana import server

PREPARE = Path(server.__file__).parent / "scripts" / "prepare.sh"


class Prepare:
    """The script that precedes Grafana, with a stand-in for Grafana's command line that notes what it is told."""

    def __init__(self, folder):
        self.data, self.told, self._folder = folder / "data", folder / "told", folder
        for made in (self.data, folder / "bin"):
            made.mkdir()
        (folder / "password").write_text("kept-secret\n")
        program = folder / "bin" / "grafana"
        program.write_text(f'#!/bin/sh\necho "$@" >>{self.told}\ncat >>{self.told}\nexit ${{EXIT:-0}}\n')
        program.chmod(0o755)

    def __call__(self, **environment):
        answer = subprocess.run(
            ["sh", PREPARE],
            env={
                "PATH": f"{self._folder}/bin:{os.environ['PATH']}",
                "BALLAST_DATA": str(self.data),
                "BALLAST_ADMIN_PASSWORD": str(self._folder / "password"),
                **environment,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert "kept-secret" not in answer.stdout + answer.stderr
        return answer


@pytest.fixture
def prepare(tmp_path):
    return Prepare(tmp_path)


def test_the_first_start_makes_a_key_that_nobody_else_reads_and_no_later_one_changes_it(prepare):
    assert prepare().returncode == 0
    key = prepare.data / "secret-key"
    first = key.read_text()
    assert len(first) == 64
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    (prepare.data / "grafana.db").write_text("rows")
    assert prepare().returncode == 0
    assert key.read_text() == first
    assert sorted(path.name for path in prepare.data.iterdir()) == ["grafana.db", "secret-key"]


def test_a_key_that_was_cut_short_is_none(prepare):
    cut = prepare.told.parent / "bin" / "od"
    cut.write_text("#!/bin/sh\necho abcdef\n")
    cut.chmod(0o755)
    answer = prepare()
    assert answer.returncode == 1
    assert "nothing was started" in answer.stderr
    assert not (prepare.data / "secret-key").exists()
    cut.unlink()
    assert prepare().returncode == 0


def test_a_database_whose_key_is_gone_is_not_given_another(prepare):
    (prepare.data / "grafana.db").write_text("rows")
    answer = prepare()
    assert answer.returncode == 1
    assert len(answer.stderr.splitlines()) == 1
    assert "nothing was started" in answer.stderr
    assert not (prepare.data / "secret-key").exists()


def test_the_password_of_the_stack_file_holds_after_every_start_and_is_on_no_command_line(prepare):
    prepare()
    assert not prepare.told.exists(), "Grafana makes the user itself when there is no database"
    (prepare.data / "grafana.db").write_text("rows")
    assert prepare().returncode == 0
    command, given = prepare.told.read_text().splitlines()
    assert command.endswith("admin reset-admin-password --password-from-stdin")
    assert given == "kept-secret"


def test_grafana_starts_with_the_old_password_rather_than_not_at_all(prepare):
    prepare()
    (prepare.data / "grafana.db").write_text("rows")
    answer = prepare(EXIT="1")
    assert answer.returncode == 0
    assert "the one before it still holds" in answer.stderr
