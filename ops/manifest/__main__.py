"""`python -m ops.manifest FILE`: what the program declares for a stack file, as JSON on standard output."""

from __future__ import annotations

import argparse
import json
import sys
import traceback
from pathlib import Path

from components.settings.read import read_stack, stack_name
from components.settings.report import SettingsError
from components.settings.secrets import SECRETS

PROJECT = Path(__file__).resolve().parents[2]


def main(arguments: list[str] | None = None) -> int:
    """Print the entries; return 0, or 1 with one report where the file or the program refuses."""
    given = _parser().parse_args(arguments)
    try:
        environment = given.stack or stack_name(given.file)
        stack = read_stack(given.file, SECRETS, environment)
    except SettingsError as error:
        return _refused(str(error))
    # Late: a broken file is told at once, without the seconds that the provider's SDK takes to load.
    from pulumi import RunError  # noqa: PLC0415 - see above

    from ops.manifest.declared import declare_stack  # noqa: PLC0415 - see above
    from ops.manifest.objects import entries  # noqa: PLC0415 - see above

    try:
        recording = declare_stack(stack, environment, identity=given.identity)
    except RunError as error:
        return _refused(str(error))
    except Exception as error:  # noqa: BLE001 - whatever the program fails with, one sentence says it
        return _refused(f"{given.file.name}: the program fails on it: {_place(error)}{type(error).__name__}: {error}")
    sys.stdout.write(json.dumps(entries(recording.resources, inputs=given.inputs), indent=1, sort_keys=True) + "\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ops.manifest", description=__doc__)
    parser.add_argument("file", type=Path, metavar="FILE", help="a stack file, or a copy of one under any name")
    parser.add_argument("--stack", metavar="NAME", help="its stack; needed where the file's name does not tell")
    parser.add_argument("--identity", metavar="UID", help="what the cluster answers; default: what the file names")
    parser.add_argument("--inputs", action="store_true", help="with all that is declared, secrets masked")
    return parser


def _place(error: Exception) -> str:
    """Return the line of this project that failed, the innermost one."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if ".venv" not in frame.filename]
    inside = [frame for frame in frames if Path(frame.filename).is_relative_to(PROJECT / "components")]
    return f"{Path(inside[-1].filename).relative_to(PROJECT)}:{inside[-1].lineno}: " if inside else ""


def _refused(sentence: str) -> int:
    sys.stderr.write(f"error: {sentence}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
