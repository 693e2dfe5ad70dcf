"""A `go` for tests: answers what the toolchain asks and 'builds' in the way the test wants."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_SCRIPT = """#!{python}
import os, pathlib, sys, time
args, here = sys.argv[1:], pathlib.Path({here!r})
if args[0] == "env":
    print({{"GOVERSION": "go" + {version!r}, "GOMODCACHE": str(here / "mod"), "GOCACHE": str(here / "cache")}}[args[1]])
    sys.exit()
with (here / "builds").open("a") as log:
    log.write(args[-1] + "\\n")
target = pathlib.Path(args[args.index("-o") + 1])
target.write_text("half")
behaviour = (here / "behaviour").read_text()
if behaviour == "slow":
    time.sleep(60)
if behaviour == "pause":
    time.sleep(1)
if behaviour == "download":
    sys.stderr.write("go: downloading cel.dev/expr v0.25.1\\n")
    sys.stderr.flush()
    time.sleep(2)
if behaviour == "disk full":
    sys.exit("link: writing output: write /x: no space left on device")
if behaviour == "broken":
    sys.exit("main.go:3: undefined: Foo")
target.write_text("whole")
target.chmod(0o755)
"""


class FakeGo:
    """The fake and its folder; `behave` changes what its next build does, `builds` lists those begun."""

    def __init__(self, here: Path, version: str = "1.26.8") -> None:
        self._here = here
        self.bin = here / "bin"
        self.bin.mkdir(parents=True)
        program = self.bin / "go"
        program.write_text(_SCRIPT.format(python=sys.executable, here=str(here), version=version))
        program.chmod(0o755)
        self.behave("well")

    def behave(self, behaviour: str) -> None:
        """One of: well, slow, pause, download, disk full, broken."""
        (self._here / "behaviour").write_text(behaviour)

    def builds(self) -> list[str]:
        """The packages of all builds begun so far."""
        log = self._here / "builds"
        return log.read_text().splitlines() if log.exists() else []
