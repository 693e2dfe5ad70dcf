"""The one exception that a user of the `ballast` command sees."""

from __future__ import annotations


class RefusedError(Exception):
    """What was asked for is refused or failed; one sentence says what, where, and the way out."""
