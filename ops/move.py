"""Puts a further period into a stack file, from which on a program keeps its data elsewhere."""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from components.settings.document import document_of
from components.settings.judge import qualified
from components.settings.program import Periods
from components.settings.programs import DESCRIBED
from components.settings.promotion import named_things
from components.settings.read import located, settings_of
from components.settings.recorded_state import recorded_state
from components.settings.report import SettingsError
from components.settings.secrets import SECRETS
from components.settings.transitions import forbidden_transitions
from ops.errors import RefusedError
from ops.promotion.proposal import StackFile
from ops.promotion.splice import Change, splice
from ops.promotion.writing import write_atomically
from ops.settings.neighbours import Neighbours
from ops.stack_files import environments

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from components.settings.bucket import PlaceSince


@dataclass(frozen=True)
class Move:
    """A period that is to be put into a stack file.

    Attributes:
        stack: whose file it is.
        program: whose data is moved, by its section.
        file: the file as it is.
        since: the day on which the period begins.
        bucket: where its logs lie, by the keys of the stack file; None for the disk.
        periods: how the program has them.
        places: where its data lies today, the earliest first.
    """

    stack: str
    program: str
    file: StackFile
    since: date
    bucket: Mapping[str, object] | None
    periods: Periods
    places: Sequence[PlaceSince]

    @classmethod
    def read(cls, project: Path, stack: str, program: str, since: date, given: Mapping[str, object] | None) -> Move:
        """Read the stack file, and fill in what was not said of the bucket from the newest that the program has.

        Args:
            project: folder of the stack files.
            stack: whose file.
            program: whose data is moved.
            since: the day on which the period begins.
            given: what was said of the bucket, by the keys of the stack file; None for the disk.

        Raises:
            RefusedError: There is no such program, or what is to be moved can't be.
            SettingsError: The file has mistakes.
        """
        moves = {section: way for described in DESCRIBED for section, way in described.moves.items()}
        periods = moves.get(program)
        if not isinstance(periods, Periods):
            able = " and ".join(section for section, way in moves.items() if isinstance(way, Periods))
            raise RefusedError(f"{periods or f'{program} has nothing that moves; {able} has.'} Nothing was written.")
        file = StackFile.read(project, stack, environments(project))
        places = periods.places(file.settings)
        if places is None:
            raise RefusedError(f"{file.path.name} has no ballast:{program}, so nothing to move. Nothing was written.")
        if given is None:
            return cls(stack, program, file, since, None, periods, places)
        buckets = [place.bucket.model_dump(mode="json", by_alias=True) for place in places if place.bucket]
        newest = buckets[-1] if buckets else {"basePath": periods.folder}
        bucket = {
            key: value
            for key, value in {**newest, **{key: value for key, value in given.items() if value}}.items()
            if value
        }
        return cls(stack, program, file, since, bucket, periods, places)

    def judge(self, now: datetime) -> None:
        """Judge the file as it would become.

        Args:
            now: the present, in UTC.

        Raises:
            RefusedError: The day comes too soon, or is taken.
            SettingsError: With every mistake that the file would have.
        """
        earliest = self.periods.first_free_day(now)
        if self.since < earliest:
            raise RefusedError(
                f"--from {self.since} is too soon: it is {now:%Y-%m-%d %H:%M} in UTC, and {self.program} must run with "
                f"the new period before its day begins. Nothing was written. Write {earliest} or later."
            )
        newest = self.places[-1].since
        if newest >= str(self.since):
            raise RefusedError(
                f"{self.file.path.name}: a period begins on {newest} already, and this one would come before it or "
                "on the same day. Nothing was written. Name a later day, or remove that one if it has not begun."
            )
        document = document_of(self.text, self.file.path.name)
        after = settings_of(document, self.stack, SECRETS)
        broken = forbidden_transitions(recorded_state(self.file.settings), recorded_state(after))
        beside = Neighbours(self.file.path.parent)
        broken += map(qualified, beside.shared(self.stack, named_things(after)))
        if broken:
            raise SettingsError(self.file.path.name, located(document, broken))

    @cached_property
    def text(self) -> str:
        """The file as it would become.

        Raises:
            RefusedError: It can't be edited safely.
        """
        name = f"from-{self.since}"
        place = {} if self.bucket is None else {"s3": self.bucket}
        lines = [
            "config:",
            f"  ballast:{self.program}:",
            "    periods:                        # bound: from a day on it lies elsewhere",
            f"      {name}:",
            f'        from: "{self.since}"',
            *(f"        {key}:" for key in place),
            *(f"          {key}: {json.dumps(value)}" for key, value in (self.bucket or {}).items()),
        ]
        change = Change((self.program, "periods", name), {"from": str(self.since), **place})
        return splice(
            "\n".join(lines) + "\n",
            self.file.text,
            [change],
            source_name="the new period",
            target_name=self.file.path.name,
        )

    @property
    def difference(self) -> str:
        """What is or would be written, as a unified difference."""
        name = self.file.path.name
        lines = difflib.unified_diff(self.file.text.splitlines(), self.text.splitlines(), name, name, n=1, lineterm="")
        return "\n".join(lines)

    def write(self) -> None:
        """Write the file.

        Raises:
            RefusedError: It was changed meanwhile, or can't be written.
        """
        write_atomically(self.file.path, self.file.content, self.text)
