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
    """The commands and options of a `pulumi`, `ballast`, `make` or `python3 -m toolchain` line that don't exist."""
    words = _words(line)
    program, command, rest = words[0], words[1], words[2:]
    if program == "make":
        return _unknown_to_make(words[1:])
    if command.startswith("-"):
        path, rest = (), words[1:]
    else:
        path = (command, rest[0]) if program == "pulumi" and command in GROUPS else (command,)
    text = _help(program, path)
    usage = rf"(?i)^\s*usage:\s+(?:python3 -m )?{' '.join((program, *path))}\b"
    alias = rf"^Aliases:\n\s+.*\b{words[len(path)]}\b"
    if not any(re.search(pattern, text, re.MULTILINE) for pattern in (usage, alias)):
        return [" ".join(path)]
    options = [word.split("=")[0] for word in rest if re.match("--?[a-z]", word)]
    return [option for option in options if not re.search(rf"(?<![\w-]){option}(?![\w-])", text)]


def _words(line: str) -> list[str]:
    """Split a line; the toolchain is called `toolchain`, but its command `pulumi` is Pulumi itself."""
    line = line.removeprefix("./").replace("python3 -m toolchain pulumi", "pulumi")
    line = line.replace("python3 -m toolchain", "toolchain")
    # Brackets say that an option may be left out.
    return [word.strip("[]") for word in shlex.split(line, comments=True)]


def _unknown_to_make(words: list[str]) -> list[str]:
    text = (CHECKOUT / "Makefile").read_text(encoding="utf-8")
    known = {*re.findall(r"(?m)^([a-z]+):", text), *re.findall(r"(?m)^([A-Z]+) \?=", text)}
    return [word for word in words if word.split("=")[0] not in known]


@cache
def _help(program: str, path: tuple[str, ...]) -> str:
    python = str(CHECKOUT / ".venv/bin/python")
    start = {
        "pulumi": lambda: [str(toolbox.require("pulumi"))],
        "ballast": lambda: [python, "-m", "ops"],
        "toolchain": lambda: [python, "-m", "toolchain"],
    }[program]()
    result = subprocess.run([*start, *path, "--help"], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    return result.stdout
