"""Every mistake of one stack file in one report: where, which rule, and a way out."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

#: Names and list positions from the top of the file down to a value.
KeyPath = tuple[str | int, ...]
#: A report is read by a person; what comes after so many has mostly the same cause.
_MOST = 100
_LONGEST_KEY = 80


@dataclass(frozen=True, order=True)
class Mistake:
    """One mistake.

    Attributes:
        path: Where it is, from the file's top-level key on; the leading `config` is left out.
        problem: What is wrong and which rule says so.
        remedy: What to do about it.
        line: Line in the file, counted from 1, None where it is not known.
    """

    path: KeyPath
    problem: str
    remedy: str
    line: int | None = field(default=None, compare=False)

    @property
    def key(self) -> str:
        """The path as the file spells it, for example `ballast:volumes.knowledge.disk`."""
        parts = [f"[{part}]" if isinstance(part, int) else f".{_spelled(part)}" for part in self.path]
        return "".join(parts).removeprefix(".")


class SettingsError(Exception):
    """A stack file can't be used.

    Attributes:
        source: Name of the file.
        mistakes: All that was found, in the file's order.
    """

    def __init__(self, source: str, mistakes: Iterable[Mistake]) -> None:
        self.source = source
        self.mistakes = tuple(sorted(set(mistakes), key=lambda mistake: (mistake.line or 0, mistake.key)))
        super().__init__(source, self.mistakes)

    @classmethod
    def of(cls, source: str, problem: str, remedy: str, line: int | None = None) -> Self:
        """An error about the file as a whole."""
        return cls(source, [Mistake((), problem, remedy, line)])

    def __str__(self) -> str:
        """The report as a person reads it."""
        count = len(self.mistakes)
        lines = [f"{self.source}: {count} mistake{'' if count == 1 else 's'}"]
        for mistake in self.mistakes[:_MOST]:
            place = [f"line {mistake.line}"] if mistake.line else []
            place += [mistake.key] if mistake.path else []
            lines += ["", f"  {', '.join(place) or 'the file'}", f"    {mistake.problem}", f"    -> {mistake.remedy}"]
        if count > _MOST:
            lines += ["", f"  and {count - _MOST:,} more"]
        return "\n".join(lines)


def _spelled(key: str) -> str:
    """A key on one line, whatever was pasted there; what can't be seen is written as an escape."""
    plain = key if key.isprintable() else key.encode("unicode_escape").decode()
    return plain if len(plain) <= _LONGEST_KEY else f"{plain[:_LONGEST_KEY]}..."
