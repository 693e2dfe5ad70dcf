"""One line per object, with no secret in any of them."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING

from components.foundation.jobkit.errors import JobError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

CREATED = "created"
UPDATED = "updated"
UNCHANGED = "unchanged"


class Report:
    """Prints what happened to each object and remembers what failed."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._secrets: set[str] = set()
        self.failed: set[tuple[str, str]] = set()

    def hide(self, secret: str) -> None:
        """Let a secret appear in no line from now on, not even in a server's words about it."""
        self._secrets.add(secret)

    def attempt(self, kind: str, name: str, step: Callable[[], str]) -> None:
        """Run a step that answers created, updated or unchanged; note its failure and go on.

        Raises:
            UnreachableError: the server is gone; further steps would only wait for it one after the other.
        """
        self.attempt_together(kind, name, lambda: {name: step()})

    def attempt_together(self, kind: str, names: str, step: Callable[[], Mapping[str, str]]) -> None:
        """Run a step for several objects that answers by name; its failure is the failure of all.

        Raises:
            UnreachableError: as in `attempt`.
        """
        try:
            outcomes = step()
        except UnreachableError as error:
            self.failure(kind, names, error)
            raise
        except JobError as error:
            self.failure(kind, names, error)
            return
        for name, outcome in outcomes.items():
            self._counts[outcome] += 1
            self._write(f"{outcome:<11}{kind} {name}")

    def failure(self, kind: str, name: str, error: JobError) -> None:
        """Note that an object could not be made as desired."""
        self.failed.add((kind, name))
        self._write(f"{'failed':<11}{kind} {name}: {error}", failed=True)

    def left_alone(self, kind: str, listing: Callable[[], Iterable[str]], declared: Collection[str]) -> None:
        """Name what exists and nobody declared: it may be someone's work, so it is never deleted.

        Raises:
            UnreachableError: the server is gone.
        """
        try:
            undeclared = set(listing()) - set(declared)
        except UnreachableError as error:
            self.failure(kind, "list", error)
            raise
        except JobError as error:
            self.failure(kind, "list", error)
            return
        for name in sorted(undeclared):
            self._counts["left alone"] += 1
            self._write(f"{'undeclared':<11}{kind} {name}: left alone")

    def stopped(self, why: str) -> None:
        """Note that the job ended before it had tried everything."""
        self.failed.add(("job", ""))
        self._write(f"{'failed':<11}{why}", failed=True)

    def close(self) -> int:
        """Print the counts; return the exit code."""
        counts = ", ".join(f"{self._counts[key]} {key}" for key in (CREATED, UPDATED, UNCHANGED, "left alone"))
        self._write(f"{counts}, {len(self.failed)} failed")
        return 1 if self.failed else 0

    def _write(self, line: str, *, failed: bool = False) -> None:
        # Longest first: a secret that is the beginning of another must not leave its end behind.
        for secret in sorted(self._secrets, key=len, reverse=True):
            line = line.replace(secret, "[secret]")
        (sys.stderr if failed else sys.stdout).write(line + "\n")
