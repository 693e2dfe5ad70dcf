"""Commands that only note how they were called, and answer what a test told them to."""

from __future__ import annotations

import json
import os
import stat
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_FAKE = """#!{python} -IS
import json, os, select, sys
from pathlib import Path

folder, name, arguments = Path({folder!r}), os.path.basename(sys.argv[0]), sys.argv[1:]
if name == "python3" and not (arguments[:2] == ["-m", "toolchain"]):
    os.execv({python!r}, [{python!r}, *arguments])
line = " ".join([name, *arguments])
given = sys.stdin.read() if "--input" in arguments else ""
content = {{"line": line, "given": given, "tree": Path("tree").read_text() if Path("tree").exists() else ""}}
with (folder / "calls").open("a") as handle:
    handle.write(json.dumps(content) + "\\n")
for answer in json.loads((folder / "answers").read_text()):
    if line.startswith(answer["begin"]):
        for path, text in answer["files"].items():
            Path(path).write_text(text)
        sys.stdout.write(answer["stdout"])
        sys.exit(answer["code"])
"""


@dataclass
class FakeCommands:
    """Stand-ins in a folder of their own, to be put first on PATH.

    Attributes:
        folder: where they are and where they note their calls.
    """

    folder: Path
    _answers: list[dict[str, object]] = field(default_factory=list)

    def create(self, *names: str) -> FakeCommands:
        """Make a stand-in for each name."""
        self.folder.mkdir()
        for name in names:
            program = self.folder / name
            program.write_text(_FAKE.format(python=sys.executable, folder=str(self.folder)), encoding="utf-8")
            program.chmod(program.stat().st_mode | stat.S_IXUSR)
        self._write()
        return self

    def answer(self, begin: str, stdout: str = "", *, code: int = 0, files: dict[str, str] | None = None) -> None:
        """From now on a call that begins like this prints, writes files where it runs, and ends with the code."""
        self._answers.insert(0, {"begin": begin, "stdout": stdout, "code": code, "files": files or {}})
        self._write()

    def calls(self) -> list[dict[str, str]]:
        """What was called: its `line`, what was `given` on stdin, and the content of the file `tree` at that time."""
        notes = self.folder / "calls"
        return [json.loads(line) for line in notes.read_text().splitlines()] if notes.exists() else []

    def lines(self) -> list[str]:
        """The command lines, in their order."""
        return [call["line"] for call in self.calls()]

    @property
    def path(self) -> str:
        """A PATH on which they come first."""
        return f"{self.folder}{os.pathsep}{os.environ['PATH']}"

    def _write(self) -> None:
        (self.folder / "answers").write_text(json.dumps(self._answers), encoding="utf-8")
