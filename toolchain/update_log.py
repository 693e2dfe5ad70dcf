"""What `pulumi up` says, in tens of lines: for logs and pipes, where it writes two lines for each resource."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from toolchain.progress import elapsed, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TextIO

EVERY = 50
"""Resources between two lines of progress."""

_ROW = re.compile(r"\s*(?:[-+~<>=]+\s+)?(?P<type>[\w-]+:[\w./-]+:\w+)(?:\[\S*\])? (?P<name>\S+)(?: (?P<rest>.*))?")
_DONE = re.compile(r"(?:created|updated|deleted|replaced|imported|read|discarded|forgotten)\b")
_TOLD = re.compile(r"warning:|error:|failed")
_FINAL = ("Diagnostics:", "Outputs:", "Resources:")


def reader(stream: TextIO) -> Callable[[Iterable[str]], None] | None:
    """Return what reads Pulumi's lines where nobody watches the stream; None on a terminal, where Pulumi draws."""
    return None if stream.isatty() else condense


def condense(lines: Iterable[str]) -> None:
    """Print warnings, errors and the final block whole, and of everything else a count now and then.

    A line that is none of these and no row of a resource is printed too: it may be anything.

    Args:
        lines: what `pulumi up` writes when its output is no terminal, as it comes.
    """
    started = time.monotonic()
    done: set[tuple[str, str]] = set()
    told: set[str] = set()
    final = False
    for raw in lines:
        line = raw.rstrip()
        final = final or line in _FINAL
        if final:
            say(line)
            continue
        row = _ROW.fullmatch(line)
        rest = (row["rest"] or "") if row else ""
        if row and _DONE.match(rest):
            before = len(done)
            done.add((row["type"], row["name"]))
            if len(done) > before and len(done) % EVERY == 0:
                say(f"  {len(done)} resources done in {elapsed(time.monotonic() - started)}")
        wanted = _TOLD.search(rest) if row else line and not line.startswith("@ ")
        if wanted and line not in told:
            told.add(line)
            say(line)
