"""Whether the options of a command line exist in the real program."""

from __future__ import annotations

import re
import shlex
import subprocess
from functools import cache

from toolchain import toolbox
from toolchain.paths import CHECKOUT

# Commands of Pulumi that have commands of their own.
GROUPS = ("config", "plugin", "stack", "state")


def unknown_words(line: str) -> list[str]:
    """The commands and options of a `pulumi`, `ballast` or `python3 -m toolchain pulumi` line that don't exist."""
    words = shlex.split(line.removeprefix("python3 -m toolchain ").removeprefix("./"), comments=True)
    program, command, rest = words[0], words[1], words[2:]
    path = (command, rest[0]) if program == "pulumi" and command in GROUPS else (command,)
    text = _help(program, path)
    usage = rf"(?i)^\s*usage:\s+{program} {' '.join(path)}\b"
    alias = rf"^Aliases:\n\s+.*\b{path[-1]}\b"
    if not any(re.search(pattern, text, re.MULTILINE) for pattern in (usage, alias)):
        return [" ".join(path)]
    options = [word.split("=")[0] for word in rest if re.match("--?[a-z]", word)]
    return [option for option in options if not re.search(rf"(?<![\w-]){option}(?![\w-])", text)]


@cache
def _help(program: str, path: tuple[str, ...]) -> str:
    start = (
        [str(toolbox.require("pulumi"))] if program == "pulumi" else [str(CHECKOUT / ".venv/bin/python"), "-m", "ops"]
    )
    result = subprocess.run([*start, *path, "--help"], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    return result.stdout
