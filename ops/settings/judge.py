"""Stack files judged one after the other: every mistake is said, and the exit code tells whether there was one."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from components.settings.document import read_document
from components.settings.judge import qualified
from components.settings.kept import FOR_EVER, kept_for, shortened
from components.settings.read import located, read_stack, stack_name
from components.settings.recorded_state import recorded_state
from components.settings.report import Mistake, SettingsError
from components.settings.secrets import SECRETS
from components.settings.transitions import forbidden_transitions
from ops.errors import RefusedError
from ops.settings.neighbours import Neighbours
from ops.stack_files import stack_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from components.settings.stack import StackSettings


def named(files: Collection[Path], since: Path | None, *, without_secrets: bool) -> int:
    """Judge files that a person named.

    Args:
        files: in the order in which they are judged, also after a broken one: all mistakes in one run.
        since: an older version of the only file, or none.
        without_secrets: whether secrets that are not set count as set.

    Returns:
        The exit code: 1 where a file has mistakes.
    """
    beside = {folder: Neighbours(folder) for folder in {file.parent for file in files}}
    assumed = SECRETS if without_secrets else ()
    return max([_judge(file, assumed, since, beside[file.parent]) for file in files])


def everything(folder: Path, *, count_secrets: bool) -> int:
    """Judge all stack files of a folder; secrets that are not set are no mistake, and are counted if asked for.

    Raises:
        RefusedError: The folder has none.
    """
    beside = Neighbours(folder)
    files = [folder / f"Pulumi.{stack}.yaml" for stack in beside.environments.names]
    if not files:
        raise RefusedError(f"{folder.resolve()} has no file Pulumi.<stack>.yaml. Name the files, or go where they are.")
    return max([_judge(file, SECRETS, None, beside, count_secrets=count_secrets) for file in files])


def _judge(
    file: Path, assumed: Collection[str], since: Path | None, beside: Neighbours, *, count_secrets: bool = False
) -> int:
    try:
        stack = _read(file, assumed, beside)
        if since is not None:
            _judge_step(file, stack, since)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    missing = _missing_secrets(file) if count_secrets else 0
    more = f"; secrets that are not set: {missing} (./ballast check {file.name} names them)" if missing else ""
    sys.stdout.write(f"{file}: ok{more}\n")
    return 0


def _read(file: Path, assumed: Collection[str], beside: Neighbours) -> StackSettings:
    """Read a file with what is wrong in it and beside the others, all in one report."""
    name = stack_name(file)
    try:
        stack, mistakes = read_stack(file, assumed), []
    except SettingsError as error:
        if name not in beside.environments.members:
            raise
        stack, mistakes = None, list(error.mistakes)
    told = {mistake.path for mistake in mistakes}
    found = [mistake for mistake in beside.mistakes(name) if mistake.path not in told]
    mistakes += located(read_document(file), found)
    if mistakes or stack is None:
        raise SettingsError(file.name, mistakes)
    return stack


def _missing_secrets(file: Path) -> int:
    try:
        read_stack(file)
    except SettingsError as error:
        # Nothing else is wrong: the file was read a moment ago with all secrets taken as set.
        return len(error.mistakes)
    return 0


def _judge_step(file: Path, stack: StackSettings, since: Path) -> None:
    before_name = stack_of(since.name)
    if before_name not in (None, stack_name(file)):
        problem = f"can't be compared with {since}: that is the file of the stack {before_name}"
        raise SettingsError.of(file.name, problem, f"give an older version of {file.name}, or leave --since out")
    try:
        # An older version is often a copy under another name, and its secrets are no matter here.
        before = read_stack(since, SECRETS, stack_name(file))
    except SettingsError as error:
        first = error.mistakes[0]
        problem = f"can't be compared with {since}: {first.key} {first.problem}".replace(":  ", ": ")
        remedy = f"give a valid older version of {file.name}, or leave --since out"
        raise SettingsError.of(file.name, problem, remedy) from None
    broken = [*forbidden_transitions(recorded_state(before), recorded_state(stack)), *_kept_shorter(before, stack)]
    if broken:
        raise SettingsError(file.name, located(read_document(file), broken))


def _kept_shorter(before: StackSettings, stack: StackSettings) -> Iterator[Mistake]:
    """What a promotion and the report of a preview refuse as well, by the same comparison."""
    for one in shortened(kept_for(before), kept_for(stack)):
        what = "" if one.what == one.key else f"of {one.what} "
        was, now = (time if time == FOR_EVER else f"for {time}" for time in (one.was, one.now))
        yield qualified(
            Mistake(
                tuple(one.key.split(".")),
                f"what is older {what}would be deleted: it was kept {was}, and would be {now}",
                f"write {'null' if one.was == FOR_EVER else f'{one.was} or more'}; where it is meant, a promotion lets "
                f"it pass with --allow-downgrade {one.key}, and the report with an entry in delivery/waivers.yaml",
            )
        )
