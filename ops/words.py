"""Lines in the form in which the jobs write theirs."""

from __future__ import annotations

import sys


def say(verb: str, what: str) -> None:
    """Print that something was done."""
    sys.stdout.write(f"{verb:<11}{what}\n")
    sys.stdout.flush()
