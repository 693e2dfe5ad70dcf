"""The commands `check`, `write`, `schema` and `table`: python -m components.settings --help."""

import argparse
import json
import sys
from collections.abc import Collection
from pathlib import Path

from components.settings.document import read_document
from components.settings.read import located, read_stack, stack_name
from components.settings.recorded_state import recorded_state
from components.settings.report import SettingsError
from components.settings.schema import stack_schema
from components.settings.secrets import SECRETS
from components.settings.stack import StackSettings
from components.settings.table import settings_table
from components.settings.transitions import forbidden_transitions

PROJECT = Path(__file__).resolve().parents[2]


def generated() -> dict[Path, str]:
    """The committed files that are made from the models, with their content."""
    return {
        Path("docs/schema/stack.schema.json"): json.dumps(stack_schema(), indent=2, ensure_ascii=False) + "\n",
        Path("docs/settings.md"): settings_table(),
    }


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code: 1 when a file has mistakes."""
    parser = argparse.ArgumentParser(prog="python -m components.settings", description="The typed stack file.")
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="report every mistake in stack files")
    check.add_argument("files", nargs="+", type=Path, metavar="FILE")
    check.add_argument("--without-secrets", action="store_true", help="don't ask for secrets that are not set yet")
    check.add_argument(
        "--since", type=Path, metavar="OLDFILE", help="also report what stores can't follow from this older file"
    )
    commands.add_parser("write", help="write docs/schema/stack.schema.json and docs/settings.md anew")
    commands.add_parser("schema", help="print the JSON schema of a stack file")
    commands.add_parser("table", help="print the table of settings")
    given = parser.parse_args(arguments)
    if given.command == "check" and given.since and len(given.files) > 1:
        parser.error("--since compares one FILE with its older self; name one")
    schema, table = generated().values()
    match given.command:
        case "check":
            assumed = SECRETS if given.without_secrets else ()
            # Every file is judged, also after a broken one: all mistakes in one run.
            return max([_check(file, assumed, given.since) for file in given.files])
        case "write":
            for path, text in generated().items():
                (PROJECT / path).parent.mkdir(parents=True, exist_ok=True)
                (PROJECT / path).write_text(text, encoding="utf-8")
                sys.stdout.write(f"{path}: written\n")
        case "schema":
            sys.stdout.write(schema)
        case _:
            sys.stdout.write(table)
    return 0


def _check(file: Path, assumed: Collection[str], since: Path | None) -> int:
    try:
        stack = read_stack(file, assumed)
        if since is not None:
            _check_step(file, stack, since)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{file}: ok\n")
    return 0


def _check_step(file: Path, stack: StackSettings, since: Path) -> None:
    try:
        # An older version is often a copy under another name, and its secrets are no matter here.
        before = read_stack(since, SECRETS, stack_name(file))
    except SettingsError as error:
        first = error.mistakes[0]
        problem = f"can't be compared with {since}: {first.key} {first.problem}".replace(":  ", ": ")
        remedy = f"give a valid older version of {file.name}, or leave --since out"
        raise SettingsError.of(file.name, problem, remedy) from None
    broken = forbidden_transitions(recorded_state(before), recorded_state(stack))
    if broken:
        raise SettingsError(file.name, located(read_document(file), broken))


if __name__ == "__main__":
    sys.exit(main())
